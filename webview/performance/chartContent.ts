/** One line of a chart, or one layer of a stack. */
export interface ChartSeries {
  readonly key: string;
  readonly name: string;
  /** Number of its colour; its place when left out. Kept by those that have others come and go beside them. */
  readonly colour?: number;
  /** One for each position. */
  readonly values: readonly number[];
}

/** A value worth a line across the chart: a limit, a percentile. */
export interface ChartLevel {
  readonly value: number;
  readonly text: string;
}

/** What a chart shows. Positions are in any unit; values are written by `write`. */
export interface ChartContent {
  /** A sentence that says what can be seen. */
  readonly summary: string;
  /** Ascending. */
  readonly positions: readonly number[];
  /** Where a line begins, for the positions (by index) that do not go on from the one before. */
  readonly starts: ReadonlyMap<number, number>;
  /** The horizontal axis. */
  readonly from: number;
  readonly to: number;
  /** Written below its ends. */
  readonly ends?: readonly [string, string];
  readonly series: readonly ChartSeries[];
  readonly isStacked: boolean;
  readonly levels: readonly ChartLevel[];
  /** A value with its unit. */
  readonly write: (value: number) => string;
  /** What a position (by index) is: its time. */
  readonly place: (index: number) => string;
}

/** A value of a series as it is drawn: its own, or on top of those below it. */
export interface Band {
  readonly low: number;
  readonly high: number;
}

/** Bands of each series at each position; the first series is at the bottom of a stack. */
export function bandsOf({ series, isStacked, positions }: ChartContent): readonly (readonly Band[])[] {
  const tops = positions.map(() => 0);
  return series.map(({ values }) =>
    values.map((value, index) => {
      const low = isStacked ? (tops[index] ?? 0) : 0;
      if (isStacked) tops[index] = low + value;
      return { low, high: low + value };
    }),
  );
}

/** Stretches of positions that belong together, as indexes from the first to the last. */
export function runsOf({ positions, starts }: ChartContent): readonly (readonly number[])[] {
  const runs: number[][] = [];
  for (const index of positions.keys()) {
    if (index === 0 || starts.has(index)) runs.push([]);
    runs.at(-1)?.push(index);
  }
  return runs;
}

/** Newest, mean and highest value. */
export interface SeriesSummary {
  readonly newest: number;
  readonly mean: number;
  readonly highest: number;
}

/** Undefined without values. */
export function summarizeSeries({ values }: ChartSeries): SeriesSummary | undefined {
  const newest = values.at(-1);
  if (newest === undefined) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { newest, mean, highest: Math.max(...values) };
}
