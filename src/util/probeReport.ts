import { englishWording, phrase, type Phrase, type PhrasePart, type Wording } from '../protocol/phrase.ts';
import type { EndpointProbe, ProbedInputLimit, ProbedLimit } from '../protocol/probe.ts';
import { markdownTable } from './markdownTable.ts';

/** What a probe found, as one Markdown table: to read and to paste. */
export function probeTable(probe: EndpointProbe, { locale, say }: Wording = englishWording): string {
  const { dimensions, latencyMs, maxBatchInputs, maxInputTokens, spent } = probe;
  const count = (value: number): string => value.toLocaleString(locale);
  const perMinute = (limit: number | undefined): string => (limit === undefined ? say(phrase`not said`) : count(limit));
  const [single, batch] = [latencyMs.single, latencyMs.batch].map((ms) => count(Math.round(ms)));
  const rows: readonly (readonly [string, string])[] = [
    [say(phrase`endpoint`), probe.endpoint],
    [say(phrase`model`), probe.model],
    [say(phrase`dimensions`), count(dimensions)],
    [say(phrase`smaller size`), say(smallerSize(probe, count))],
    [say(phrase`encoding formats`), say(encodings(probe))],
    [say(phrase`unit length`), say(probe.normalized ? phrase`yes` : phrase`no, vectors are scaled here`)],
    [say(phrase`order of answers`), say(orderTexts[probe.order])],
    [say(phrase`inputs per request`), say(limitText(maxBatchInputs, count))],
    [say(phrase`tokens per input`), say(inputLimitText(maxInputTokens, count))],
    [say(phrase`requests per minute`), perMinute(probe.requestsPerMinute)],
    [say(phrase`tokens per minute`), perMinute(probe.tokensPerMinute)],
    [
      say(phrase`latency`),
      say(phrase`${single ?? ''} ms for 1 input, ${batch ?? ''} ms for ${count(maxBatchInputs.accepted)}`),
    ],
    [say(phrase`spent`), say(phrase`${count(spent.requests)} requests, ${count(spent.tokens)} tokens`)],
  ];
  return markdownTable([say(phrase`probed`), say(phrase`found`)], rows).join('\n') + '\n';
}

/** What requests keep to because of a stored probe, in one line. */
export function profileLine(
  { at, maxBatchInputs, maxInputTokens, requestsPerMinute, tokensPerMinute, ...probe }: EndpointProbe,
  { locale, say }: Wording = englishWording,
): string {
  const { base64, float } = probe.encodingFormats;
  const count = (value: number): string => value.toLocaleString(locale);
  // Only a limit that the endpoint drew is kept to.
  const isDrawn = ({ by }: ProbedLimit): boolean => by !== 'configured';
  return [
    phrase`probed ${new Date(at).toISOString()}`,
    ...(isDrawn(maxBatchInputs) ? [phrase`inputs per request: ${count(maxBatchInputs.accepted)}`] : []),
    ...(isDrawn(maxInputTokens) ? [phrase`tokens per input: ${count(maxInputTokens.accepted)}`] : []),
    base64 === 'base64' ? phrase`base64` : float === 'refused' ? phrase`no encoding_format` : phrase`float`,
    ...(requestsPerMinute === undefined ? [] : [phrase`requests per minute: ${count(requestsPerMinute)}`]),
    ...(tokensPerMinute === undefined ? [] : [phrase`tokens per minute: ${count(tokensPerMinute)}`]),
  ]
    .map(say)
    .join('; ');
}

const orderTexts: Readonly<Record<EndpointProbe['order'], Phrase>> = {
  inOrder: phrase`as the inputs`,
  byIndex: phrase`another one, numbered`,
  withoutIndex: phrase`as the inputs, not numbered`,
  wrong: phrase`WRONG in larger batches than those below: inputs get the vectors of others`,
};

const limitTexts: Readonly<Record<ProbedLimit['by'], Phrase>> = {
  configured: phrase`no limit up to the configured maximum`,
  named: phrase`as the endpoint says`,
  found: phrase`by trying`,
};

type Count = (value: number) => string;

function limitText({ accepted, by }: ProbedLimit, count: Count): Phrase {
  return phrase`${count(accepted)} (${limitTexts[by]})`;
}

function inputLimitText(limit: ProbedInputLimit, count: Count): Phrase {
  const text = limitText(limit, count);
  switch (limit.overlong) {
    case 'refused':
      return phrase`${text}; longer ones are refused`;
    case 'cut':
      return phrase`${text}; the end of longer ones is not read`;
    case 'untried':
      return text;
  }
}

function smallerSize({ dimensionsAccepted: { tried, result } }: EndpointProbe, count: Count): Phrase {
  const results = { yes: phrase`given`, ignored: phrase`ignored`, refused: phrase`refused` };
  return phrase`${count(tried)} asked for, ${results[result]}`;
}

function encodings({ encodingFormats: { float, base64 } }: EndpointProbe): Phrase {
  const came = (asked: string, answer: string): PhrasePart =>
    answer === 'refused'
      ? phrase`${asked} refused`
      : answer === asked
        ? asked
        : phrase`${asked} answered with ${answer}`;
  return phrase`${came('float', float)}, ${came('base64', base64)}`;
}
