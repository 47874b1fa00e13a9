import { element, setShown, setText } from '../shared/element.ts';
import { KeyedList } from '../shared/keyedList.ts';
import type { KeyedRow } from '../shared/keyedList.ts';
import { summarizeSeries } from './chartContent.ts';
import type { ChartContent } from './chartContent.ts';
import type { FactWords } from './facts.ts';
import { svgElement } from './svg.ts';

interface LegendRow {
  readonly key: string;
  readonly name: string;
  /** Of the styles of the drawing. */
  readonly colour: number;
  readonly isStacked: boolean;
  readonly cells: readonly string[];
}

/**
 * Which line is what, with the newest, mean and highest value of each: the chart as a table. While a place is read out, its
 * values stand where the newest do otherwise.
 */
export class ChartLegend {
  readonly element: HTMLElement;
  readonly #rows: KeyedList<LegendRow>;
  readonly #strings: FactWords['strings'];
  readonly #first: HTMLElement;
  #isEmpty = true;

  constructor(title: string, { strings }: FactWords) {
    this.#strings = strings;
    const columns = [strings.historyNow, strings.historyMean, strings.historyPeak];
    const heads = columns.map((name) => element('th', { scope: 'col' }, name));
    this.#first = heads[0] ?? element('th');
    const head = element('tr', {}, element('th', { scope: 'col' }, strings.columnName), ...heads);
    const body = element('tbody');
    this.element = element('table', { class: 'legend', 'aria-label': title }, element('thead', {}, head), body);
    this.#rows = new KeyedList(
      body,
      ({ key }) => key,
      (row) => createRow(row, columns),
    );
  }

  /** Nothing to tell apart: the summary of the chart says it all. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** @param index Of the position that is read out. */
  update(content: ChartContent, index: number | undefined): void {
    const rows = legendRows(content, index);
    setText(this.#first, index === undefined ? this.#strings.historyNow : content.place(index));
    this.#isEmpty = rows.length < 2;
    setShown(this.element, !this.#isEmpty);
    this.#rows.update(this.#isEmpty ? [] : rows);
  }
}

/** As the eye finds them: the top of a stack first. */
function legendRows(content: ChartContent, at: number | undefined): readonly LegendRow[] {
  const { series, isStacked, write } = content;
  const rows = series.flatMap((one, index) => {
    const summary = summarizeSeries(one);
    if (summary === undefined) return [];
    const cells = [one.values[at ?? -1] ?? summary.newest, summary.mean, summary.highest].map(write);
    return [{ key: one.key, name: one.name, colour: one.colour ?? index, isStacked, cells }];
  });
  return isStacked ? rows.toReversed() : rows;
}

function createRow({ colour, isStacked }: LegendRow, columns: readonly string[]): KeyedRow<LegendRow> {
  const kind = `series-${colour}${isStacked ? ' stacked' : ''}`;
  const line = svgElement('path', { class: `chart-line ${kind}`, d: isStacked ? 'M0,0H22V10H0Z' : 'M0,5H22' });
  const shapes = isStacked
    ? [svgElement('rect', { class: `chart-area ${kind}`, width: 22, height: 10 }), line]
    : [line];
  const swatch = svgElement('svg', { class: 'swatch', viewBox: '0 0 22 10', 'aria-hidden': true }, ...shapes);
  const name = element('span');
  const cells = columns.map((column) => element('td', { title: column }));
  return {
    element: element('tr', {}, element('th', { scope: 'row' }, swatch, name), ...cells),
    update(row) {
      setText(name, row.name);
      cells.forEach((cell, index) => setText(cell, row.cells[index] ?? ''));
    },
  };
}
