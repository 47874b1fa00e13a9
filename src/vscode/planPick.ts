import * as vscode from 'vscode';
import type { EmbeddingConfig } from '../protocol/config.ts';
import type { SpendingStatus } from '../protocol/costs.ts';
import type { EngineApi } from '../protocol/engineApi.ts';
import { formatBytes, formatDollars, timeText } from './costTexts.ts';
import { formatCount } from './formatCount.ts';
import {
  directoryGlob,
  planWorkspace,
  type PlannedFolder,
  type WorkspaceDirectory,
  type WorkspacePlan,
} from './workspacePlan.ts';

const { l10n } = vscode;

export interface PlanPickOptions {
  readonly engine: Pick<EngineApi, 'plan'>;
  /** At least one. */
  readonly folders: readonly PlannedFolder[];
  readonly embedding: EmbeddingConfig;
  /** As far as it is known. */
  readonly spending: SpendingStatus | undefined;
}

export interface PlanAnswer {
  /** False: the workspace is indexed by words only. */
  readonly send: boolean;
  /** Globs of the directories to leave out. */
  readonly exclude: readonly string[];
}

interface Row extends vscode.QuickPickItem {
  /** What Enter does; undefined = nothing, the row tells something. */
  readonly act?: 'send' | 'words' | { readonly glob: string };
}

/**
 * Shows what embedding the workspace would send, take and cost, and asks. Directories can be left out and taken back, which
 * plans anew; the row that has the focus first does nothing, so that a hasty Enter sends nothing.
 */
export class PlanPick {
  readonly #options: PlanPickOptions;
  readonly #pick = vscode.window.createQuickPick<Row>();
  readonly #excluded = new Set<string>();
  readonly #answer = Promise.withResolvers<PlanAnswer | undefined>();
  readonly #hidden = new AbortController();
  /** As planned with nothing left out: rows stay in their place while they are toggled. */
  #directories: readonly WorkspaceDirectory[] = [];

  constructor(options: PlanPickOptions) {
    this.#options = options;
  }

  /** Undefined: the user left. Rejects where no plan can be made. */
  async show(): Promise<PlanAnswer | undefined> {
    const pick = this.#pick;
    pick.title = l10n.t('Embed this workspace with {0}?', this.#options.embedding.model);
    pick.placeholder = l10n.t('Nothing has been sent yet. Enter on a directory leaves it out or takes it back.');
    pick.ignoreFocusOut = true;
    pick.matchOnDescription = true;
    pick.keepScrollPosition = true;
    const subscriptions = [
      pick.onDidAccept(() => this.#accept(pick.activeItems[0])),
      pick.onDidHide(() => this.#answer.resolve(undefined)),
    ];
    pick.show();
    void this.#plan();
    try {
      return await this.#answer.promise;
    } finally {
      this.#hidden.abort();
      for (const subscription of subscriptions) subscription.dispose();
      pick.dispose();
    }
  }

  #accept(row: Row | undefined): void {
    const act = row?.act;
    // What is shown while it plans anew is not what would be sent.
    if (act === undefined || this.#pick.busy) return;
    if (typeof act === 'string') {
      this.#answer.resolve({ send: act === 'send', exclude: [...this.#excluded] });
      return;
    }
    if (!this.#excluded.delete(act.glob)) this.#excluded.add(act.glob);
    void this.#plan(act.glob);
  }

  async #plan(focusedGlob?: string): Promise<void> {
    const { embedding, engine, folders } = this.#options;
    const pick = this.#pick;
    pick.busy = true;
    try {
      const plan = await planWorkspace(engine, folders, embedding, [...this.#excluded], this.#hidden.signal);
      if (this.#directories.length === 0) this.#directories = plan.directories;
      const rows = this.#rows(plan);
      pick.items = rows;
      const focused = rows.filter(({ act }) => typeof act === 'object' && act.glob === focusedGlob);
      pick.activeItems = focused.length > 0 ? focused : rows.slice(0, 1);
      pick.busy = false;
    } catch (error) {
      this.#answer.reject(error);
    }
  }

  #rows(plan: WorkspacePlan): Row[] {
    const rows: Row[] = [
      { label: `$(info) ${sumText(plan)}`, detail: detailText(plan, this.#options.spending), alwaysShow: true },
      {
        label: `$(cloud-upload) ${l10n.t('Send and Index')}`,
        description: l10n.t('sends this code to {0}', plan.endpoint),
        alwaysShow: true,
        act: 'send',
      },
      {
        label: `$(whole-word) ${l10n.t('Index by Words Only')}`,
        description: l10n.t('sends nothing'),
        alwaysShow: true,
        act: 'words',
      },
    ];
    const directories = this.#directories.filter(({ path, isDirect }) => path !== '' && !isDirect);
    if (directories.length === 0) return rows;
    return [
      ...rows,
      { label: l10n.t('Largest directories'), kind: vscode.QuickPickItemKind.Separator },
      ...directories.map((directory) => this.#directoryRow(directory)),
    ];
  }

  #directoryRow({ path, folder, share, chunks, tokens }: WorkspaceDirectory): Row {
    const glob = directoryGlob(path);
    const name = folder === undefined ? path : `${folder}: ${path}`;
    const percents = new Intl.NumberFormat(vscode.env.language, { style: 'percent' });
    const [part, sent] = [percents.format(share), formatCount(tokens)];
    const size =
      chunks === 1
        ? l10n.t('{0}: 1 chunk, {1} tokens', part, sent)
        : l10n.t('{0}: {1} chunks, {2} tokens', part, formatCount(chunks), sent);
    return this.#excluded.has(glob)
      ? { label: `$(circle-slash) ${name}`, description: l10n.t('left out ({0})', size), act: { glob } }
      : { label: `$(check) ${name}`, description: size, act: { glob } };
  }
}

/** `1,234 chunks, 345,000 tokens, about $0.01`. */
export function sumText({ toSend, tokens, dollars }: WorkspacePlan): string {
  if (toSend === 0) return l10n.t('No code needs to be sent: every vector is there already');
  const price = dollars === undefined ? l10n.t('price unknown') : formatDollars(dollars);
  return toSend === 1
    ? l10n.t('1 chunk to send, {0} tokens, {1}', formatCount(tokens), price)
    : l10n.t('{0} chunks to send, {1} tokens, {2}', formatCount(toSend), formatCount(tokens), price);
}

/** What else there is to know, in one line. */
export function detailText(plan: WorkspacePlan, spending?: SpendingStatus): string {
  const { cached, files, isComplete, repeated, time, toSend, tokens, vectorBytes, withVector } = plan;
  const free = cached + withVector + repeated;
  const left = spending?.budgetTokens === undefined ? Infinity : spending.budgetTokens - spending.workspace.tokens;
  const parts = [
    l10n.t('{0} files', formatCount(files)),
    ...(toSend === 0 ? [] : [timeText(time)]),
    ...(free === 0 ? [] : [l10n.t('{0} more chunks cost nothing', formatCount(free))]),
    ...(vectorBytes === undefined ? [] : [l10n.t('{0} on disk', formatBytes(vectorBytes))]),
    ...(tokens <= left ? [] : [l10n.t('the budget leaves {0} tokens', formatCount(Math.max(0, left)))]),
    ...(isComplete ? [] : [l10n.t('not all files are read yet, so it will be more')]),
  ];
  return parts.join(' · ');
}

/** Adds globs to the workspace's own setting; what the user's setting says is kept, which it would replace. */
export async function excludeGlobs(globs: readonly string[]): Promise<void> {
  if (globs.length === 0) return;
  const configuration = vscode.workspace.getConfiguration('codeweaver');
  const present = configuration.get<readonly string[]>('files.exclude', []);
  const { Workspace } = vscode.ConfigurationTarget;
  await configuration.update('files.exclude', [...new Set([...present, ...globs])], Workspace);
}
