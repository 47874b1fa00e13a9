import type { MetricsSnapshot } from '../../protocol/metrics.ts';
import { exportedMetrics, type ExportedMetric, type Unit } from './metricsExport.ts';

/** Endings as https://prometheus.io/docs/practices/naming asks for them. */
const unitEndings: Readonly<Record<Unit, string>> = { By: '_bytes', s: '_seconds', 1: '_ratio' };

interface Sample {
  readonly ending?: '_sum' | '_count';
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Prometheus' text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats), as node_exporter's textfile
 * collector reads it: without timestamps.
 */
export function prometheusText(snapshot: MetricsSnapshot, version: string): string {
  const build = { name: 'codeweaver_build_info', type: 'gauge', help: 'The version, as a label; always 1.' };
  return [
    ...family(build, [{ labels: { version }, value: 1 }]),
    ...exportedMetrics(snapshot).flatMap((metric) => family(headOf(metric), samplesOf(metric))),
    '',
  ].join('\n');
}

interface Head {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

function headOf({ name, unit, kind, description }: ExportedMetric): Head {
  const ending = (unit === undefined ? '' : unitEndings[unit]) + (kind === 'counter' ? '_total' : '');
  return { name: `codeweaver_${name.replaceAll('.', '_')}${ending}`, type: kind, help: description };
}

/** The lines of one metric; none when it has no samples. */
function family({ name, type, help }: Head, samples: readonly Sample[]): string[] {
  if (samples.length === 0) return [];
  return [
    `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ ending = '', labels = {}, value }) => `${name}${ending}${labelText(labels)} ${value}`),
  ];
}

function samplesOf(metric: ExportedMetric): Sample[] {
  switch (metric.kind) {
    case 'summary':
      return metric.points.flatMap(({ stage, count, sum, quantiles }) => [
        ...quantiles.map(([quantile, value]) => ({ labels: { stage, quantile: String(quantile) }, value })),
        { ending: '_sum' as const, labels: { stage }, value: sum },
        { ending: '_count' as const, labels: { stage }, value: count },
      ]);
    case 'counter':
      return metric.points.map(({ stage, value }) => (stage === undefined ? { value } : { labels: { stage }, value }));
    case 'gauge':
      return [{ value: metric.value }];
  }
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
