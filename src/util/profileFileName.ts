import type { ProfileKind } from '../protocol/engineApi.ts';

/** By these endings VS Code and Chrome know what a profile is. */
export const profileExtensions: Readonly<Record<ProfileKind, string>> = { cpu: '.cpuprofile', heap: '.heapprofile' };

/** `codeweaver-2026-01-31T09-05-00.cpuprofile`, in UTC: names sort by time. */
export function profileFileName(kind: ProfileKind, at: Date): string {
  return `codeweaver-${at.toISOString().slice(0, 19).replaceAll(':', '-')}${profileExtensions[kind]}`;
}
