import { readFileSync, readdirSync } from 'node:fs';

/** Linux counts in pages of this size on every machine we run on (getconf PAGESIZE). */
const pageBytes = 4_096;

/**
 * Resident bytes of a process and everything it started, summed. Pages that processes share (the Node binary) count once
 * for each, so this is an upper bound. 0 when the process is gone or the system has no /proc.
 */
export function treeRssBytes(pid: number): number {
  try {
    return childrenOf(pid).reduce((sum, child) => sum + treeRssBytes(child), ownRssBytes(pid));
  } catch {
    return 0;
  }
}

/** Of the process alone; 0 as above. */
export function ownRssBytes(pid: number): number {
  try {
    // The second field is the resident set in pages (proc_pid_statm(5)).
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes;
  } catch {
    return 0;
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}
