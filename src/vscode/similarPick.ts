import * as vscode from 'vscode';
import type { SearchResult } from '../protocol/types.ts';
import type { SimilarSource } from '../protocol/viewLocation.ts';
import type { Disposable } from '../util/emitter.ts';
import { EditorPreview } from './editorPreview.ts';
import type { Folders } from './folders.ts';
import type { LocationOpener } from './locationOpener.ts';
import { noticeItem, type PickItem, resultItem } from './pickItems.ts';
import type { Searches } from './searches.ts';

export interface SimilarPickOptions {
  readonly searches: Searches;
  readonly folders: Folders;
  readonly opener: LocationOpener;
  /** Whether the focused hit is shown in the editor. */
  readonly preview: boolean;
  readonly openInView: (source: SimilarSource, title: string) => void;
  /** Context key that is on while the pick is open. */
  readonly onVisible: (visible: boolean) => void;
}

const { l10n } = vscode;

/** The quick pick of code like the one at a place; typing filters it. One per opening. */
export class SimilarPick {
  readonly #options: SimilarPickOptions;
  readonly #pick = vscode.window.createQuickPick<PickItem>();
  readonly #beside: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('split-horizontal'),
    tooltip: l10n.t('Open to the Side'),
  };
  readonly #preview: EditorPreview | undefined;
  readonly #controller = new AbortController();
  readonly #subscriptions: Disposable[] = [];
  /** The item that is active because the list came up: only a move of the user's is a wish to see it. */
  #automatic: PickItem | undefined;
  #chosen = false;

  constructor(options: SimilarPickOptions) {
    this.#options = options;
    this.#preview = options.preview ? new EditorPreview(options.opener) : undefined;
  }

  /** Resolves when the list is there or the pick was left. Rejects with the engine's AppError, the pick closed. */
  async show(source: SimilarSource, title: string): Promise<void> {
    const pick = this.#pick;
    pick.title = l10n.t('Similar to {0}', title);
    pick.placeholder = l10n.t('Type to filter, Enter to open');
    pick.matchOnDescription = true;
    pick.matchOnDetail = true;
    pick.busy = true;
    pick.buttons = [{ iconPath: new vscode.ThemeIcon('list-tree'), tooltip: l10n.t('Show in Search View') }];
    this.#subscriptions.push(
      pick.onDidChangeActive(([item]) => this.#onActive(item)),
      pick.onDidAccept(() => void this.accept(false)),
      pick.onDidTriggerItemButton(({ item }) => void this.#choose(item, true)),
      pick.onDidTriggerButton(() => {
        pick.hide();
        this.#options.openInView(source, title);
      }),
      pick.onDidHide(() => void this.#onHide()),
    );
    pick.show();
    this.#options.onVisible(true);
    try {
      const { results } = await this.#options.searches.findSimilar(source, this.#controller.signal);
      this.#showResults(results);
    } catch (error) {
      pick.hide();
      throw error;
    }
  }

  /** Chooses the active item, as Enter does. */
  async accept(beside: boolean): Promise<void> {
    const [item] = this.#pick.activeItems;
    if (item !== undefined) await this.#choose(item, beside);
  }

  dispose(): void {
    this.#pick.hide();
  }

  #showResults(results: readonly SearchResult[]): void {
    const names = this.#options.folders.shownNames;
    const items = results.map((result) => ({
      ...resultItem(result, '', names.get(result.folderId), [this.#beside]),
      alwaysShow: false,
    }));
    const message = l10n.t('Nothing similar was found. Search for it in your own words instead.');
    this.#automatic = items[0];
    this.#pick.items = items.length === 0 ? [noticeItem({ severity: 'info', message })] : items;
    this.#pick.busy = false;
  }

  #onActive(item: PickItem | undefined): void {
    if (item === undefined || item === this.#automatic || item.act.type !== 'open') return;
    this.#automatic = undefined;
    this.#preview?.showSoon(item.act.result);
  }

  async #choose({ act }: PickItem, beside: boolean): Promise<void> {
    if (act.type !== 'open') return;
    this.#chosen = true;
    this.#pick.hide();
    await (beside ? this.#preview?.restore() : this.#preview?.keep());
    await this.#options.opener.open(act.result, { beside, preview: false });
  }

  async #onHide(): Promise<void> {
    this.#controller.abort();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#pick.dispose();
    this.#options.onVisible(false);
    if (!this.#chosen) await this.#preview?.restore();
  }
}
