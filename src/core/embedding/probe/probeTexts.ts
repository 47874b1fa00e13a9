import { shortTextTokens } from '../../../util/probeCost.ts';
import { seededRandom } from '../../../util/seededRandom.ts';

/*
 * Words that are one token each in the vocabularies of embedding models (BERT's wordpieces, cl100k, SentencePiece), so
 * that a text of n words has n tokens wherever it is counted. Nothing of the user's code is sent.
 */
const common =
  'time year people way day man thing world life hand part child eye woman place work week case point company number ' +
  'group problem fact home water room mother area money story month lot right study book word business issue side kind ' +
  'head house service friend father power hour game line end member law car city name team minute idea body back face ' +
  'door art war history party result reason';
/** Two subjects that have nothing in common: texts with different ends have clearly different vectors. */
const ends = {
  nature: 'river tree mountain bird fish forest snow rain wind sea lake flower grass horse sun moon',
  trade: 'price market bank tax trade office loan budget profit sale stock fund bill account credit cost',
} as const;

export type TextEnd = keyof typeof ends;

const words = common.split(' ');
const endWords = { nature: ends.nature.split(' '), trade: ends.trade.split(' ') };

/** A text of {@link shortTextTokens} words; no two of the first 1,000 have the same words. */
export function shortText(index: number): string {
  const random = seededRandom(index + 1);
  const own = [pick(words, index), pick(endWords.nature, Math.floor(index / words.length))];
  return [...own, ...Array.from({ length: shortTextTokens - own.length }, () => draw(words, random))].join(' ');
}

/** A text of `tokens` words, of which the first `shared` are the same whatever the end. */
export function longText(tokens: number, shared: number, end: TextEnd): string {
  const random = seededRandom(tokens);
  return Array.from({ length: tokens }, (_, index) => draw(index < shared ? words : endWords[end], random)).join(' ');
}

function draw(list: readonly string[], random: () => number): string {
  return pick(list, Math.floor(random() * list.length));
}

function pick(list: readonly string[], index: number): string {
  return list[index % list.length] ?? '';
}
