import { element, setAttributes, setShown, setText } from '../shared/element.ts';
import { fill } from '../shared/format.ts';
import type { ChartContent } from './chartContent.ts';
import { drawChart } from './chartDrawing.ts';
import type { Scale } from './chartDrawing.ts';
import { ChartLegend } from './chartLegend.ts';
import type { FactWords } from './facts.ts';
import { svgElement } from './svg.ts';

export interface ChartOptions {
  readonly title: string;
  readonly hint: string;
  readonly words: FactWords;
}

/** Positions that Page Up and Page Down move by. */
const page = 10;

/**
 * A chart with what it says in words below it. Pointing at it, or moving through it with the arrow keys, says the values
 * at a place; for assistive technology it is a slider over the positions, whose value is that text.
 */
export class Chart {
  readonly element: HTMLElement;
  readonly #title: string;
  readonly #words: FactWords;
  readonly #drawing = svgElement('svg', { class: 'chart-drawing', 'aria-hidden': true });
  readonly #cursor = svgElement('line', { class: 'chart-cursor' });
  readonly #plot = element('div', { class: 'plot' });
  readonly #readout = element('p', { class: 'hint readout' });
  readonly #legend: ChartLegend;
  #content: ChartContent | undefined;
  #scale: Scale | undefined;
  /** The position that is read out. */
  #index: number | undefined;

  constructor({ title, hint, words }: ChartOptions) {
    this.#title = title;
    this.#words = words;
    this.#legend = new ChartLegend(title, words);
    this.#plot.append(this.#drawing);
    this.element = element(
      'section',
      { class: 'card chart' },
      element('h2', { title: hint }, title),
      this.#plot,
      this.#readout,
      this.#legend.element,
    );
    new ResizeObserver(() => this.#draw()).observe(this.#plot);
    this.#plot.addEventListener('pointermove', (event) => this.#pointAt(event.offsetX));
    this.#plot.addEventListener('pointerleave', () => this.#select(undefined));
    this.#plot.addEventListener('keydown', (event) => {
      if (!this.#onKey(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.#plot.addEventListener('blur', () => this.#select(undefined));
  }

  update(content: ChartContent): void {
    // The same place in time, wherever it is among the positions now; what has left the chart is not read out any more.
    const selected = this.#content?.positions[this.#index ?? -1];
    const index = selected === undefined ? -1 : content.positions.indexOf(selected);
    this.#content = content;
    this.#index = index === -1 ? undefined : index;
    this.#draw();
    this.#say();
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#plot;
    if (this.#content === undefined || width === 0) return;
    const { nodes, scale } = drawChart(this.#content, width, height);
    this.#scale = scale;
    setAttributes(this.#drawing, { viewBox: `0 0 ${width} ${height}` });
    setAttributes(this.#cursor, { y1: 0, y2: height });
    this.#drawing.replaceChildren(...nodes, this.#cursor);
    this.#showCursor();
  }

  #onKey(key: string): boolean {
    const last = (this.#content?.positions.length ?? 0) - 1;
    if (last < 0) return false;
    const at = this.#index ?? last;
    const to = new Map([
      ['ArrowLeft', at - 1],
      ['ArrowDown', at - 1],
      ['ArrowRight', at + 1],
      ['ArrowUp', at + 1],
      ['PageDown', at - page],
      ['PageUp', at + page],
      ['Home', 0],
      ['End', last],
    ]).get(key);
    if (key === 'Escape' && this.#index !== undefined) this.#select(undefined);
    else if (to === undefined) return false;
    else this.#select(Math.min(last, Math.max(0, to)));
    return true;
  }

  /** The nearest position to a place on the drawing. */
  #pointAt(x: number): void {
    const scale = this.#scale;
    if (this.#content === undefined || scale === undefined) return;
    const distances = this.#content.positions.map((position) => Math.abs(scale.x(position) - x));
    const index = distances.indexOf(Math.min(...distances));
    this.#select(index === -1 ? undefined : index);
  }

  #select(index: number | undefined): void {
    if (index === this.#index) return;
    this.#index = index;
    this.#showCursor();
    this.#say();
  }

  #showCursor(): void {
    const position = this.#content?.positions[this.#index ?? -1];
    const x = position === undefined ? undefined : this.#scale?.x(position);
    setAttributes(this.#cursor, { x1: x, x2: x, visibility: x === undefined ? 'hidden' : undefined });
  }

  #say(): void {
    if (this.#content === undefined) return;
    const { positions, summary } = this.#content;
    const text = this.#index === undefined ? summary : describe(this.#content, this.#index, this.#words);
    this.#legend.update(this.#content, this.#index);
    setText(this.#readout, text);
    setShown(this.#readout, this.#legend.isEmpty);
    const isEmpty = positions.length === 0;
    setAttributes(this.#plot, {
      role: isEmpty ? 'img' : 'slider',
      tabindex: isEmpty ? undefined : 0,
      'aria-label': isEmpty ? `${this.#title}: ${summary}` : this.#title,
      'aria-valuemin': isEmpty ? undefined : 1,
      'aria-valuemax': isEmpty ? undefined : positions.length,
      'aria-valuenow': isEmpty ? undefined : (this.#index ?? positions.length - 1) + 1,
      'aria-valuetext': isEmpty ? undefined : text,
    });
  }
}

/** The values at a position, and what it is. */
function describe({ series, write, place }: ChartContent, index: number, { strings, format }: FactWords): string {
  const values = series.map(({ name, values: all }) => fill(strings.historyValue, name, write(all[index] ?? 0)));
  return fill(strings.historyAt, place(index), format.list(values));
}
