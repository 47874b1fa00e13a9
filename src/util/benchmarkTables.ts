import type { BenchmarkBaseline, BenchmarkMachine, BenchmarkMeasure, BenchmarkReport } from '../protocol/benchmark.ts';
import { englishWording, phrase, type Phrase, type Wording } from '../protocol/phrase.ts';
import { compareWithBaseline, type BaselineComparison } from './benchmarkBaseline.ts';
import { markdownTable } from './markdownTable.ts';

/** What a run is set beside. */
export interface BenchmarkComparisons {
  readonly last?: BenchmarkReport | undefined;
  readonly baseline: BenchmarkBaseline;
}

/** Two Markdown tables, to read and to paste: targets, and what was measured, beside the baseline and the last run. */
export function benchmarkTables(
  report: BenchmarkReport,
  { last, baseline }: BenchmarkComparisons,
  wording: Wording = englishWording,
): string {
  const { locale, say } = wording;
  const sayAll = (...phrases: readonly Phrase[]): string[] => phrases.map(say);
  const write = (value: number): string => digits(value, locale);
  const { targets, measures } = report;
  const then = compareWithBaseline(report, baseline);
  return [
    ...markdownTable(
      sayAll(phrase`target`, phrase`goal`, phrase`measured`, phrase`met`, phrase`baseline`, phrase`how`),
      targets.map(({ id, name, target, unit, measured, pass, how, phrase: said }) => [
        say(panelText(name)),
        `${target} ${say(panelText(unit))}`,
        write(measured),
        say(pass ? phrase`yes` : phrase`NO`),
        writeOrNothing(baseline.targets.find((one) => one.id === id)?.measured, write),
        said === undefined ? how : say(said),
      ]),
    ),
    '',
    ...markdownTable(
      [
        ...sayAll(phrase`measured`, phrase`unit`, phrase`n`, phrase`median`, phrase`mean`, phrase`min`, phrase`max`),
        ...sayAll(phrase`p95`, phrase`std`, phrase`last run`, phrase`baseline`),
      ],
      measures.map((measure) => [
        measure.phrase === undefined ? measure.name : say(measure.phrase),
        measure.unit,
        String(measure.iterations),
        ...[measure.median, measure.mean, measure.min, measure.max, measure.p95, measure.std].map(write),
        besideMedian(measure, last?.measures, wording),
        besideMedian(measure, baseline.measures, wording),
      ]),
    ),
    '',
    say(phrase`Last run and baseline: the median then, and how many times that it is now; below 1.00x is faster.`),
    baselineText(then, wording),
    '',
  ].join('\n');
}

/** A machine as a line says it. */
export function machineText(
  { processor, cores, memoryBytes }: BenchmarkMachine,
  { say }: Wording = englishWording,
): string {
  return say(phrase`${processor}, ${cores} cores, ${Math.round(memoryBytes / 2 ** 30)} GiB`);
}

function baselineText({ version, at, machine, note, sameMachine }: BaselineComparison, wording: Wording): string {
  const day = new Date(at).toISOString().slice(0, 10);
  const hint = sameMachine
    ? phrase`This machine is of the same kind.`
    : phrase`This is another machine: what is beside the baseline is only a hint.`;
  const of = phrase`Baseline: CodeWeaver ${version} on ${machineText(machine, wording)}, ${day}. ${panelText(note)} ${hint}`;
  return wording.say(of);
}

/** Names and units of the targets, and the note of the baseline, are among the texts for translators by themselves. */
function panelText(text: string): Phrase {
  return { text, parts: [] };
}

/** Below 1 is faster than then. */
function besideMedian(
  { id, median }: BenchmarkMeasure,
  measures: readonly Pick<BenchmarkMeasure, 'id' | 'median'>[] | undefined,
  { locale }: Wording,
): string {
  const then = measures?.find((measure) => measure.id === id)?.median;
  if (then === undefined || then === 0) return '';
  const ratio = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return `${digits(then, locale)} (${ratio.format(median / then)}x)`;
}

function writeOrNothing(value: number | undefined, write: (value: number) => string): string {
  return value === undefined ? '' : write(value);
}

/** Three of them, or all before the point. */
function digits(value: number, locale: string): string {
  return value.toLocaleString(locale, value >= 1_000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 });
}
