import type { SearchSample } from '../../src/protocol/views.ts';
import { maxSearchSamples } from '../../src/protocol/views.ts';
import { element, setAttributes, setText } from '../shared/element.ts';
import { fill } from '../shared/format.ts';
import { axisTicks } from './axis.ts';
import type { FactWords } from './facts.ts';
import { summarize, summaryText } from './samples.ts';
import type { SampleSummary } from './samples.ts';

interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Samples the x axis has room for at first, so that few searches are not stretched over the whole width. */
const minShownSamples = 40;
const padding = { top: 8, right: 8, bottom: 6, left: 6 };

/** Time of the newest searches, drawn in the colours of the theme; the text below says the same. */
export class LatencyChart {
  readonly element: HTMLElement;
  readonly #words: FactWords;
  readonly #canvas = element('canvas', { role: 'img' });
  readonly #caption = element('p', { class: 'hint' });
  #samples: readonly SearchSample[] = [];
  #summary: SampleSummary | undefined;
  #frame: number | undefined;

  constructor(words: FactWords) {
    const { strings } = words;
    this.#words = words;
    const title = element('h2', { title: strings.latencyHint }, strings.latencyTitle);
    this.element = element('section', { class: 'card wide chart' }, title, this.#canvas, this.#caption);
    new ResizeObserver(() => this.#drawSoon()).observe(this.#canvas);
    // A theme arrives as variables on the root element and classes on the body.
    const themes = new MutationObserver(() => this.#drawSoon());
    themes.observe(document.documentElement, { attributeFilter: ['style'] });
    themes.observe(document.body, { attributeFilter: ['class'] });
  }

  update(samples: readonly SearchSample[]): void {
    this.#samples = samples;
    this.#summary = summarize(samples);
    const text = summaryText(this.#summary, this.#words.strings, this.#words.format);
    setText(this.#caption, text);
    setAttributes(this.#canvas, { 'aria-label': `${this.#words.strings.latencyTitle}: ${text}` });
    this.#drawSoon();
  }

  #drawSoon(): void {
    if (this.#frame !== undefined) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#draw();
    });
  }

  #draw(): void {
    const context = this.#canvas.getContext('2d');
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (context === null || width === 0) return;
    const ratio = window.devicePixelRatio;
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    const theme = getComputedStyle(this.#canvas);
    const color = (name: string): string => theme.getPropertyValue(`--chart-${name}`);
    context.font = `11px ${theme.fontFamily}`;
    context.textBaseline = 'middle';

    const ticks = axisTicks(this.#summary?.maxMs ?? 0, height < 120 ? 2 : 4);
    const top = ticks.at(-1) ?? 1;
    const labels = ticks.map((tick) => this.#words.format.ms(tick));
    const labelWidth = Math.max(...labels.map((label) => context.measureText(label).width));
    const area: Area = {
      left: padding.left + labelWidth + 6,
      right: width - padding.right,
      top: padding.top,
      bottom: height - padding.bottom,
    };
    const y = (ms: number): number => area.bottom - (ms / top) * (area.bottom - area.top);
    ticks.forEach((tick, index) => {
      line(context, [area.left, y(tick)], [area.right, y(tick)], color('grid'));
      context.textAlign = 'end';
      context.fillStyle = color('text');
      context.fillText(labels[index] ?? '', area.left - 6, y(tick));
    });
    this.#drawSamples(context, area, y, color('line'));
    this.#drawLevels(context, area, y, { line: color('level'), text: color('text'), back: color('back') });
  }

  /** Newest on the right; one point per search. */
  #drawSamples(context: CanvasRenderingContext2D, area: Area, y: (ms: number) => number, color: string): void {
    const shown = Math.min(maxSearchSamples, Math.max(minShownSamples, this.#samples.length));
    const step = (area.right - area.left) / Math.max(1, shown - 1);
    const points = this.#samples.map(({ totalMs }, index) => {
      return { x: area.right - (this.#samples.length - 1 - index) * step, y: y(totalMs) };
    });
    const [first] = points;
    if (first === undefined) return;
    context.strokeStyle = context.fillStyle = color;
    context.lineWidth = 1.5;
    context.beginPath();
    for (const point of points) context.lineTo(point.x, point.y);
    context.stroke();
    context.lineTo(area.right, area.bottom);
    context.lineTo(first.x, area.bottom);
    context.globalAlpha = 0.15;
    context.fill();
    context.globalAlpha = 1;
    const radius = Math.min(2, step / 3);
    for (const point of points) {
      context.beginPath();
      context.arc(point.x, point.y, radius, 0, 2 * Math.PI);
      context.fill();
    }
  }

  /** Median and 95th percentile, written over the oldest samples. */
  #drawLevels(
    context: CanvasRenderingContext2D,
    area: Area,
    y: (ms: number) => number,
    colors: { readonly line: string; readonly text: string; readonly back: string },
  ): void {
    if (this.#summary === undefined || this.#summary.count < 2) return;
    const { strings, format } = this.#words;
    const levels = [
      { ms: this.#summary.p95Ms, text: strings.latencyP95, side: -8 },
      { ms: this.#summary.medianMs, text: strings.latencyMedian, side: 8 },
    ];
    context.setLineDash([4, 3]);
    for (const { ms } of levels) line(context, [area.left, y(ms)], [area.right, y(ms)], colors.line);
    context.setLineDash([]);
    context.textAlign = 'start';
    for (const { ms, text, side } of levels) {
      const label = fill(text, format.ms(ms));
      const place = Math.min(area.bottom - 7, Math.max(area.top + 7, y(ms) + side));
      context.fillStyle = colors.back;
      context.fillRect(area.left + 2, place - 7, context.measureText(label).width + 4, 14);
      context.fillStyle = colors.text;
      context.fillText(label, area.left + 4, place);
    }
  }
}

function line(
  context: CanvasRenderingContext2D,
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
  color: string,
): void {
  context.strokeStyle = color;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(fromX, Math.round(fromY) + 0.5);
  context.lineTo(toX, Math.round(toY) + 0.5);
  context.stroke();
}
