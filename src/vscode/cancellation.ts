import type * as vscode from 'vscode';

/** Runs `body` with a signal that fires when the token does. */
export async function withSignal<T>(
  token: vscode.CancellationToken | undefined,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const cancelling = token?.onCancellationRequested(() => controller.abort());
  if (token?.isCancellationRequested === true) controller.abort();
  try {
    return await body(controller.signal);
  } finally {
    cancelling?.dispose();
  }
}
