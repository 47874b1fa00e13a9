/**
 * `node node24.mjs <script> [arguments]`: runs a script with Node 24, whatever Node the machine has. The project brings
 * Node along as a package per platform (optionalDependencies); npm 10 forgets to link it into node_modules/.bin.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const packages = join(import.meta.dirname, 'node_modules');
const executable = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const bundled = [`node-${platform}`, `node-bin-${platform}`].map((name) => join(packages, name, executable));

const node = Number.parseInt(process.versions.node) >= 24 ? process.execPath : bundled.find((path) => existsSync(path));
if (node === undefined) {
  console.error(`Node 24 is needed; this is ${process.version}. Run npm ci, or install Node 24 on this platform.`);
  process.exit(1);
}

// Programs that the script starts by name (npm among them) get the same Node.
const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) };
const child = spawn(node, process.argv.slice(2), { stdio: 'inherit', env });
process.on('SIGINT', () => undefined); // The terminal interrupts the child as well: it decides what follows.
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
