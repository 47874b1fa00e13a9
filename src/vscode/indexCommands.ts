import * as vscode from 'vscode';
import type { EmbeddingConfig } from '../protocol/config.ts';
import type { EngineApi } from '../protocol/engineApi.ts';
import { CancelledError } from '../protocol/errors.ts';
import type { IndexReport } from '../protocol/types.ts';
import type { RecallStats } from '../protocol/vectorStats.ts';
import type { Configuration } from './configuration.ts';
import { sumProgress, type EngineModel } from './engineModel.ts';
import type { Folders } from './folders.ts';
import type { Indexer } from './indexer.ts';
import { noticeOf } from './notices.ts';
import { excludeGlobs, PlanPick } from './planPick.ts';
import { sayNotice } from './errorMessages.ts';
import type { RemotePermission } from './remotePermission.ts';

export interface IndexCommandsOptions {
  readonly engine: Pick<EngineApi, 'checkRecall' | 'clear' | 'plan'>;
  readonly configuration: Configuration;
  readonly folders: Folders;
  readonly indexer: Indexer;
  readonly model: EngineModel;
  readonly permission: RemotePermission;
}

const { l10n } = vscode;

/** The commands that make, renew and remove the index, each with what the user sees of it. */
export class IndexCommands {
  readonly #options: IndexCommandsOptions;

  constructor(options: IndexCommandsOptions) {
    this.#options = options;
  }

  /**
   * Before anything is sent for the first time, chunks the workspace, shows what would be sent and asks. Shows progress that
   * can be cancelled, then what was done.
   */
  async indexWorkspace(): Promise<void> {
    const { configuration, permission } = this.#options;
    const { embedding } = configuration.settings.engine;
    const isOpen = permission.isNeeded(embedding) && !permission.isGranted(embedding);
    if (permission.isTrusted && isOpen && !(await this.#askToSend(embedding))) return;
    await configuration.applyNow();
    const reports = await this.#index();
    if (reports !== undefined) sayDone(reports);
  }

  /** False: the user left. */
  async #askToSend(embedding: EmbeddingConfig): Promise<boolean> {
    const { configuration, engine, folders, model, permission } = this.#options;
    await configuration.applyNow();
    // By words, as nothing else is allowed yet: a plan is made of chunks.
    if ((await this.#index()) === undefined) return false;
    const spending = model.status?.spending;
    const answer = await new PlanPick({ engine, folders: folders.all, embedding, spending }).show();
    if (answer === undefined) return false;
    await excludeGlobs(answer.exclude);
    if (answer.send) await permission.grant(embedding);
    return true;
  }

  async rebuild(): Promise<void> {
    await this.#clear();
    await this.indexWorkspace();
  }

  async clear(): Promise<void> {
    const clear = l10n.t('Clear');
    const choice = await vscode.window.showWarningMessage(
      l10n.t('Clear the index of this workspace?'),
      {
        modal: true,
        detail: l10n.t(
          'Nothing is found until it is indexed again. Vectors stay in the cache: indexing again sends nothing twice.',
        ),
      },
      clear,
    );
    if (choice !== clear) return;
    await this.#clear();
    // Or the next event of a file would begin to fill the index again.
    this.#options.indexer.pause();
  }

  /** Compares answers of the vector indexes with those of comparing all vectors, and says what came out. */
  async checkRecall(): Promise<void> {
    const { engine, folders, model } = this.#options;
    await folders.open();
    const checks = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: l10n.t('Comparing answers with those of comparing all vectors'),
        cancellable: true,
      },
      async (_progress, token) => {
        const controller = new AbortController();
        const cancelling = token.onCancellationRequested(() => controller.abort());
        try {
          return await Promise.all(folders.all.map(async ({ id }) => engine.checkRecall(id, controller.signal)));
        } catch (error) {
          // Those of the other folders go on otherwise, with nothing that shows or ends them.
          controller.abort();
          if (error instanceof CancelledError) return undefined;
          throw error;
        } finally {
          cancelling.dispose();
        }
      },
    );
    if (checks === undefined) return;
    await model.refresh();
    sayRecall(checks.flatMap((check) => check ?? []));
  }

  async #clear(): Promise<void> {
    const { engine, folders, indexer, model } = this.#options;
    await folders.open();
    indexer.cancel();
    for (const { id } of folders.all) await engine.clear(id);
    await model.refresh();
  }

  /** Undefined: cancelled. */
  async #index(): Promise<readonly IndexReport[] | undefined> {
    const { folders, indexer } = this.#options;
    await folders.open();
    indexer.resume();
    return vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: l10n.t('Indexing the workspace'),
        cancellable: true,
      },
      async (progress, token) => {
        const cancelling = token.onCancellationRequested(() => indexer.cancel());
        const reporting = this.#report(progress);
        try {
          return await Promise.all(folders.all.map(({ id }) => indexer.index(id)));
        } catch (error) {
          if (error instanceof CancelledError) return undefined;
          throw error;
        } finally {
          cancelling.dispose();
          reporting.dispose();
        }
      },
    );
  }

  #report(progress: vscode.Progress<{ message?: string; increment?: number }>): { dispose(): void } {
    const { model } = this.#options;
    const numbers = new Intl.NumberFormat(vscode.env.language);
    let reached = 0;
    let phase: string | undefined;
    return model.onDidChange(() => {
      const sum = sumProgress(model.progress);
      if (sum === undefined) return;
      if (sum.phase !== phase) reached = 0;
      phase = sum.phase;
      const percent = sum.total === 0 ? 0 : (sum.done / sum.total) * 100;
      const [done, total] = [numbers.format(sum.done), numbers.format(sum.total)];
      const message =
        sum.phase === 'discovering'
          ? l10n.t('{0} files found', done)
          : sum.phase === 'embedding'
            ? l10n.t('{0} of {1} chunks embedded', done, total)
            : l10n.t('{0} of {1} files', done, total);
      progress.report({ message, increment: Math.max(0, percent - reached) });
      reached = Math.max(reached, percent);
    });
  }
}

/** The least of all folders. */
function sayRecall(checks: readonly RecallStats[]): void {
  const [least] = checks.toSorted((a, b) => a.at10 - b.at10);
  const percents = new Intl.NumberFormat(vscode.env.language, { style: 'percent', maximumFractionDigits: 1 });
  void vscode.window.showInformationMessage(
    least === undefined
      ? l10n.t('There are no vectors to compare yet, or they are being changed.')
      : l10n.t(
          'Recall@10 is {0}, the goal {1}. The performance panel shows how searches go.',
          percents.format(least.at10),
          percents.format(least.goal),
        ),
  );
}

function sayDone(reports: readonly IndexReport[]): void {
  const failure = reports.find(({ error }) => error !== undefined)?.error;
  if (failure !== undefined) {
    sayNotice(noticeOf(failure));
    return;
  }
  const numbers = new Intl.NumberFormat(vscode.env.language);
  const sum = (pick: (report: IndexReport) => number): string =>
    numbers.format(reports.reduce((total, report) => total + pick(report), 0));
  const seconds = new Intl.NumberFormat(vscode.env.language, { maximumFractionDigits: 1 }).format(
    Math.max(0, ...reports.map(({ totalMs }) => totalMs)) / 1_000,
  );
  void vscode.window.showInformationMessage(
    l10n.t(
      '{0} files indexed, {1} of them new or changed, in {2} s.',
      sum(({ counts }) => counts.indexed),
      sum(({ filesChunked }) => filesChunked),
      seconds,
    ),
  );
}
