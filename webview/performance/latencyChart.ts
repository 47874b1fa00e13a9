import type { SearchSample } from '../../src/protocol/views.ts';
import { maxSearchSamples } from '../../src/protocol/views.ts';
import { fill } from '../shared/format.ts';
import type { ChartContent } from './chartContent.ts';
import type { FactWords } from './facts.ts';
import { summarize, summaryText } from './samples.ts';

/** Samples the x axis has room for at first, so that few searches are not stretched over the whole width. */
const minShownSamples = 40;

/** Time of the newest searches, one beside the other, the newest on the right. */
export function latencyContent(samples: readonly SearchSample[], { strings, format }: FactWords): ChartContent {
  const summary = summarize(samples);
  const shown = Math.min(maxSearchSamples, Math.max(minShownSamples, samples.length));
  const levels =
    summary === undefined || summary.count < 2
      ? []
      : [
          { value: summary.p95Ms, text: fill(strings.latencyP95, format.ms(summary.p95Ms)) },
          { value: summary.medianMs, text: fill(strings.latencyMedian, format.ms(summary.medianMs)) },
        ];
  return {
    summary: summaryText(summary, strings, format),
    positions: samples.map((_, index) => index),
    starts: new Map(),
    from: samples.length - shown,
    to: samples.length - 1,
    series: [{ key: 'search', name: strings.latencyTitle, values: samples.map(({ totalMs }) => totalMs) }],
    isStacked: false,
    levels,
    write: (ms) => format.ms(ms),
    place: (index) => format.time(samples[index]?.at ?? 0),
  };
}
