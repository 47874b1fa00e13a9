export type EncodingFormat = 'float' | 'base64';

/** Up to where sizes of one kind are accepted. */
export interface ProbedLimit {
  /** The largest size that was answered. */
  readonly accepted: number;
  /**
   * What shows it. `configured`: the settings allow no more, so nothing larger was tried. `named`: a refusal named it, and
   * a size beyond it is refused. `found`: by trying sizes.
   */
  readonly by: 'configured' | 'named' | 'found';
}

/** In tokens of plain English words, of which every vocabulary has one token each. */
export interface ProbedInputLimit extends ProbedLimit {
  /** What happens to a longer input. `cut`: it is answered, but its end is not read. `untried`: the settings allow none. */
  readonly overlong: 'refused' | 'cut' | 'untried';
}

/** What a probe found out about an embedding endpoint and one of its models. */
export interface EndpointProbe {
  /** Epoch ms. */
  readonly at: number;
  /** Base URL without credentials, query or fragment. */
  readonly endpoint: string;
  /** Host and port. */
  readonly host: string;
  readonly model: string;
  /** Of the vectors when no size is asked for. */
  readonly dimensions: number;
  /** A smaller size that was asked for. `ignored`: the vectors had another one. */
  readonly dimensionsAccepted: { readonly tried: number; readonly result: 'yes' | 'ignored' | 'refused' };
  /** By the `encoding_format` that was asked for: in which one the vectors came, the same vectors as without it. */
  readonly encodingFormats: Readonly<Record<EncodingFormat, EncodingFormat | 'refused'>>;
  /** The vectors come at length 1. */
  readonly normalized: boolean;
  /**
   * How vectors are matched to inputs. `byIndex`: they come in another order and are numbered. `withoutIndex`: their
   * place is all there is to go by. `wrong`: above the batch size that counts as accepted, an input
   * gets another's vector.
   */
  readonly order: 'inOrder' | 'byIndex' | 'withoutIndex' | 'wrong';
  readonly maxBatchInputs: ProbedLimit;
  readonly maxInputTokens: ProbedInputLimit;
  /** By the endpoint's headers; undefined = they do not say. */
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  /** Medians of whole requests: of one short input, and of as many as the endpoint and the settings accept. */
  readonly latencyMs: { readonly single: number; readonly batch: number };
  /** By the probe. Refused requests count; tokens are those of answers, as the endpoint counts them. */
  readonly spent: { readonly requests: number; readonly tokens: number };
}
