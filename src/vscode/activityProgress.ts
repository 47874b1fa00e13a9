import * as vscode from 'vscode';
import type { EngineEvents } from '../protocol/engineApi.ts';
import { CancelledError } from '../protocol/errors.ts';
import { withSignal } from './cancellation.ts';
import { say } from './say.ts';

export interface ActivitySource {
  on(event: 'activity', listener: (activity: EngineEvents['activity']) => void): () => void;
}

/** Shows the steps of a call of the engine while it runs. Undefined when the user cancelled it. */
export async function withActivityProgress<T>(
  engine: ActivitySource,
  call: EngineEvents['activity']['call'],
  title: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const stopListening = engine.on('activity', (activity) => {
        if (activity.call === call) progress.report({ message: say(activity.step) });
      });
      try {
        return await withSignal(token, run);
      } catch (error) {
        if (error instanceof CancelledError) return undefined;
        throw error;
      } finally {
        stopListening();
      }
    },
  );
}
