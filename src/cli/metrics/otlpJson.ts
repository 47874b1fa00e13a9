import type { MetricsSnapshot, Stage } from '../../protocol/metrics.ts';
import { exportedMetrics, type ExportedMetric } from './metricsExport.ts';

/** `AGGREGATION_TEMPORALITY_CUMULATIVE` of metrics.proto. */
const cumulative = 2;

/**
 * One line of OTLP JSON: the message `MetricsData` of opentelemetry-proto (opentelemetry/proto/metrics/v1/metrics.proto)
 * as https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding maps it: lowerCamelCase, 64-bit integers as
 * strings, enumerations as numbers. A file of it is what the Collector's otlpjsonfile receiver reads, a request's body
 * what its /v1/metrics takes.
 *
 * @param startedAt When everything was zero. Epoch ms.
 */
export function otlpJson(snapshot: MetricsSnapshot, version: string, startedAt: number): string {
  const times = { startTimeUnixNano: nanoseconds(startedAt), timeUnixNano: nanoseconds(snapshot.at) };
  const resource = { attributes: [attribute('service.name', 'codeweaver'), attribute('service.version', version)] };
  const metrics = exportedMetrics(snapshot).filter((metric) => metric.kind === 'gauge' || metric.points.length > 0);
  const data = {
    resourceMetrics: [
      {
        resource,
        scopeMetrics: [
          { scope: { name: 'codeweaver', version }, metrics: metrics.map((metric) => otlpMetric(metric, times)) },
        ],
      },
    ],
  };
  return `${JSON.stringify(data)}\n`;
}

interface Times {
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
}

function otlpMetric(metric: ExportedMetric, times: Times): object {
  const { name, unit, description } = metric;
  return { name: `codeweaver.${name}`, description, ...(unit && { unit }), ...otlpData(metric, times) };
}

function otlpData(metric: ExportedMetric, times: Times): object {
  switch (metric.kind) {
    case 'summary': {
      const dataPoints = metric.points.map(({ stage, count, sum, quantiles }) => ({
        ...{ attributes: [attribute('stage', stage)], ...times, count: String(count), sum },
        quantileValues: quantiles.map(([quantile, value]) => ({ quantile, value })),
      }));
      return { summary: { dataPoints } };
    }
    case 'counter': {
      const dataPoints = metric.points.map(({ stage, value }) => ({
        ...{ attributes: stageAttributes(stage), ...times, asInt: String(Math.round(value)) },
      }));
      return { sum: { aggregationTemporality: cumulative, isMonotonic: true, dataPoints } };
    }
    case 'gauge':
      return { gauge: { dataPoints: [{ timeUnixNano: times.timeUnixNano, asDouble: metric.value }] } };
  }
}

function stageAttributes(stage: Stage | undefined): object[] {
  return stage === undefined ? [] : [attribute('stage', stage)];
}

function attribute(key: string, stringValue: string): object {
  return { key, value: { stringValue } };
}

function nanoseconds(epochMs: number): string {
  return String(BigInt(Math.round(epochMs)) * 1_000_000n);
}
