import type { Browser, Page } from 'playwright-core';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const themes = ['dark', 'light', 'hc-black', 'hc-light'] as const;
export type Theme = (typeof themes)[number];

/** As read from a webview of VS Code 1.139: the variables the pages use, and the classes of the body. */
interface ThemeFixture {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface WebviewPageOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  /** What is behind the transparent page. */
  readonly place?: 'sideBar' | 'editor';
  readonly reducedMotion?: boolean;
}

interface Message {
  readonly type: string;
}

/** One page as VS Code would host it: its API, its theme and its messages are in the hands of the test. */
export class WebviewPage<Incoming extends Message, Outgoing extends Message> {
  readonly page: Page;
  /** Script errors and refused resources; a test expects none. */
  readonly problems: string[] = [];
  readonly #sent: Outgoing[] = [];
  readonly #place: 'sideBar' | 'editor';

  private constructor(page: Page, place: 'sideBar' | 'editor') {
    this.page = page;
    this.#place = place;
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(message.text());
    });
  }

  static async open<Incoming extends Message, Outgoing extends Message>(
    browser: Browser,
    url: string,
    options: WebviewPageOptions = {},
  ): Promise<WebviewPage<Incoming, Outgoing>> {
    const page = await browser.newPage({
      viewport: { width: options.width ?? 300, height: options.height ?? 700 },
      reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
    });
    const webview = new WebviewPage<Incoming, Outgoing>(page, options.place ?? 'sideBar');
    await page.exposeFunction('recordMessage', (message: Outgoing) => webview.#sent.push(message));
    await page.addInitScript(provideVsCodeApi);
    await page.goto(url);
    await webview.setTheme(options.theme ?? 'dark');
    return webview;
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  /** From the host to the page. */
  async send(message: Incoming): Promise<void> {
    await this.page.evaluate((data) => window.postMessage(data, '*'), message as Message);
  }

  /** What the page has sent so far, of one type. */
  sent<T extends Outgoing['type']>(type: T): Extract<Outgoing, { type: T }>[] {
    return this.#sent.filter((message): message is Extract<Outgoing, { type: T }> => message.type === type);
  }

  /** The `count`th message of a type (the next one not seen yet by default). */
  async received<T extends Outgoing['type']>(type: T, count: number): Promise<Extract<Outgoing, { type: T }>> {
    const deadline = Date.now() + 5_000;
    while (Date.now() < deadline) {
      const message = this.sent(type)[count - 1];
      if (message !== undefined) return message;
      await this.page.waitForTimeout(5);
    }
    throw new Error(`The page sent ${this.sent(type).length} of ${count} expected "${type}" messages.`);
  }

  async savedState(): Promise<unknown> {
    return await this.page.evaluate(() => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown);
  }

  /** Switches as VS Code does: variables on the root element, classes on the body. */
  async setTheme(theme: Theme): Promise<void> {
    const file = join(import.meta.dirname, '../fixtures/themes', `${theme}.json`);
    const fixture = JSON.parse(await readFile(file, 'utf8')) as ThemeFixture;
    await this.page.evaluate(
      ({ bodyClass, variables, background }) => {
        const { style } = document.documentElement;
        style.cssText = '';
        for (const [name, value] of Object.entries(variables)) style.setProperty(name, value);
        style.backgroundColor = `var(--vscode-${background}-background)`;
        document.body.className = bodyClass;
      },
      { ...fixture, background: this.#place },
    );
  }

  /** Pixels by which the page is wider than its place. */
  async overflow(): Promise<number> {
    return await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }
}

/** Runs in the page before its script. The state survives a reload, as it does in VS Code. */
function provideVsCodeApi(): void {
  const record = (globalThis as unknown as { recordMessage: (message: unknown) => Promise<void> }).recordMessage;
  const api = {
    postMessage: (message: unknown) => void record(structuredClone(message)),
    getState: () => (JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown) ?? undefined,
    setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
  };
  Object.assign(globalThis, { acquireVsCodeApi: () => api });
}
