import { type Browser, chromium } from 'playwright-core';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runToEnd } from './runToEnd.ts';

/** Places where Chromium and its kin live when they are not on the PATH. */
const knownPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
const commandNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

/** The sandbox needs user namespaces, which root (a container, mostly) does not get. */
const isRoot = process.getuid?.() === 0;
const flags = [
  ...(isRoot ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium without a window; close it when done. Installs one where the machine has none and that is possible. */
export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: await chromiumPath(), args: flags, headless: true });
}

/** Path of a usable browser: CHROMIUM_PATH, an installed one, else installed by apt-get (root on Debian) or by Playwright. */
async function chromiumPath(): Promise<string> {
  return process.env['CHROMIUM_PATH'] ?? installedPath() ?? (await install());
}

function installedPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const onPath = commandNames.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...knownPaths, chromium.executablePath()].find((path) => existsSync(path));
}

async function install(): Promise<string> {
  const attempts =
    isRoot && existsSync('/usr/bin/apt-get')
      ? [
          ['apt-get', 'update'],
          ['apt-get', 'install', '--yes', '--no-install-recommends', 'chromium'],
        ]
      : [
          [
            process.execPath,
            join(import.meta.dirname, '../../node_modules/playwright-core/cli.js'),
            'install',
            'chromium',
          ],
        ];
  console.log('No Chromium found; installing one.');
  for (const [command = '', ...args] of attempts) {
    await runToEnd(command, args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  }
  const path = installedPath();
  if (path === undefined) throw new Error('Chromium could not be installed. Install one and set CHROMIUM_PATH to it.');
  return path;
}
