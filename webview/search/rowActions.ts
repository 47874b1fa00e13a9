import references from '@vscode/codicons/src/icons/references.svg';
import splitHorizontal from '@vscode/codicons/src/icons/split-horizontal.svg';
import type { HitAction } from '../../src/protocol/views.ts';
import type { SearchStrings } from '../../src/protocol/viewStrings.ts';
import { iconButton } from '../shared/button.ts';
import { element } from '../shared/element.ts';

/** What can be done with a hit, apart from opening it here. */
export type RowAction = HitAction | 'openBeside' | 'findSimilar';

/**
 * The buttons on the hit that is pointed at or focused: one set for all rows. They are for the mouse; keys and the context
 * menu do the same, so they are no tab stops and a screen reader does not meet them in the tree.
 */
export class RowActions {
  readonly #element: HTMLElement;

  constructor(strings: SearchStrings, run: (action: RowAction, row: Element) => void) {
    const button = (svg: string, label: string, action: RowAction): HTMLElement => {
      const created = iconButton(svg, label, () => {
        if (this.#element.parentElement !== null) run(action, this.#element.parentElement);
      });
      created.tabIndex = -1;
      return created;
    };
    this.#element = element(
      'div',
      { class: 'row-actions', 'aria-hidden': true },
      button(references, strings.hitSimilar, 'findSimilar'),
      button(splitHorizontal, strings.hitBeside, 'openBeside'),
    );
    // The focus stays on the row.
    this.#element.addEventListener('mousedown', (event) => event.preventDefault());
  }

  /** Whether a click was on one of the buttons. */
  has(target: Element): boolean {
    return this.#element.contains(target);
  }

  moveTo(row: Element): void {
    if (this.#element.parentElement !== row) row.append(this.#element);
  }
}
