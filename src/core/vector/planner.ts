import type { VectorEngine } from '../../protocol/config.ts';
import type { ShardStats } from '../../protocol/vectorStats.ts';
import type { FilterWidth } from './calibration.ts';

type Way = ShardStats['way'];
type Costs = NonNullable<ShardStats['costs']>;
type PlanReason = Exclude<ShardStats['plan'], 'graphBuilding'>;

/** Below this many rows a graph is never faster. */
const minGraphRows = 4_096;
/** With the setting `hnsw`, a graph is built from this many rows on. */
const minForcedRows = 256;
/** What a graph has to save per search before minutes of building and a third more memory are spent on it. */
const worthMs = 1;
/** Rows a walk compares the query with, per candidate (measured: 7 at 50,000 rows, 18 at 131,072 of a harder set, ef 100). */
const comparisonsPerEf = 16;
const costedEf = 100;
/** Hits a width is measured for; more hits need a wider filter. */
const hitsPerWidth = 40;
/** The kernel's filter and its walk give this many hits at most; for more, all codes are compared. */
const maxFiltered = 4_096;
/**
 * Searches that are made to look at so many times as much as by default compare all codes: some 40 candidates of a walk are
 * more than the kernel can have then.
 */
export const maxEffort = 1.5 ** 12;
/** Until it is measured. */
const firstWidth: FilterWidth = { wanted: 750, recall: 0 };

export interface PlanInput {
  readonly engine: VectorEngine;
  readonly rows: number;
  readonly costs: Costs | undefined;
}

/** Whether a graph is worth building. */
export function graphPlan({ engine, rows, costs }: PlanInput): { wanted: boolean; reason: PlanReason } {
  if (engine === 'exact') return { wanted: false, reason: 'setting' };
  if (engine === 'hnsw') return { wanted: rows >= minForcedRows, reason: rows < minForcedRows ? 'small' : 'setting' };
  if (rows < minGraphRows) return { wanted: false, reason: 'small' };
  if (costs === undefined) return { wanted: false, reason: 'measuring' };
  const pays = costs.scanMs - costs.walkMs >= worthMs && costs.walkMs * 2 <= costs.scanMs;
  return { wanted: pays, reason: pays ? 'graphPays' : 'scanIsFast' };
}

export function walkMs(msPerComparison: number): number {
  return msPerComparison * comparisonsPerEf * costedEf;
}

export interface SearchInput {
  readonly engine: VectorEngine;
  /** Hits wanted. */
  readonly limit: number;
  readonly rows: number;
  /** Of those, in the graph and not removed. */
  readonly graphed: number;
  /** Rows the filter allows. */
  readonly allowed: number;
  readonly width: FilterWidth | undefined;
  /** How many times as wide as calibrated the filter has to be at least, up to {@link maxEffort}; 1 when left out. */
  readonly effort?: number;
}

export interface SearchPlan {
  readonly way: Way;
  readonly wanted: number;
  /** By how much a walk's candidates have to grow for those that are not returned. */
  readonly efFactor: number;
}

/** How one search goes. What is not in the graph is scanned beside the walk. */
export function searchPlan(input: SearchInput): SearchPlan {
  const { engine, limit, rows, graphed, allowed, width = firstWidth, effort = 1 } = input;
  const wanted = Math.ceil(width.wanted * Math.max(1, limit / hitsPerWidth, effort));
  const scan = { wanted, efFactor: 1 };
  if (engine === 'exact') return { ...scan, way: 'flat' };
  const share = allowed / Math.max(1, rows);
  // Under a filter a walk has to look at 1 / share as many rows, and a scan only at that share.
  if (limit * 2 > maxFiltered || effort >= maxEffort) return { ...scan, way: 'flat' };
  if (graphed * 2 > rows && share >= 0.5) return { ...scan, way: 'graph', efFactor: 1 / share };
  const filters = width.wanted > 0 && wanted <= maxFiltered && wanted * 4 < allowed;
  return { ...scan, way: filters ? 'scan' : 'flat' };
}
