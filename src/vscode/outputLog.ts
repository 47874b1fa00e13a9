import * as vscode from 'vscode';
import type { LogRecord } from '../protocol/engineApi.ts';
import { toAppError } from '../protocol/errors.ts';

/** The product's log: one line per record, fields as `name=value`. Counts, durations and names; never code, queries or keys. */
export class OutputLog {
  readonly #channel = vscode.window.createOutputChannel('CodeWeaver Search', { log: true });

  log({ level, message, fields = {} }: LogRecord): void {
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
    if (typeof stack === 'string') this.#channel.error(stack);
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
