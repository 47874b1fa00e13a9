import type { AppError, ErrorCode } from '../protocol/errors.ts';

/** What the process tells the shell; part of the command line's contract, listed in `--help`. */
export const exitCodes = {
  ok: 0,
  /** Anything without a code of its own; also a batch of queries of which some could not be answered. */
  error: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** The folder, the file or its index does not exist. */
  notFound: 3,
  /** The embedding provider failed, or its budget is spent. What was embedded is kept; lexical search works. */
  provider: 4,
  /** Another process is writing this index. */
  busy: 5,
  /** The index could not be read or written. */
  storage: 6,
  /** Stopped by Ctrl+C or a termination signal; the next run goes on where this one stopped. */
  cancelled: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const exitNames: Record<ErrorCode, keyof typeof exitCodes> = {
  Cancelled: 'cancelled',
  ChannelClosed: 'error',
  EngineCrashed: 'error',
  InvalidArgument: 'usage',
  FolderNotFound: 'notFound',
  FolderNotOpen: 'error',
  IndexLocked: 'busy',
  IndexMissing: 'notFound',
  DatabaseDamaged: 'storage',
  SnapshotDamaged: 'storage',
  DiskFull: 'storage',
  StorageFailed: 'storage',
  VectorDimension: 'error',
  VectorNotFinite: 'error',
  VectorCapacity: 'error',
  MemoryLimit: 'error',
  ProviderAuth: 'provider',
  ProviderInstallation: 'provider',
  ProviderRequest: 'provider',
  ProviderModel: 'provider',
  ProviderInputTooLong: 'provider',
  ProviderRateLimit: 'provider',
  ProviderUnavailable: 'provider',
  ProviderTimeout: 'provider',
  ProviderResponse: 'provider',
  BudgetReached: 'provider',
  WorkspaceUntrusted: 'error',
  ParserCrashed: 'error',
  ParserTimeout: 'error',
  NotFound: 'notFound',
  ProfileRunning: 'error',
  Internal: 'error',
};

/** The exit code of a command that failed with this error. */
export function exitCodeOf(error: AppError): ExitCode {
  return exitCodes[exitNames[error.code]];
}
