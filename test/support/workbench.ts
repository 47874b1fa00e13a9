import type { Browser, Frame, Locator, Page } from 'playwright-core';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium } from './chromium.ts';
import { hostWorkspace } from './hostSuite.ts';
import { packagedVsix } from './packagedVsix.ts';
import { translateExtension } from './pseudoLocale.ts';
import { VscodeHost, type VscodeHostOptions, quietSettings } from './vscodeHost.ts';

/** The themes VS Code brings along, by the kind that its pages are told. */
const themes = {
  light: { id: 'Light Modern', label: 'Light Modern', bodyClass: 'vs' },
  dark: { id: 'Dark Modern', label: 'Dark Modern', bodyClass: 'vs-dark' },
  'hc-black': { id: 'Default High Contrast', label: 'Dark High Contrast', bodyClass: 'hc-black' },
  'hc-light': { id: 'Default High Contrast Light', label: 'Light High Contrast', bodyClass: 'hc-light' },
} as const;
export type WorkbenchTheme = keyof typeof themes;

export interface WorkbenchOptions extends VscodeHostOptions {
  /** Opens a copy of this folder; the small fixture workspace when not given. */
  readonly workspace?: string;
  /** Opens this .code-workspace file of it instead of the folder itself. */
  readonly workspaceFile?: string;
  readonly theme?: WorkbenchTheme;
  /** VS Code's display language, of which the extension gets a translation with marks; its own texts stay English. */
  readonly locale?: string;
  readonly width?: number;
  readonly height?: number;
}

const screenshotFolder = join(import.meta.dirname, '../../out/screenshots');
/** A cold start of the workbench and its extension host on a busy machine. */
const startTimeoutMs = 60_000;

/**
 * VS Code as a person has it: the packaged extension installed, a folder open, driven by keyboard and mouse.
 * Every method waits until what it promises is on the screen.
 */
export class Workbench {
  readonly page: Page;
  /** The open folder. */
  readonly folder: string;
  readonly #browser: Browser;
  readonly #host: VscodeHost;
  readonly #scratch: string;

  private constructor(page: Page, browser: Browser, host: VscodeHost, scratch: string) {
    this.page = page;
    this.#browser = browser;
    this.#host = host;
    this.#scratch = scratch;
    this.folder = join(scratch, 'workspace');
  }

  static async open(options: WorkbenchOptions = {}): Promise<Workbench> {
    if (!existsSync(packagedVsix)) throw new Error(`${packagedVsix} is missing: npm run package makes it.`);
    const { workspace = hostWorkspace, width = 1280, height = 800 } = options;
    const scratch = await mkdtemp(join(tmpdir(), 'codeweaver-workbench-'));
    await cp(workspace, join(scratch, 'workspace'), { recursive: true });
    const { locale } = options;
    const host = await VscodeHost.start({
      vsixFiles: [packagedVsix],
      ...options,
      ...(locale !== undefined && { onInstalled: (folder) => translateExtension(folder, locale) }),
      settings: withTheme(options),
    });
    const browser = await launchChromium();
    const context = await browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    page.setDefaultTimeout(startTimeoutMs);
    if (locale !== undefined) await page.addInitScript(setLanguage, locale);
    const workbench = new Workbench(page, browser, host, scratch);
    await page.goto(host.url(join(workbench.folder, options.workspaceFile ?? '')));
    await workbench.#untilStarted();
    return workbench;
  }

  /** A second window on the same folder, with an extension host of its own; it goes with this one. */
  async openWindow(): Promise<Workbench> {
    const page = await this.page.context().newPage();
    const window = new Workbench(page, this.#browser, this.#host, this.#scratch);
    await page.goto(this.page.url());
    await window.#untilStarted();
    return window;
  }

  /** Everything the server writes, the extension's storage among it. */
  get dataFolder(): string {
    return this.#host.dataFolder;
  }

  /** Runs a command by its full title (`CodeWeaver: Index Workspace`) from the palette. */
  async runCommand(title: string): Promise<void> {
    const row = this.quickPickRow(title);
    for (const deadline = Date.now() + startTimeoutMs; ;) {
      try {
        await this.page.keyboard.press('F1');
        // The palette lists what is known when it is typed into: right after the start the extensions are still coming.
        await this.quickInput.fill('>', { timeout: 5_000 });
        await this.quickInput.fill(`>${title}`, { timeout: 5_000 });
        await row.click({ timeout: 2_000 });
        return;
      } catch (error) {
        // What takes the focus closes the palette: a view that has just come up, a window that is just starting.
        if (Date.now() > deadline) throw error;
      }
    }
  }

  /** Waits until the workspace is indexed: the command joins the pass that runs, and says when it has ended. */
  async untilIndexed(): Promise<void> {
    await this.runCommand('CodeWeaver: Index Workspace');
    await this.notification(/files indexed/).waitFor();
    await this.runCommand('Notifications: Clear All Notifications');
  }

  /** Opens a file by its name, with `:line` where wanted. */
  async openFile(name: string): Promise<void> {
    const file = name.replace(/:\d+$/, '');
    for (const deadline = Date.now() + startTimeoutMs; ;) {
      await this.runCommand('Go to File...');
      await this.quickInput.fill(name);
      await this.quickPickRow(file).click();
      try {
        await this.activeTab.filter({ hasText: file }).waitFor({ timeout: 5_000 });
        return;
      } catch (error) {
        // The list is made anew while files are found: a click may hit a row that goes.
        if (Date.now() > deadline) throw error;
      }
    }
  }

  /** The text field of the quick pick or input box that is open. */
  get quickInput(): Locator {
    return this.page
      .locator('.quick-input-widget:visible input[type="text"], .quick-input-widget:visible input[type="password"]')
      .first();
  }

  /** The rows of the open quick pick that are on the screen. */
  get quickPick(): Locator {
    return this.page.locator('.quick-input-widget:visible .monaco-list-row');
  }

  /** The row of the open quick pick that has this label. */
  quickPickRow(label: string | RegExp): Locator {
    const exact = typeof label === 'string' ? new RegExp(`^\\s*${label.replace(/[^\w\s]/g, '\\$&')}\\s*$`) : label;
    return this.quickPick.filter({ has: this.page.locator('.label-name', { hasText: exact }) }).first();
  }

  /** What a screen reader says of each row of the open quick pick: label, description, detail. */
  async quickPickRows(): Promise<string[]> {
    return this.quickPick.evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label') ?? row.textContent));
  }

  /** An item of the status bar by the id it was created with. */
  statusBarItem(id: string): Locator {
    return this.page.locator(`.statusbar-item[id$=".${id}"]`);
  }

  /** What the status bar says of the cursor: `Ln 3, Col 1`. */
  async cursor(): Promise<{ readonly line: number; readonly column: number }> {
    const text = await this.page.locator('[id="status.editor.selection"]').innerText();
    const [line = NaN, column = NaN] = Array.from(text.matchAll(/\d+/g), ([digits]) => Number(digits));
    return { line, column };
  }

  /** The tab of the active editor. */
  get activeTab(): Locator {
    return this.page.locator('.editor-group-container.active .tab.active');
  }

  /** A notification whose text has this. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item, .notification-toast', { hasText: text }).first();
  }

  /** Brings a view container of the activity bar to the front. */
  async openContainer(title: string): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name: title });
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
    await this.page.locator('.sidebar .composite.title', { hasText: title }).waitFor();
  }

  /** The document inside a webview (view or panel) by its title; it must be on the screen. */
  async webview(title: string): Promise<Frame> {
    const deadline = Date.now() + startTimeoutMs;
    for (;;) {
      for (const frame of this.page.frames()) if (await isShown(frame, title)) return frame;
      if (Date.now() > deadline) throw new Error(`No webview "${title}" came up in ${startTimeoutMs} ms.`);
      await this.page.waitForTimeout(100);
    }
  }

  /** Replaces the user's settings.json in its editor, while everything runs. */
  async setSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    await this.runCommand('Preferences: Open User Settings (JSON)');
    await this.activeTab.filter({ hasText: 'settings.json' }).waitFor();
    await this.page.locator('.editor-group-container.active .view-lines').click();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.insertText(JSON.stringify({ ...quietSettings, ...settings }));
    await this.page.keyboard.press('ControlOrMeta+S');
    await this.page.locator('.editor-group-container.active .tab.active:not(.dirty)').waitFor();
    await this.runCommand('View: Close Editor');
  }

  async setTheme(theme: WorkbenchTheme): Promise<void> {
    const { label, bodyClass } = themes[theme];
    await this.runCommand('Preferences: Color Theme');
    // The pick opens before its themes are read.
    await this.quickPick.nth(1).waitFor();
    await this.quickInput.fill(label);
    await this.quickPickRow(label).click();
    await this.page.locator(`.monaco-workbench.${bodyClass}`).waitFor();
  }

  /** Drags the edge of the side bar; VS Code keeps a least width of its own. */
  async setSideBarWidth(width: number): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (box === null) throw new Error('The side bar is not shown.');
    const [edge, middle] = [box.x + box.width, box.y + box.height / 2];
    await this.page.mouse.move(edge, middle);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + width, middle, { steps: 5 });
    await this.page.mouse.up();
  }

  /** Leaves Restricted Mode as a person does. */
  async trustFolder(): Promise<void> {
    await this.runCommand('Workspaces: Manage Workspace Trust');
    await this.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await this.page.locator('[id="status.workspaceTrust"]').waitFor({ state: 'hidden' });
  }

  /** Restarts window and extension host; what the extension stored stays. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.#untilStarted();
  }

  /** Writes out/screenshots/<name>.png and returns its path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(screenshotFolder, { recursive: true });
    const path = join(screenshotFolder, `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#host.dispose();
    await rm(this.#scratch, { recursive: true, force: true });
  }

  /** The remote indicator says so while the connection is still being made. */
  async #untilStarted(): Promise<void> {
    const indicator = this.page.locator('[id="status.host"]');
    await indicator.and(this.page.locator(':not([aria-label*="Opening"])')).waitFor({ timeout: startTimeoutMs });
  }
}

/** What a language pack's messages do besides translating: VS Code and all its extensions go by it. */
function setLanguage(locale: string): void {
  Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: locale });
}

function withTheme({ settings, theme }: WorkbenchOptions): Readonly<Record<string, unknown>> {
  return { ...(theme !== undefined && { 'workbench.colorTheme': themes[theme].id }), ...settings };
}

/** A webview is a frame (the sandbox) in a frame (VS Code's); the inner one carries the title once it is live. */
async function isShown(frame: Frame, title: string): Promise<boolean> {
  const parent = frame.parentFrame();
  if (parent === null || parent.parentFrame() === null) return false;
  try {
    const element = await frame.frameElement();
    const live =
      (await element.getAttribute('id')) === 'active-frame' && (await element.getAttribute('title')) === title;
    return live && (await (await parent.frameElement()).isVisible());
  } catch {
    return false; // The frame was replaced while we looked: the caller looks again.
  }
}
