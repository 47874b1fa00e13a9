import circle from '@vscode/codicons/src/icons/circle-large.svg';
import error from '@vscode/codicons/src/icons/error.svg';
import pass from '@vscode/codicons/src/icons/pass.svg';
import type { BenchmarkReport } from '../../src/protocol/benchmark.ts';
import type { PerformanceData } from '../../src/protocol/views.ts';
import { textButton } from '../shared/button.ts';
import { element, setText } from '../shared/element.ts';
import { icon } from '../shared/icon.ts';
import { KeyedList } from '../shared/keyedList.ts';
import type { KeyedRow } from '../shared/keyedList.ts';
import type { FactWords } from './facts.ts';
import { targetColumns, targetRows, targetsText } from './targetRows.ts';
import type { TargetRow } from './targetRows.ts';

/** Where the icon stands; a word says the same. */
const resultColumn = 3;

/** The targets of the product, what the last benchmark measured, and the button that measures again. */
export class TargetTable {
  readonly element: HTMLElement;
  readonly #words: FactWords;
  readonly #summary = element('p', { class: 'hint' });
  readonly #rows: KeyedList<TargetRow>;

  constructor(words: FactWords, onRun: () => void) {
    const { strings } = words;
    this.#words = words;
    const run = textButton(strings.runBenchmark, 'secondary', onRun);
    run.title = strings.runBenchmarkHint;
    const head = targetColumns(words).map(({ title, hint }) => element('th', { scope: 'col', title: hint }, title));
    const body = element('tbody');
    const caption = element('caption', { title: strings.targetsHint }, strings.targetsTitle);
    const table = element(
      'table',
      { class: 'targets' },
      caption,
      element('thead', {}, element('tr', {}, ...head)),
      body,
    );
    const region = { class: 'scroller', role: 'region', 'aria-label': strings.targetsTitle, tabindex: 0 };
    this.element = element(
      'section',
      { class: 'card wide' },
      element('div', region, table),
      element('div', { class: 'targets-foot' }, this.#summary, run),
    );
    this.#rows = new KeyedList(
      body,
      ({ id }) => id,
      () => createRow(words),
    );
  }

  update(report: BenchmarkReport | undefined, data: PerformanceData): void {
    setText(this.#summary, targetsText(report, this.#words));
    this.#rows.update(targetRows(report, data, this.#words));
  }
}

function createRow(words: FactWords): KeyedRow<TargetRow> {
  const columns = targetColumns(words);
  const texts = columns.map(() => element('span'));
  const cells = columns.map(({ hint }, index) => {
    const text = texts[index] ?? '';
    return index === 0 ? element('th', { scope: 'row' }, text) : element('td', { title: hint }, text);
  });
  let mark: Element | undefined;
  let shown: string | undefined;
  return {
    element: element('tr', {}, ...cells),
    update(row) {
      columns.forEach(({ cell }, index) => {
        const text = texts[index];
        if (text !== undefined) setText(text, cell(row));
      });
      const [svg, style] = row.pass === undefined ? [circle, 'open'] : row.pass ? [pass, 'good'] : [error, 'bad'];
      if (svg === shown) return;
      mark?.remove();
      mark = icon(svg, style);
      texts[resultColumn]?.before(mark);
      shown = svg;
    },
  };
}
