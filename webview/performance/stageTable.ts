import type { MetricsSnapshot } from '../../src/protocol/metrics.ts';
import { element, setShown, setText } from '../shared/element.ts';
import { KeyedList } from '../shared/keyedList.ts';
import type { KeyedRow } from '../shared/keyedList.ts';
import type { FactWords } from './facts.ts';
import { stageColumns, stageRows } from './stageRows.ts';
import type { StageColumn, StageRow } from './stageRows.ts';

/** Durations of every stage that has run; wider than the panel it scrolls on its own. */
export class StageTable {
  readonly element: HTMLElement;
  readonly #words: FactWords;
  readonly #scroller: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #rows: KeyedList<StageRow>;

  constructor(words: FactWords) {
    const { strings } = words;
    this.#words = words;
    const columns = stageColumns(strings);
    const head = element('tr', {}, element('th', { scope: 'col' }, strings.columnStage), ...columns.map(headCell));
    const body = element('tbody');
    const caption = element('caption', { title: strings.stagesHint }, strings.stagesTitle);
    const table = element('table', { class: 'stages' }, caption, element('thead', {}, head), body);
    const region = { class: 'scroller', role: 'region', 'aria-label': strings.stagesTitle, tabindex: 0 };
    this.#scroller = element('div', region, table);
    this.#empty = element('p', { class: 'hint' }, strings.stagesEmpty);
    this.element = element('section', { class: 'card wide' }, this.#scroller, this.#empty);
    this.#rows = new KeyedList(
      body,
      ({ stage }) => stage,
      () => createStageRow(columns),
    );
  }

  update(metrics: MetricsSnapshot): void {
    const rows = stageRows(metrics, this.#words.strings, this.#words.format);
    this.#rows.update(rows);
    setShown(this.#empty, rows.length === 0);
  }
}

function headCell({ title, unit, hint }: StageColumn): HTMLElement {
  const cell = element('th', { scope: 'col', title: hint }, title);
  if (unit !== undefined) cell.append(' ', element('span', { class: 'unit' }, unit));
  return cell;
}

function createStageRow(columns: readonly StageColumn[]): KeyedRow<StageRow> {
  const name = element('th', { scope: 'row' });
  const cells = columns.map(({ hint }) => element('td', { title: hint }));
  return {
    element: element('tr', {}, name, ...cells),
    update(row) {
      setText(name, row.name);
      cells.forEach((cell, index) => setText(cell, row.cells[index] ?? ''));
    },
  };
}
