import { EngineMetrics } from '../core/metrics/engineMetrics.ts';
import type { Metrics } from '../core/ports.ts';
import { nodeClock } from './nodeClock.ts';
import { createNodeHistogram } from './nodeHistogram.ts';

/** Metrics of real time. */
export function createNodeMetrics(): Metrics {
  return new EngineMetrics(nodeClock, createNodeHistogram);
}
