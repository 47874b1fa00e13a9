import type { HostToSearchView } from '../../src/protocol/views.ts';
import { element, setAttributes } from '../shared/element.ts';
import { KeyedList } from '../shared/keyedList.ts';
import type { RowContext } from './resultParts.ts';
import { RowActions } from './rowActions.ts';
import type { RowAction } from './rowActions.ts';
import { createRowView, treeItemOf } from './rowView.ts';
import { nameOf } from './rows.ts';
import type { ResultRow, Row } from './rows.ts';
import { treeStep } from './treeKeys.ts';
import { Typeahead } from './typeahead.ts';

/** Left of a preview line, and the width of one of its characters at the usual font size. */
const indentPx = 64;
const columnPx = 7.5;

/** What the tree asks of the view around it. */
export interface ResultTreeEvents {
  open(row: ResultRow, options: { readonly beside: boolean; readonly preserveFocus: boolean }): void;
  /** Unfold or fold a file, show or hide a snippet. */
  toggle(key: string): void;
  act(action: RowAction, row: ResultRow): void;
  /** The keyboard leaves the tree: up to the query, on to what follows the last row, or out of it with Escape. */
  leave(to: 'query' | 'after' | 'out'): void;
  activeChanged(key: string): void;
}

/**
 * The results as an accessible tree with one tab stop (roving tabindex). Rows are kept by key, so focus, selection
 * and place survive when better results arrive.
 */
export class ResultTree {
  readonly element: HTMLElement;
  readonly #scroller: HTMLElement;
  readonly #events: ResultTreeEvents;
  readonly #context: RowContext;
  readonly #list: KeyedList<Row>;
  readonly #actions: RowActions;
  readonly #typeahead = new Typeahead();
  #rows: readonly Row[] = [];
  #activeKey: string | undefined;
  /** The user has been at the active row, so it is shown as selected. */
  #visited = false;

  /** `scroller` is the ancestor that scrolls. */
  constructor(scroller: HTMLElement, context: RowContext, events: ResultTreeEvents) {
    this.#scroller = scroller;
    this.#events = events;
    this.#context = context;
    this.element = element('div', { class: 'tree', role: 'tree', 'aria-label': context.strings.resultsLabel });
    this.#list = new KeyedList(
      this.element,
      (row) => row.key,
      (row) => createRowView(row, context),
    );
    this.#actions = new RowActions(context.strings, (action, view) => {
      const row = this.#rowOf(view);
      if (row?.type === 'result') events.act(action, row);
    });
    this.element.addEventListener('keydown', (event) => this.#onKeyDown(event));
    this.element.addEventListener('click', (event) => this.#onClick(event));
    this.element.addEventListener('focusin', (event) => this.#onFocus(event));
    this.element.addEventListener('pointerover', (event) => this.#showActions(event.target as Element));
    this.element.addEventListener('pointerleave', () => this.#showActions(document.activeElement));
  }

  get activeKey(): string | undefined {
    return this.#activeKey;
  }

  /** Shows rows. `keepPlace`: they belong to the same question, so nothing the user looks at may move. */
  update(rows: readonly Row[], terms: ReadonlySet<string>, keepPlace: boolean): void {
    if (rows === this.#rows) return;
    const focused = this.element.contains(document.activeElement);
    const anchor = keepPlace && (focused || this.#scroller.scrollTop > 0) ? this.#anchor(focused) : undefined;
    const oldIndex = this.#indexOf(this.#activeKey);
    if (!keepPlace) this.#scroller.scrollTop = 0; // Before the rows change: afterwards it would cost a layout.
    this.#context.terms = terms;
    this.#context.columns = Math.floor((this.#scroller.clientWidth - indentPx) / columnPx);
    const scores = rows.map((row) => (row.type === 'result' ? row.result.score : 0));
    this.#context.bestScore = Math.max(Number.MIN_VALUE, ...scores);
    this.#rows = rows;
    this.#list.update(rows);
    if (anchor !== undefined && anchor.element.isConnected) {
      this.#scroller.scrollTop += anchor.element.getBoundingClientRect().top - anchor.top;
    }
    if (!keepPlace) this.#visited = false;
    const kept = keepPlace || focused ? this.#indexOf(this.#activeKey) : -1;
    this.#activate(kept >= 0 ? kept : keepPlace ? Math.max(0, oldIndex) : this.#firstResult(), focused);
  }

  /** Paints snippets in colour; nothing moves. */
  colour(message: Extract<HostToSearchView, { type: 'colours' }>): void {
    const isRecoloured = this.#context.colours.add(message);
    this.#list.refresh(this.#rows.filter((row) => row.type === 'result' && isRecoloured(row.result)));
  }

  /** Makes a row the tab stop, when it is there. */
  restoreActive(key: string | undefined): void {
    const index = this.#indexOf(key);
    if (index < 0) return;
    this.#visited = true;
    this.#activate(index, false);
  }

  /** Moves the focus into the tree: to the given row, or to the active one. False when there are no rows. */
  focus(index = this.#indexOf(this.#activeKey)): boolean {
    if (this.#rows.length === 0) return false;
    this.#activate(index, true);
    return true;
  }

  focusLast(): boolean {
    return this.focus(this.#rows.length - 1);
  }

  #activate(index: number, focus: boolean): void {
    const row = this.#rows[Math.min(Math.max(0, index), this.#rows.length - 1)];
    if (row?.key !== this.#activeKey) this.#mark(this.#activeKey, false);
    this.#activeKey = row?.key;
    this.#visited ||= focus;
    const view = this.#mark(this.#activeKey, true);
    if (row !== undefined) this.#events.activeChanged(row.key);
    if (!focus || view === undefined) return;
    const item = treeItemOf(view);
    item.focus({ preventScroll: true });
    view.scrollIntoView({ block: 'nearest' });
    item.scrollIntoView({ block: 'nearest' }); // The row may be higher than the view.
  }

  #mark(key: string | undefined, active: boolean): HTMLElement | undefined {
    const view = key === undefined ? undefined : this.#list.get(key);
    if (view === undefined) return undefined;
    setAttributes(treeItemOf(view), { tabindex: active ? 0 : -1, 'aria-selected': active && this.#visited });
    return view;
  }

  /** The row whose place on the screen is kept: the focused one, else the first one in sight. */
  #anchor(focused: boolean): { element: HTMLElement; top: number } | undefined {
    const edge = this.#scroller.getBoundingClientRect().top;
    const views = focused ? [this.#list.get(this.#activeKey ?? '')] : this.#rows.map(({ key }) => this.#list.get(key));
    const view = views.find((candidate) => candidate !== undefined && candidate.getBoundingClientRect().bottom > edge);
    return view && { element: view, top: view.getBoundingClientRect().top };
  }

  #onKeyDown(event: KeyboardEvent): void {
    const index = this.#indexOf(this.#activeKey);
    const step = treeStep(event, this.#rows, index, () => this.#pageSize());
    if (step === undefined) return this.#typeAhead(event, index);
    if (step.type === 'action' && step.action === 'copyCode' && document.getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    event.stopPropagation();
    switch (step.type) {
      case 'move':
        this.#activate(step.index, true);
        break;
      case 'toggle':
        this.#events.toggle(step.key);
        break;
      case 'open':
        this.#events.open(step.row, { beside: step.beside, preserveFocus: false });
        break;
      case 'action':
        this.#events.act(step.action, step.row);
        break;
      case 'leave':
        this.#events.leave(step.to);
    }
  }

  #typeAhead(event: KeyboardEvent, index: number): void {
    const { key, ctrlKey, metaKey, altKey, isComposing } = event;
    if (key.length !== 1 || ctrlKey || metaKey || altKey || isComposing) return;
    const names = this.#rows.map((row) => nameOf(row));
    const next = this.#typeahead.next(key, names, index, performance.now());
    event.preventDefault();
    if (next !== undefined) this.#activate(next, true);
  }

  #showActions(target: Element | null): void {
    const view = target?.closest('.row.result');
    if (view !== null && view !== undefined) this.#actions.moveTo(view);
  }

  /** Rows that fit the visible part, at least one. */
  #pageSize(): number {
    const active = this.#list.get(this.#activeKey ?? '');
    const rowHeight = active?.getBoundingClientRect().height ?? 0;
    return Math.max(1, Math.floor(this.#scroller.clientHeight / Math.max(1, rowHeight)));
  }

  #onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const row = this.#rowOf(target);
    if (row === undefined || this.#actions.has(target) || isSelectingText(event)) return;
    this.#activate(this.#indexOf(row.key), true);
    if (row.type === 'file' || target.closest('.twistie') !== null) {
      this.#events.toggle(row.key);
    } else {
      this.#events.open(row, { beside: event.ctrlKey || event.metaKey, preserveFocus: event.detail < 2 });
    }
  }

  #onFocus(event: FocusEvent): void {
    const row = this.#rowOf(event.target as Element);
    if (row === undefined) return;
    this.#showActions(event.target as Element);
    this.#visited = true;
    this.#activate(this.#indexOf(row.key), false);
  }

  #rowOf(target: Element): Row | undefined {
    const key = target.closest('.row')?.getAttribute('data-key');
    return this.#rows.find((row) => row.key === key);
  }

  #indexOf(key: string | undefined): number {
    return this.#rows.findIndex((row) => row.key === key);
  }

  #firstResult(): number {
    return this.#rows.findIndex((row) => row.type === 'result');
  }
}

/** The click ended a selection of source text, which can be copied from expanded snippets. */
function isSelectingText({ detail, target }: MouseEvent): boolean {
  const selection = document.getSelection();
  return detail < 2 && selection?.isCollapsed === false && selection.containsNode(target as Node, true);
}
