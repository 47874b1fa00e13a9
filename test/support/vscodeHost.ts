import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ExitGuard } from './exitGuard.ts';
import { runToEnd } from './runToEnd.ts';
import { vscodeServer } from './vscodeServer.ts';

export interface VscodeHostOptions {
  /** Extensions to install before the start, as a user would from a file. */
  readonly vsixFiles?: readonly string[];
  /** Called with the folder of the installed extensions before the start. */
  readonly onInstalled?: (extensionsFolder: string) => Promise<void>;
  /** The user's settings.json. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** False starts in Restricted Mode; true (default) switches workspace trust off altogether. */
  readonly trusted?: boolean;
  /** Lets a page's URL start a test suite in the extension host. Toasts and start-up dialogs are off then. */
  readonly runsTests?: boolean;
  /** Keeps everything in this folder, and what is there already. Without it the data lives and dies with the server. */
  readonly dataFolder?: string;
  /** A port or a range (`8000-8010`: the first free one). Any free port when not given. */
  readonly ports?: string;
  /** Added to the environment of the server and so of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
}

const startTimeoutMs = 60_000;

/** Nothing of VS Code's own that asks, offers, updates or reaches for the network while a test looks on. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'workbench.editor.useModal': 'off',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** One running VS Code server with a data folder of its own, so that no run sees another's state. */
export class VscodeHost {
  /** Everything this server writes: settings, extensions, storage, logs. */
  readonly dataFolder: string;
  readonly #port: number;
  readonly #token: string;
  readonly #process: ChildProcess;
  readonly #guard: ExitGuard;
  readonly #isTemporary: boolean;

  private constructor(
    server: ChildProcess,
    guard: ExitGuard,
    port: number,
    token: string,
    dataFolder: string,
    isTemporary: boolean,
  ) {
    this.#process = server;
    this.#guard = guard;
    this.#port = port;
    this.#token = token;
    this.dataFolder = dataFolder;
    this.#isTemporary = isTemporary;
  }

  /** Starts a server on a free port of the loopback interface and waits until it is ready. */
  static async start(options: VscodeHostOptions = {}): Promise<VscodeHost> {
    const entry = await vscodeServer();
    const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'codeweaver-vscode-')));
    const folders = ['--server-data-dir', dataFolder, '--extensions-dir', join(dataFolder, 'extensions')];
    const env = { ...process.env, ...options.env };
    await writeFirstSettings(dataFolder, options.settings);
    for (const vsix of options.vsixFiles ?? []) {
      await runToEnd(
        process.execPath,
        [entry, ...folders, '--accept-server-license-terms', '--install-extension', vsix],
        { env },
      );
    }
    await options.onInstalled?.(join(dataFolder, 'extensions'));
    // The page is as good as a shell: other users of this machine must not get at it, nor see the token in a process list.
    const token = randomUUID();
    const tokenFile = join(dataFolder, 'connection-token');
    await writeFile(tokenFile, token, { mode: 0o600 });
    const args = [
      ...[entry, ...folders, '--host', '127.0.0.1', '--port', options.ports ?? '0'],
      ...['--connection-token-file', tokenFile, '--accept-server-license-terms', '--telemetry-level', 'off'],
      ...(options.runsTests === true ? ['--enable-smoke-test-driver'] : []),
      ...((options.trusted ?? true) ? ['--disable-workspace-trust'] : []),
    ];
    // A group of its own: extension hosts and watchers are the server's children and must go with it.
    const child = spawn(process.execPath, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const guard = new ExitGuard(() => killGroup(child));
    try {
      const isTemporary = options.dataFolder === undefined;
      return new VscodeHost(child, guard, await untilReady(child), token, dataFolder, isTemporary);
    } catch (error) {
      guard.release();
      killGroup(child);
      throw error;
    }
  }

  /** Where the workbench shows a folder or a .code-workspace file; `payload` are the workbench's own start parameters. */
  url(opened: string, payload: readonly (readonly [string, string])[] = []): string {
    const kind = opened.endsWith('.code-workspace') ? 'workspace' : 'folder';
    const query = new URLSearchParams({ tkn: this.#token, [kind]: opened });
    if (payload.length > 0) query.set('payload', JSON.stringify(payload));
    return `http://127.0.0.1:${this.#port}/?${query.toString()}`;
  }

  /** A path on this machine as the workbench names it. */
  remoteUri(path: string): string {
    return `vscode-remote://127.0.0.1:${this.#port}${path}`;
  }

  /** Resolves when the server has ended, by itself or otherwise. */
  async ended(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    await new Promise((resolve) => this.#process.once('close', resolve));
  }

  /** Ends the server with all its children and deletes its data, unless the caller gave the folder. */
  async dispose(): Promise<void> {
    this.#guard.release();
    const ended = this.ended();
    killGroup(this.#process);
    await ended;
    if (this.#isTemporary) await rm(this.dataFolder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Settings for a data folder that has none yet. */
async function writeFirstSettings(dataFolder: string, settings: VscodeHostOptions['settings']): Promise<void> {
  const file = join(dataFolder, 'data/User/settings.json');
  if (existsSync(file)) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ ...quietSettings, ...settings }, undefined, 2));
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // ESRCH: already gone, as wanted.
  }
}

/** Resolves with the port once the server says that it is ready. */
async function untilReady(child: ChildProcess): Promise<number> {
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`The VS Code server ${why}:\n${output.slice(-4000)}`));
    const timer = setTimeout(() => fail(`was not ready after ${startTimeoutMs} ms`), startTimeoutMs);
    const read = (data: Buffer): void => {
      output += data.toString();
      const port = /listening on (\d+)/.exec(output)?.[1];
      if (port === undefined || !output.includes('Extension host agent started')) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', (data: Buffer) => (output += data.toString()));
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}
