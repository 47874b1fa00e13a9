import { extname } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import type { MetricsSnapshot } from '../../protocol/metrics.ts';
import { otlpJson } from './otlpJson.ts';
import { prometheusText } from './prometheusText.ts';

type Render = (snapshot: MetricsSnapshot, startedAt: number) => string;

const prometheus: Render = (snapshot) => prometheusText(snapshot, packageJson.version);
const otlp: Render = (snapshot, startedAt) => otlpJson(snapshot, packageJson.version, startedAt);

const formats: Readonly<Record<string, Render>> = { '.prom': prometheus, '.txt': prometheus, '.json': otlp };

/** How metrics are written to a file of this name; undefined when its ending says nothing. */
export function metricsFormat(file: string): Render | undefined {
  return formats[extname(file).toLowerCase()];
}
