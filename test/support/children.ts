import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts a script of this folder in a process of its own and resolves with the first it prints. */
export async function startScript(name: string, ...args: string[]): Promise<{ child: ChildProcess; said: string }> {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended with ${String(code)} before it said anything.`);
  });
  const [first] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer];
  return { child, said: first.toString().trim() };
}

/** As by the power cut or the task manager: no handler runs. */
export async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
