import { spawn } from 'node:child_process';
import { mkdir, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { desktopVscode } from './desktop.ts';
import { VscodeHost } from './vscodeHost.ts';
import { cacheFolder } from './vscodeServer.ts';

const project = join(import.meta.dirname, '../..');
/** A stable port keeps the page's address, and with it what VS Code stored for the folder. */
const ports = '8790-8799';

/**
 * Shows `folder` in a real VS Code with the extension as it is built: the desktop application, or where that cannot be
 * had its server edition, for a browser. Resolves with an exit code when the window is closed or the server has ended.
 */
export async function openVscode(folder: string): Promise<number> {
  const info = await stat(folder).catch(() => undefined);
  if (info?.isDirectory() !== true) {
    console.error(`${folder} is not a folder.`);
    return 2;
  }
  try {
    return await openDesktop(await desktopVscode(), folder);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return openInBrowser(folder);
  }
}

async function openDesktop(executable: string, folder: string): Promise<number> {
  const data = join(cacheFolder(), 'open-desktop');
  const args = [
    ...[folder, '--wait', '--new-window', `--extensionDevelopmentPath=${project}`],
    ...[`--user-data-dir=${join(data, 'user')}`, `--extensions-dir=${join(data, 'extensions')}`],
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  const child = spawn(executable, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  console.error(`VS Code is open on ${folder}.`);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

async function openInBrowser(folder: string): Promise<number> {
  console.error('Starting the server edition of VS Code instead.');
  const dataFolder = join(cacheFolder(), 'open');
  await linkExtension(join(dataFolder, 'extensions'));
  const host = await VscodeHost.start({ dataFolder, ports });
  console.log(`VS Code with the extension on ${folder}:\n\n  ${host.url(folder)}\n\nCtrl+C ends it.`);
  await host.ended();
  console.error('The VS Code server has ended.');
  return 1;
}

/** Installs the extension as a link to this project, so that a window reload brings a new build. */
async function linkExtension(extensions: string): Promise<void> {
  await rm(extensions, { recursive: true, force: true });
  await mkdir(extensions, { recursive: true });
  await symlink(project, join(extensions, 'codeweaver.codeweaver-search'), 'junction');
}
