import { queryTerms } from '../../chunking/terms.ts';

/** What a query asks for, as far as its form tells. */
export interface QueryIntent {
  /** Distinct search terms, as `queryTerms` gives them. */
  readonly terms: readonly string[];
  /** The query is one name (`RetryPolicy`, `Session.send`), not a phrase. */
  readonly isSymbol: boolean;
  /** The query in lower case. */
  readonly lower: string;
  /** Last parts of the names in the query that look like identifiers, in lower case. */
  readonly identifiers: ReadonlySet<string>;
  /** Tests, or examples and documents, are asked for: they are then not ranked lower. */
  readonly wantsTests: boolean;
  readonly wantsExamples: boolean;
}

const oneName = /^[\w.:#$@!?<>-]+$/u;
const qualifiedName = /[A-Za-z_$][\w$]*(?:(?:\.|::|#|->)[A-Za-z_$][\w$]*)*/gu;
const separators = /\.|::|#|->/u;
/** Inner capitals, underscores, digits or a qualifier: no word of English. */
const looksLikeCode = /[A-Z].*[A-Z]|[a-z][A-Z]|_|\d|\.|::/u;

/** Reads a query's form. A capitalised word counts as a name unless it starts the sentence. */
export function queryIntent(query: string): QueryIntent {
  const text = query.trim();
  const isSymbol = oneName.test(text);
  const identifiers = new Set<string>();
  for (const { 0: name, index } of text.matchAll(qualifiedName)) {
    if (isSymbol || looksLikeCode.test(name) || (index > 0 && /^[A-Z]/u.test(name)))
      identifiers.add((name.split(separators).at(-1) ?? name).toLowerCase());
  }
  return {
    terms: queryTerms(text),
    isSymbol,
    lower: text.toLowerCase(),
    identifiers,
    wantsTests: /\b(?:tests?|specs?|mocks?|fixtures?)\b/iu.test(text),
    wantsExamples: /\b(?:examples?|samples?|demos?|benchmarks?|docs?|documentation)\b/iu.test(text),
  };
}
