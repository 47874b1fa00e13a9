import type { LogRecord } from '../../protocol/engineApi.ts';
import type { MetricsSnapshot, StageStats } from '../../protocol/metrics.ts';
import type { EngineStatus, HealthReport } from '../../protocol/types.ts';
import { markdownTable } from '../../util/markdownTable.ts';
import type { Redaction } from './redaction.ts';

export interface LoggedRecord extends LogRecord {
  /** Epoch ms. */
  readonly at: number;
}

export interface DiagnosticsContent {
  /** Epoch ms. */
  readonly at: number;
  /** Versions and machine: name and value, nothing of the user's. */
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** As {@link settingLines} gives them. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  /** Undefined where the engine did not answer; `failure` says why. */
  readonly engine:
    | { readonly status: EngineStatus; readonly health: HealthReport; readonly metrics: MetricsSnapshot }
    | { readonly failure: string };
  /** Oldest first. */
  readonly log: readonly LoggedRecord[];
  /** The newest stop of the engine that nobody asked for. */
  readonly lastCrash: LoggedRecord | undefined;
}

/** What a maintainer needs to know, as Markdown in English. What the redaction leaves out is in none of it. */
export function diagnosticsReport(content: DiagnosticsContent, redaction: Redaction): string {
  const { at, environment, settings, engine, log, lastCrash } = content;
  const line = ({ at: loggedAt, ...record }: LoggedRecord): string =>
    `${new Date(loggedAt).toISOString()} ${redaction.record(record)}`;
  const sections = [
    '# CodeWeaver Search: diagnostics',
    new Date(at).toISOString(),
    section('Environment', nameTable(environment)),
    section('Settings that differ from their defaults', settings.length === 0 ? 'None.' : nameTable(settings)),
    ...('failure' in engine ? [section('Engine', redaction.text(engine.failure))] : engineSections(engine, redaction)),
    section('Last crash of the engine', lastCrash === undefined ? 'None in this session.' : fenced([line(lastCrash)])),
    section(`Log, last ${log.length} lines`, log.length === 0 ? 'Empty.' : fenced(log.map(line))),
  ];
  return `${sections.join('\n\n')}\n`;
}

function engineSections(
  { status, health, metrics }: Extract<DiagnosticsContent['engine'], { status: unknown }>,
  redaction: Redaction,
): string[] {
  const checks = health.checks.map(({ name, folderId, ok, detail }): readonly string[] => [
    name,
    folderId === undefined ? '' : redaction.folder(folderId),
    ok ? 'ok' : 'WRONG',
    redaction.text(detail),
  ]);
  const counts = [...Object.entries(metrics.counters), ...Object.entries(metrics.gauges)];
  return [
    section('Health', markdownTable(['check', 'folder', 'result', 'seen'], checks).join('\n')),
    section('Status', fenced([JSON.stringify(redaction.value(status), undefined, 2)], 'json')),
    section('Stages', stageTable(metrics)),
    section('Counters and gauges', nameTable(counts.map(([name, value]) => [name, digits(value)]))),
  ];
}

/** Milliseconds. */
function stageTable({ stages }: MetricsSnapshot): string {
  const columns = ['count', 'errors', 'mean', 'median', 'p95', 'p99', 'max', 'last'] as const;
  const rows = Object.entries<StageStats>(stages).map(([name, stats]) => [
    name,
    ...columns.map((column) => digits(stats[column])),
  ]);
  return rows.length === 0 ? 'None has run.' : markdownTable(['stage, ms', ...columns], rows).join('\n');
}

function section(title: string, text: string): string {
  return `## ${title}\n\n${text}`;
}

function nameTable(rows: readonly (readonly [name: string, value: string])[]): string {
  return markdownTable(['name', 'value'], rows).join('\n');
}

function fenced(lines: readonly string[], language = 'text'): string {
  return ['```' + language, ...lines, '```'].join('\n');
}

function digits(value: number): string {
  return String(Number(value.toPrecision(4)));
}
