import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { after } from 'mocha';
import { eventually } from './cliFolder.ts';

const running = new Set<ChildProcess>();

/** Starts a script in a process of its own and resolves with the first it prints. */
export async function startScript(url: URL, ...args: string[]): Promise<{ child: ChildProcess; said: string }> {
  const script = fileURLToPath(url);
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${script} ended with ${String(code)} before it said anything.`);
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

/** Resolves when there is no such process any more; fails after 20 s. */
export async function gone(pid: number): Promise<void> {
  await eventually(() => {
    try {
      process.kill(pid, 0);
      return false;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
      throw error;
    }
  }, `process ${pid} has ended`);
}

// What a failed test left running would keep the whole run from ending.
after(() => {
  for (const child of running) child.kill('SIGKILL');
});
