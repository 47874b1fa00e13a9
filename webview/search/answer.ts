import type { SearchResponse, SearchResult } from '../../src/protocol/types.ts';
import { viewLimits } from '../../src/protocol/views.ts';
import type { ViewNotice } from '../../src/protocol/views.ts';
import type { SearchStrings } from '../../src/protocol/viewStrings.ts';
import { parseQuery } from '../../src/util/queryTokens.ts';
import { fill } from '../shared/format.ts';
import type { Format } from '../shared/format.ts';
import type { Question } from './session.ts';

/** What came back for a question. */
export type Answer =
  | {
      readonly type: 'results';
      readonly question: Question;
      readonly response: SearchResponse;
      readonly final: boolean;
      readonly notice: ViewNotice | undefined;
    }
  | { readonly type: 'failure'; readonly question: Question; readonly notice: ViewNotice };

/** "12 results in 8 ms": the line above the results, and what a screen reader says. */
export function answerText(answer: Answer, strings: SearchStrings, format: Format): string {
  if (answer.type === 'failure') {
    const { severity, message } = answer.notice;
    return severity === 'info' ? message : fill(strings.searchFailed, message);
  }
  const { results, timings } = answer.response;
  const none = answer.question.similarTo === undefined ? strings.noResultsTitle : strings.similarNone;
  if (results.length === 0 && answer.final) return none;
  const template = strings[`results${format.plural(results.length)}`];
  const text = fill(template, format.integer(results.length), format.milliseconds(timings.totalMs));
  return answer.final ? text : fill(strings.resultsPartial, text);
}

/** Whether two answers are to the same question, apart from how many results it asked for. */
export function sameQuestion(a: Answer | undefined, b: Answer): boolean {
  return a !== undefined && JSON.stringify({ ...a.question, k: 0 }) === JSON.stringify({ ...b.question, k: 0 });
}

/** Nothing more is on its way. */
export function isWhole(answer: Answer | undefined): boolean {
  return answer?.type === 'failure' || answer?.final === true;
}

export function resultsOf(answer: Answer | undefined): readonly SearchResult[] {
  return answer?.type === 'results' ? answer.response.results : [];
}

/** The query whose words are marked in the results; similar code was not found by words. */
export function markedQuery(answer: Answer | undefined): string {
  if (answer?.type !== 'results' || answer.question.similarTo !== undefined) return '';
  return parseQuery(answer.question.query).text;
}

/** Whether more results can be asked for. */
export function hasMore(answer: Answer | undefined): boolean {
  const k = answer?.question.k ?? viewLimits.k;
  return k < viewLimits.k && resultsOf(answer).length >= k;
}
