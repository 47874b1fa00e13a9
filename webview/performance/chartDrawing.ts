import { axisTicks } from './axis.ts';
import { bandsOf, runsOf } from './chartContent.ts';
import type { Band, ChartContent, ChartLevel } from './chartContent.ts';
import { svgElement } from './svg.ts';

/** Room for the labels below the axis and above the highest line, in pixels. */
const padding = { top: 16, bottom: 4, ends: 18 };
/** Pixels between two lines of the grid, at least. */
const gridPx = 36;
/** Height of a line of text. */
const labelPx = 12;
/** A limit further off than this many times the highest value would press the line flat: it is only written. */
const farLevel = 4;

/** Where positions and values are on the drawing, in pixels. */
export interface Scale {
  readonly x: (position: number) => number;
  readonly y: (value: number) => number;
}

export interface Drawing {
  readonly nodes: readonly SVGElement[];
  readonly scale: Scale;
}

/** A chart of a width and height. Everything it says is also said in text; it is for the eye alone. */
export function drawChart(content: ChartContent, width: number, height: number): Drawing {
  const bands = bandsOf(content);
  const highest = Math.max(0, ...bands.flat().map(({ high }) => high));
  const levels = content.levels.filter(({ value }) => value <= highest * farLevel);
  const bottom = height - (content.ends === undefined ? padding.bottom : padding.ends);
  const steps = Math.max(1, Math.floor((bottom - padding.top) / gridPx));
  const ticks = axisTicks(Math.max(highest, ...levels.map(({ value }) => value)), steps);
  const top = ticks.at(-1) ?? 1;
  const span = Math.max(1e-9, content.to - content.from);
  const scale: Scale = {
    x: (position) => ((position - content.from) / span) * width,
    y: (value) => bottom - (value / top) * (bottom - padding.top),
  };
  return {
    scale,
    nodes: [
      ...ticks.map((tick) => horizontal('chart-grid', scale.y(tick), width)),
      ...runsOf(content).flatMap((run) =>
        bands.flatMap((band, n) => drawRun(content, scale, run, band, content.series[n]?.colour ?? n)),
      ),
      ...levels.map(({ value }) => horizontal('chart-level', scale.y(value), width)),
      ...levelLabels(levels, scale, bottom).map(({ text, y }) => label(text, width - 4, y, 'end')),
      ...(content.positions.length === 0 ? [] : ticks.slice(1)).map((tick) =>
        label(content.write(tick), 2, scale.y(tick) - 3, 'start'),
      ),
      ...(content.ends ?? []).map((text, index) =>
        label(text, index === 0 ? 2 : width - 2, height - 4, index === 0 ? 'start' : 'end'),
      ),
    ],
  };
}

/** The highest level is written above its line, the others below theirs where there is room; none on another. */
function levelLabels(
  levels: readonly ChartLevel[],
  scale: Scale,
  bottom: number,
): readonly { readonly text: string; readonly y: number }[] {
  const upwards = levels.toReversed().sort((a, b) => a.value - b.value);
  let limit = Infinity;
  return upwards.map(({ text, value }, index) => {
    const line = scale.y(value);
    const isBelow = index < upwards.length - 1 && line + labelPx <= bottom;
    const y = Math.min(isBelow ? line + labelPx : line - 4, limit);
    limit = y - labelPx;
    return { text, y };
  });
}

/** One series over one stretch: its area and its line. A single value is as long as the time it stands for. */
function drawRun(
  { positions, starts, isStacked, series: all }: ChartContent,
  { x, y }: Scale,
  run: readonly number[],
  bands: readonly Band[],
  colour: number,
): SVGElement[] {
  const points = run.flatMap((index) => {
    const [position, band] = [positions[index], bands[index]];
    return position === undefined || band === undefined ? [] : [{ position, ...band }];
  });
  const start = starts.get(run[0] ?? -1);
  const [first] = points;
  if (first !== undefined && start !== undefined) points.unshift({ ...first, position: start });
  const line = (of: 'low' | 'high') => points.map((point) => `${round(x(point.position))},${round(y(point[of]))}`);
  const outline = [...line('high'), ...line('low').reverse()];
  const kind = `series-${colour}${isStacked ? ' stacked' : ''}`;
  const area = svgElement('path', { class: `chart-area ${kind}`, d: `M${outline.join('L')}Z` });
  // Areas of several lines would cover each other.
  return [
    ...(isStacked || all.length === 1 ? [area] : []),
    svgElement('path', { class: `chart-line ${kind}`, d: `M${line('high').join('L')}` }),
  ];
}

/** A line across the chart, on whole pixels so that it is sharp. */
function horizontal(className: string, y: number, width: number): SVGElement {
  const at = Math.round(y) + 0.5;
  return svgElement('line', { class: className, x1: 0, x2: width, y1: at, y2: at });
}

function label(text: string, x: number, y: number, anchor: 'start' | 'end'): SVGElement {
  return svgElement('text', { class: 'chart-label', x, y: round(y), 'text-anchor': anchor }, text);
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
