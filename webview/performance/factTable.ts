import error from '@vscode/codicons/src/icons/error.svg';
import pass from '@vscode/codicons/src/icons/pass.svg';
import { element, setAttributes, setText } from '../shared/element.ts';
import { icon } from '../shared/icon.ts';
import { KeyedList } from '../shared/keyedList.ts';
import type { KeyedRow } from '../shared/keyedList.ts';
import type { Fact, FactSection } from './facts.ts';

/** A table of names and values; the cells are updated in place. */
export function createFactTable(): KeyedRow<FactSection> {
  const caption = element('caption');
  const body = element('tbody');
  const facts = new KeyedList<Fact>(body, ({ key }) => key, createFactRow);
  return {
    element: element('section', { class: 'card' }, element('table', { class: 'facts' }, caption, body)),
    update({ title, facts: items }) {
      setText(caption, title);
      facts.update(items);
    },
  };
}

function createFactRow(): KeyedRow<Fact> {
  const name = element('th', { scope: 'row' });
  const text = element('span', { class: 'value' });
  const filled = element('span', { class: 'bar-fill' });
  const bar = element('span', { class: 'bar' }, filled);
  const cell = element('td', {}, text);
  let mark: Element | undefined;
  let marked: boolean | undefined;
  return {
    element: element('tr', {}, name, cell),
    update({ name: label, value, hint, share, ok }) {
      setText(name, label);
      setText(text, value);
      setAttributes(name, { title: hint });
      setAttributes(cell, { title: hint });
      if (ok !== marked) {
        mark?.remove();
        mark = ok === undefined ? undefined : icon(ok ? pass : error, ok ? 'good' : 'bad');
        if (mark !== undefined) text.before(mark);
        marked = ok;
      }
      if (share === undefined) {
        bar.remove();
      } else {
        filled.style.width = `${Math.min(100, Math.max(0, share * 100))}%`;
        if (!bar.isConnected) cell.append(bar);
      }
    },
  };
}
