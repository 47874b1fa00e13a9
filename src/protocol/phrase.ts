/** What stands in a gap of a phrase. A number is written as the reader's language does it; a status or port is a string. */
export type PhrasePart = string | number | Phrase;

/** A text that is put into the user's language only where it is shown: English with `{0}`, `{1}`, … and what fills them. */
export interface Phrase {
  readonly text: string;
  readonly parts: readonly PhrasePart[];
}

/**
 * Template tag: `phrase` before `${count} vectors` gives the text `{0} vectors` and its count. Translators get the texts
 * from the sources (`npm run texts`), so phrases are made by this tag alone.
 */
export function phrase(texts: TemplateStringsArray, ...parts: readonly PhrasePart[]): Phrase {
  return { text: texts.reduce((text, next, index) => `${text}{${index - 1}}${next}`), parts };
}

/** Made when it is first needed: it takes milliseconds, and every start of the editor loads this. */
let numbers: Intl.NumberFormat | undefined;

/** A phrase as the log and the command line say it. */
export function english({ text, parts }: Phrase): string {
  return text.replace(/\{(\d+)\}/gu, (gap, index: string) => {
    const part = parts[Number(index)];
    if (typeof part === 'object') return english(part);
    if (typeof part === 'number') return (numbers ??= new Intl.NumberFormat('en-US')).format(part);
    return part ?? gap;
  });
}

/** How a document that people read is worded: on the command line in English, in the editor in its language. */
export interface Wording {
  /** BCP 47, for numbers. */
  readonly locale: string;
  readonly say: (phrase: Phrase) => string;
}

export const englishWording: Wording = { locale: 'en-US', say: english };
