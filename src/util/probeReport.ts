import type { EndpointProbe, ProbedInputLimit, ProbedLimit } from '../protocol/probe.ts';

/** What a probe found, as one Markdown table: to read and to paste. English. */
export function probeTable(probe: EndpointProbe): string {
  const { dimensions, latencyMs, maxBatchInputs, maxInputTokens, spent } = probe;
  const rows: readonly (readonly [string, string])[] = [
    ['endpoint', probe.endpoint],
    ['model', probe.model],
    ['dimensions', count(dimensions)],
    ['smaller size', smallerSize(probe)],
    ['encoding formats', encodings(probe)],
    ['unit length', probe.normalized ? 'yes' : 'no, vectors are scaled here'],
    ['order of answers', orderTexts[probe.order]],
    ['inputs per request', limitText(maxBatchInputs)],
    ['tokens per input', inputLimitText(maxInputTokens)],
    ['requests per minute', perMinute(probe.requestsPerMinute)],
    ['tokens per minute', perMinute(probe.tokensPerMinute)],
    [
      'latency',
      `${Math.round(latencyMs.single)} ms for 1 input, ${Math.round(latencyMs.batch)} ms for ${count(maxBatchInputs.accepted)}`,
    ],
    ['spent', `${count(spent.requests)} requests, ${count(spent.tokens)} tokens`],
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(['probed', 'found']), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), ''].join('\n');
}

/** Only a limit that the endpoint drew is kept to. */
function limitOf(name: string, { accepted, by }: ProbedLimit): string[] {
  return by === 'configured' ? [] : [`${name}: ${count(accepted)}`];
}

/** What requests keep to because of a stored probe, in one line. English. */
export function profileLine({ at, maxBatchInputs, maxInputTokens, ...probe }: EndpointProbe): string {
  const { base64, float } = probe.encodingFormats;
  return [
    `probed ${new Date(at).toISOString()}`,
    ...limitOf('inputs per request', maxBatchInputs),
    ...limitOf('tokens per input', maxInputTokens),
    base64 === 'base64' ? 'base64' : float === 'refused' ? 'no encoding_format' : 'float',
    ...(probe.requestsPerMinute === undefined ? [] : [`requests per minute: ${count(probe.requestsPerMinute)}`]),
    ...(probe.tokensPerMinute === undefined ? [] : [`tokens per minute: ${count(probe.tokensPerMinute)}`]),
  ].join('; ');
}

const orderTexts: Readonly<Record<EndpointProbe['order'], string>> = {
  inOrder: 'as the inputs',
  byIndex: 'another one, numbered',
  withoutIndex: 'as the inputs, not numbered',
  wrong: 'WRONG in larger batches than those below: inputs get the vectors of others',
};

const limitTexts: Readonly<Record<ProbedLimit['by'], string>> = {
  configured: 'no limit up to the configured maximum',
  named: 'as the endpoint says',
  found: 'by trying',
};

function limitText({ accepted, by }: ProbedLimit): string {
  return `${count(accepted)} (${limitTexts[by]})`;
}

function inputLimitText(limit: ProbedInputLimit): string {
  const longer = { refused: '; longer ones are refused', cut: '; the end of longer ones is not read', untried: '' };
  return limitText(limit) + longer[limit.overlong];
}

function smallerSize({ dimensionsAccepted: { tried, result } }: EndpointProbe): string {
  const results = { yes: 'given', ignored: 'ignored', refused: 'refused' };
  return `${count(tried)} asked for, ${results[result]}`;
}

function encodings({ encodingFormats: { float, base64 } }: EndpointProbe): string {
  const came = (asked: string, answer: string): string =>
    answer === 'refused' ? `${asked} refused` : answer === asked ? asked : `${asked} answered with ${answer}`;
  return `${came('float', float)}, ${came('base64', base64)}`;
}

function perMinute(limit: number | undefined): string {
  return limit === undefined ? 'not said' : count(limit);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
