import { SilentReporter, downloadAndUnzipVSCode } from '@vscode/test-electron';
import { join } from 'node:path';
import { cacheFolder } from './vscodeServer.ts';

/**
 * The executable of the desktop application: VSCODE_PATH, else the downloaded one of VSCODE_VERSION (default: stable).
 * Throws with what to do where it can be neither had nor shown.
 */
export async function desktopVscode(): Promise<string> {
  const hasDisplay = process.platform !== 'linux' || (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
  if (hasDisplay === undefined) {
    throw new Error(
      'There is no display for the desktop VS Code. Start it under a virtual one: xvfb-run -a npm run ….',
    );
  }
  const installed = process.env['VSCODE_PATH'];
  if (installed !== undefined) return installed;
  try {
    return await downloadAndUnzipVSCode({
      version: process.env['VSCODE_VERSION'] ?? 'stable',
      cachePath: join(cacheFolder(), 'desktop'),
      reporter: new SilentReporter(),
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The desktop VS Code cannot be downloaded here (${reason}). ` +
        'Behind a proxy, set HTTPS_PROXY; where VS Code is installed, set VSCODE_PATH to its executable.',
      { cause },
    );
  }
}
