import * as vscode from 'vscode';
import type { LogRecord } from '../protocol/engineApi.ts';
import { toAppError } from '../protocol/errors.ts';
import type { LoggedRecord } from './diagnostics/diagnosticsReport.ts';

/** Newest lines that are kept for a report. */
const maxRecent = 200;

/** The product's log: one line per record, fields as `name=value`. Counts, durations and names; never code, queries or keys. */
export class OutputLog {
  readonly #channel = vscode.window.createOutputChannel('CodeWeaver Search', { log: true });
  readonly #recent: LoggedRecord[] = [];
  #lastCrash: LoggedRecord | undefined;

  /** Oldest first. */
  get recent(): readonly LoggedRecord[] {
    return this.#recent;
  }

  /** The newest {@link crash}. */
  get lastCrash(): LoggedRecord | undefined {
    return this.#lastCrash;
  }

  log(record: LogRecord): void {
    const { level, message, fields = {} } = record;
    this.#recent.push({ at: Date.now(), ...record });
    if (this.#recent.length > maxRecent) this.#recent.shift();
    const values = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
    this.#channel[level]([message, ...values].join(' '));
  }

  info(message: string, fields?: LogRecord['fields']): void {
    this.log({ level: 'info', message, ...(fields && { fields }) });
  }

  /** An error with its cause's stack, where there is one. */
  error(message: string, error: unknown): void {
    const { code, message: reason, cause } = toAppError(error);
    const stack = cause instanceof Error ? (cause.stack ?? cause.message) : cause;
    this.log({ level: 'error', message, fields: { code, reason } });
    if (typeof stack === 'string') this.log({ level: 'error', message: stack });
  }

  /** The engine stopped by itself. */
  crash(message: string, cause: unknown): void {
    const { code, message: reason } = toAppError(cause);
    const stack = cause instanceof Error ? cause.stack : undefined;
    this.error(message, cause);
    this.#lastCrash = { at: Date.now(), level: 'error', message: stack ?? message, fields: { code, reason } };
  }

  /** A failure of work that nobody waits for. What passes by itself (another window has the index) is no error. */
  background(error: unknown): void {
    const { code, group, message: reason } = toAppError(error);
    if (group === 'cancelled') return;
    if (group === 'transient') this.log({ level: 'debug', message: 'Not done now', fields: { code, reason } });
    else this.error('Something failed in the background', error);
  }

  show(): void {
    this.#channel.show();
  }

  dispose(): void {
    this.#channel.dispose();
  }
}
