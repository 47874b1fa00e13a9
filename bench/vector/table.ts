import type { Row } from '../shared/report.ts';
import type { Ratio } from './ratios.ts';
import type { EngineResult, Skipped } from './result.ts';

/** What a person reads: how ours compare first, then everything by engine. */
export function tableOf(
  results: readonly EngineResult[],
  ratios: Readonly<Record<string, Ratio>>,
  skipped: readonly Skipped[],
): Row[] {
  return [
    ...Object.entries(ratios).map(([name, ratio]) => ({ name, value: ratioText(ratio) })),
    ...results.flatMap(engineRows),
    ...skipped.map(({ engine, data, n, reason }) => ({
      name: `${engine}, ${data}, ${n}`,
      value: `left out: ${reason.replaceAll('|', '/')}`,
    })),
  ];
}

function ratioText({ p50, p95, addsPerSecond, bytesPerVector, recallAt10 }: Ratio): string {
  const gain = `${recallAt10 < 0 ? '-' : '+'}${Math.abs(recallAt10).toFixed(3)}`;
  return [
    `search p50 ${times(p50)}, p95 ${times(p95)}`,
    `build ${times(addsPerSecond)}`,
    `memory ${times(bytesPerVector)}`,
    `recall ${gain}`,
  ].join('; ');
}

function engineRows(result: EngineResult): Row[] {
  const name = `${result.engine}, ${result.data}, ${result.n}`;
  const { filtered = [], saveMs, loadMs, replacesPerSecond, replaced, removesPerSecond, churn } = result;
  const rows: Row[] = [
    {
      name,
      value: [
        `p50 ${milliseconds(result.p50Ms)}, p95 ${milliseconds(result.p95Ms)}`,
        `recall ${result.recallAt10.toFixed(3)}`,
        `${rate(result.addsPerSecond)} adds/s`,
        `${result.bytesPerVector.toFixed(0)} bytes/vector`,
      ].join('; '),
    },
  ];
  for (const { selectivity, p50Ms, recallAt10 } of filtered) {
    rows.push({
      name: `${name}: ${100 * selectivity} % allowed`,
      value: `p50 ${milliseconds(p50Ms)}; recall ${recallAt10.toFixed(3)}`,
    });
  }
  if (saveMs !== undefined) {
    const load = loadMs === undefined ? '' : `, load ${milliseconds(loadMs)}`;
    rows.push({ name: `${name}: file`, value: `save ${milliseconds(saveMs)}${load}` });
  }
  if (replacesPerSecond !== undefined && replaced !== undefined) {
    rows.push({
      name: `${name}: ${replaced.count} replaced`,
      value: `${rate(replacesPerSecond)}/s${settled(replaced.settleMs)}; recall ${replaced.recallAt10.toFixed(3)}`,
    });
  }
  if (removesPerSecond !== undefined && churn !== undefined) {
    rows.push({
      name: `${name}: ${churn.rounds} times 1 % churned`,
      value: [
        `${rate(removesPerSecond)} removes/s, ${rate(churn.addsPerSecond)} adds/s${settled(churn.settleMs)}`,
        `p50 ${milliseconds(churn.p50Ms)}; recall ${churn.recallAt10.toFixed(3)}`,
      ].join('; '),
    });
  }
  return rows;
}

function settled(settleMs: number): string {
  return settleMs === 0 ? '' : `, settled in ${milliseconds(settleMs)}`;
}

function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 0)}x`;
}

function milliseconds(valueMs: number): string {
  return `${valueMs.toFixed(valueMs < 10 ? 3 : 0)} ms`;
}

function rate(perSecond: number): string {
  return perSecond.toFixed(0);
}
