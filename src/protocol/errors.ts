import type { Failure } from './types.ts';
import { english, type Phrase, phrase, type PhrasePart } from './phrase.ts';

/** Who has to act on an error: the user, nobody (it passes), the store's repair, nobody (it was asked for), us. */
export type ErrorGroup = 'user' | 'transient' | 'corrupt' | 'cancelled' | 'bug';

/** Every error code the product can show, with its group. Tests and the UI tell errors apart by code alone. */
export const errorGroups = {
  Cancelled: 'cancelled',
  ChannelClosed: 'transient',
  EngineCrashed: 'transient',
  InvalidArgument: 'user',
  FolderNotFound: 'user',
  FolderNotOpen: 'bug',
  IndexLocked: 'transient',
  IndexMissing: 'user',
  DatabaseDamaged: 'corrupt',
  SnapshotDamaged: 'corrupt',
  DiskFull: 'user',
  StorageFailed: 'user',
  VectorDimension: 'bug',
  VectorNotFinite: 'bug',
  VectorCapacity: 'user',
  MemoryLimit: 'user',
  ProviderAuth: 'user',
  ProviderInstallation: 'user',
  ProviderRequest: 'user',
  ProviderModel: 'user',
  ProviderInputTooLong: 'user',
  ProviderRateLimit: 'transient',
  ProviderUnavailable: 'transient',
  ProviderTimeout: 'transient',
  ProviderResponse: 'user',
  BudgetReached: 'user',
  WorkspaceUntrusted: 'user',
  ParserCrashed: 'transient',
  ParserTimeout: 'transient',
  NotFound: 'user',
  ProfileRunning: 'user',
  Internal: 'bug',
} as const satisfies Record<string, ErrorGroup>;

export type ErrorCode = keyof typeof errorGroups;

/** Structured-cloneable form of an {@link AppError}, as it crosses a channel. */
export interface SerializedError {
  readonly code: ErrorCode;
  /** English, for log and command line. */
  readonly message: string;
  /** The same, to be put into the user's language. */
  readonly phrase: Phrase;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: string;
}

/**
 * The one error type of the product. `message` says what happened and what to do about it;
 * `data` carries counts, names and status codes, never source text, queries or keys.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** What `message` says in English. */
  readonly phrase: Phrase;
  readonly data: Readonly<Record<string, unknown>>;

  /** @param said A phrase; a string where nobody but the command line or the log says it. */
  constructor(
    code: ErrorCode,
    said: Phrase | string,
    options: { data?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(
      typeof said === 'string' ? said : english(said),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'AppError';
    this.code = code;
    this.phrase = typeof said === 'string' ? phrase`${said}` : said;
    this.data = options.data ?? {};
  }

  get group(): ErrorGroup {
    return errorGroups[this.code];
  }
}

/** Raised when an AbortSignal fired; a cancelled call never returns an empty result instead. */
export class CancelledError extends AppError {
  constructor(cause?: unknown) {
    super('Cancelled', phrase`The operation was cancelled.`, { cause });
    this.name = 'CancelledError';
  }
}

/** Raised for every pending call when the other end of a channel is gone. */
export class ChannelClosedError extends AppError {
  constructor(what: PhrasePart, cause?: unknown) {
    super('ChannelClosed', phrase`${what} stopped unexpectedly. It restarts with the next request.`, { cause });
    this.name = 'ChannelClosedError';
  }
}

/** Throws {@link CancelledError} when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError(signal.reason);
}

/** Any thrown value as an AppError: AppErrors unchanged, aborts as CancelledError, the rest as Internal. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof Error && error.name === 'AbortError') return new CancelledError(error);
  const message = error instanceof Error ? error.message : String(error);
  return new AppError('Internal', phrase`Unexpected error: ${message}`, { cause: error });
}

/** What those who show an error have to know of it. */
export function failureOf({ code, message, phrase: said }: AppError): Failure {
  return { code, message, phrase: said };
}

export function serializeError(error: unknown): SerializedError {
  const appError = toAppError(error);
  const cause = appError.cause instanceof Error ? (appError.cause.stack ?? appError.cause.message) : undefined;
  return {
    code: appError.code,
    message: appError.message,
    phrase: appError.phrase,
    data: appError.data,
    ...(cause === undefined ? {} : { cause }),
  };
}

export function deserializeError(error: SerializedError): AppError {
  if (error.code === 'Cancelled') return new CancelledError(error.cause);
  return new AppError(error.code, error.phrase, { data: error.data ?? {}, cause: error.cause });
}
