import * as vscode from 'vscode';
import type { BenchmarkReport } from '../protocol/benchmark.ts';
import type { Phrase, Wording } from '../protocol/phrase.ts';
import type { PerformanceData } from '../protocol/views.ts';
import { formatCount } from './formatCount.ts';

/** A phrase of the engine in the user's language, its numbers in that language's format. */
export function say({ text, parts }: Phrase): string {
  return vscode.l10n.t(
    text,
    ...parts.map((part) =>
      typeof part === 'object' ? say(part) : typeof part === 'number' ? formatCount(part) : part,
    ),
  );
}

/** What the engine says in words of its own: `phrase` in the user's language, or where there is none `message`. */
export function sayWords({ message, phrase }: { readonly message: string; readonly phrase?: Phrase }): string {
  return phrase === undefined ? message : say(phrase);
}

/** What a check saw, or why a file is not indexed, in the user's language. */
export function sayDetail({ detail, phrase }: { readonly detail: string; readonly phrase?: Phrase }): string {
  return phrase === undefined ? detail : say(phrase);
}

/** What the panel gets: the engine's words in the user's language. */
export function sayData({ health, status, ...data }: PerformanceData): PerformanceData {
  const { phrase, ...provider } = status.provider;
  return {
    ...data,
    health: { ...health, checks: health.checks.map((check) => ({ ...check, detail: sayDetail(check) })) },
    status: { ...status, provider: { ...provider, ...(phrase && { message: say(phrase) }) } },
  };
}

/** How each target was measured, in the user's language: a stored report may be from a time when it was another. */
export function sayReport(report: BenchmarkReport): BenchmarkReport {
  const targets = report.targets.map(({ phrase, ...target }) => ({ ...target, ...(phrase && { how: say(phrase) }) }));
  return { ...report, targets };
}

/** Documents for people, as the editor words them. */
export const editorWording: Wording = { locale: vscode.env.language, say };
