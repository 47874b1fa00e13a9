import type { SearchStrings } from '../../src/protocol/viewStrings.ts';
import type { ViewAction, ViewIndexState, ViewNotice } from '../../src/protocol/views.ts';
import { tokenExamples } from '../../src/util/queryCompletion.ts';
import { textButton } from '../shared/button.ts';
import { element } from '../shared/element.ts';
import { fill } from '../shared/format.ts';
import { noticeView } from '../shared/notice.ts';
import type { Answer } from './answer.ts';
import { isBlank } from './question.ts';
import { activeFilters } from './uiState.ts';
import type { SearchUiState } from './uiState.ts';

/** What stands in place of the results. */
export interface Instead {
  /** Two with the same key look the same. */
  readonly key: string;
  create(): HTMLElement;
}

export interface InsteadEvents {
  action(action: ViewAction): void;
  retry(): void;
  /** An example was chosen. */
  ask(query: string): void;
  clearFilters(): void;
}

export interface InsteadFacts {
  readonly status: ViewIndexState;
  readonly answer: Answer | undefined;
  readonly ui: SearchUiState;
  /** The history and the saved searches. */
  readonly lists: HTMLElement;
  readonly mac: boolean;
}

/** What the view says when there are no results to show; undefined when there are, or while the first are under way. */
export function insteadOfResults(
  facts: InsteadFacts,
  strings: SearchStrings,
  events: InsteadEvents,
): Instead | undefined {
  const { status, answer, ui } = facts;
  if (status === 'noFolder') return { key: 'noFolder', create: () => noFolder(strings, events) };
  if (status === 'notIndexed') return { key: 'notIndexed', create: () => notIndexed(strings, events) };
  if (isBlank(ui)) {
    return ui.query.trim() === ''
      ? { key: 'empty', create: () => empty(facts, strings, events) }
      : { key: 'wordsMissing', create: () => wordsMissing(strings) };
  }
  if (answer?.type === 'failure') {
    const { notice } = answer;
    return { key: JSON.stringify(notice), create: () => failure(notice, strings, events) };
  }
  if (answer?.final !== true || answer.response.results.length > 0) return undefined;
  const indexing = status === 'indexing';
  const filtered = activeFilters(ui) > 0;
  const similar = ui.similar !== undefined;
  const key = `noResults ${filtered} ${indexing} ${similar}`;
  return { key, create: () => noResults(strings, { filtered, indexing, similar }, events) };
}

function welcome(title: string, ...texts: readonly string[]): HTMLElement {
  const paragraphs = texts.map((text) => element('p', {}, text));
  return element('section', { class: 'welcome' }, element('h2', {}, title), ...paragraphs);
}

function noFolder(strings: SearchStrings, events: InsteadEvents): HTMLElement {
  const view = welcome(strings.noFolderTitle, strings.noFolderText);
  view.append(textButton(strings.openFolder, 'primary', () => events.action('openFolder')));
  return view;
}

function notIndexed(strings: SearchStrings, events: InsteadEvents): HTMLElement {
  const view = welcome(strings.notIndexedTitle, strings.notIndexedText);
  view.append(textButton(strings.indexWorkspace, 'primary', () => events.action('indexWorkspace')));
  return view;
}

function noResults(
  strings: SearchStrings,
  { filtered, indexing, similar }: { filtered: boolean; indexing: boolean; similar: boolean },
  events: InsteadEvents,
): HTMLElement {
  const view = similar
    ? welcome(strings.similarNone, strings.similarNoneText)
    : welcome(strings.noResultsTitle, strings.noResultsText);
  if (indexing) view.append(element('p', {}, strings.noResultsIndexing));
  if (filtered) {
    view.append(element('p', {}, strings.noResultsFiltered));
    view.append(textButton(strings.clearFilters, 'secondary', () => events.clearFilters()));
  }
  return view;
}

function failure(notice: ViewNotice, strings: SearchStrings, events: InsteadEvents): HTMLElement {
  const view = element('section', { class: 'failure' }, noticeView(notice, strings, events));
  view.append(textButton(strings.retry, 'secondary', () => events.retry()));
  return view;
}

function empty({ mac, lists }: InsteadFacts, strings: SearchStrings, events: InsteadEvents): HTMLElement {
  const view = welcome(strings.emptyTitle, strings.emptyText);
  view.append(lists, examples(strings, events), scopes(strings), keys(strings, mac));
  return view;
}

/** The query has tokens alone. */
function wordsMissing(strings: SearchStrings): HTMLElement {
  const view = welcome(strings.wordsMissingTitle, strings.wordsMissingText);
  view.append(scopes(strings));
  return view;
}

function scopes(strings: SearchStrings): HTMLElement {
  const items = tokenExamples.map(({ text, hint }) =>
    element('li', {}, element('kbd', { class: 'token' }, text), ` ${strings[hint]}`),
  );
  items.push(element('li', {}, element('kbd', { class: 'token' }, '-'), ` ${strings.tokenNot}`));
  return element('div', {}, element('h3', {}, strings.scopesTitle), element('ul', { class: 'keys' }, ...items));
}

function examples(strings: SearchStrings, events: InsteadEvents): HTMLElement {
  const items = [strings.example1, strings.example2, strings.example3].map((example) =>
    element(
      'li',
      {},
      textButton(example, 'link', () => events.ask(example)),
    ),
  );
  return element('div', {}, element('h3', {}, strings.emptyExamples), element('ul', { class: 'examples' }, ...items));
}

function keys(strings: SearchStrings, mac: boolean): HTMLElement {
  const lines = [
    keyLine(strings.keysDown, strings.keyDown),
    keyLine(strings.keysOpen, strings.keyEnter, mac ? strings.keyCommandEnter : strings.keyControlEnter),
    keyLine(strings.keysSnippet, strings.keySpace),
    keyLine(strings.keysActions, strings.keyShiftF10),
    keyLine(strings.keysHistory, strings.keyAltUp),
    keyLine(strings.keysBack, strings.keyEscape),
  ];
  return element('div', {}, element('h3', {}, strings.keysTitle), element('ul', { class: 'keys' }, ...lines));
}

/** The template's placeholders become `kbd` elements. */
function keyLine(template: string, ...keyNames: readonly string[]): HTMLElement {
  const parts = template.split(/(\{\d+\})/);
  return element(
    'li',
    {},
    ...parts.map((part) => (/^\{\d+\}$/.test(part) ? element('kbd', {}, fill(part, ...keyNames)) : part)),
  );
}
