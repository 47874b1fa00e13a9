import * as vscode from 'vscode';
import type { EngineApi } from '../protocol/engineApi.ts';
import type { DuplicateMember } from '../protocol/duplicates.ts';
import type { SearchFilter } from '../protocol/types.ts';
import { type ActivitySource, withActivityProgress } from './activityProgress.ts';
import type { Configuration } from './configuration.ts';
import { duplicatesMarkdown, rangeText } from './duplicateTexts.ts';
import type { Folders } from './folders.ts';
import { linesUri } from './lineContent.ts';
import type { LocationOpener } from './locationOpener.ts';
import type { Overview } from './overview.ts';
import { type DuplicatesView, isDuplicateNode } from './views/duplicatesView.ts';
import { directoryGlob } from './workspacePlan.ts';

const { l10n } = vscode;

export interface DuplicatesOptions {
  readonly engine: Pick<EngineApi, 'findDuplicates'> & ActivitySource;
  readonly configuration: Pick<Configuration, 'settings'>;
  readonly folders: Folders;
  readonly opener: Pick<LocationOpener, 'open'>;
  readonly overview: Pick<Overview, 'search'>;
  readonly view: DuplicatesView;
  /** Resolves when the engine has its configuration and folders. */
  readonly start: () => Promise<void>;
}

/** What the commands around near-duplicates do. */
export class Duplicates {
  readonly #options: DuplicatesOptions;
  /** Where it looked last. */
  #scope: Scope | undefined;

  constructor(options: DuplicatesOptions) {
    this.#options = options;
  }

  /** Looks through the workspace, or a directory of it; shows what was found. Left as it is when the user cancels. */
  async find(argument: unknown): Promise<void> {
    await this.#look(argument instanceof vscode.Uri ? this.#scopeOf(argument) : undefined);
  }

  /** Looks again where what is shown was found. */
  async refresh(): Promise<void> {
    await this.#look(this.#scope);
  }

  async #look(scope: Scope | undefined): Promise<void> {
    const { configuration, engine, overview, start, view } = this.#options;
    await start();
    const { threshold, minLines, tests } = configuration.settings.editor.duplicates;
    const filter: SearchFilter = { ...scope?.filter, ...(!tests && { tests: 'exclude' }) };
    const request = { threshold, minLines, filter };
    const title = l10n.t('Looking for near-duplicates');
    const report = await withActivityProgress(engine, 'duplicates', title, async (signal) =>
      engine.findDuplicates(request, signal),
    );
    if (report === undefined) return;
    this.#scope = scope;
    view.show(report, { isWhole: overview.search.index === 'ready', ...(scope && { within: scope.name }) });
  }

  clear(): void {
    this.#options.view.show(undefined);
  }

  async open(argument: unknown): Promise<void> {
    if (isDuplicateNode(argument) && argument.type === 'member') await this.#options.opener.open(argument.member);
  }

  /** Compares a place with the first of its group; of a group, the second. */
  async compare(argument: unknown): Promise<void> {
    if (!isDuplicateNode(argument)) return;
    const [first, second] = argument.group.members;
    const other = argument.type === 'member' && argument.member !== first ? argument.member : second;
    const left = first && this.#linesOf(first);
    const right = other && this.#linesOf(other);
    if (left === undefined || right === undefined) return;
    await vscode.commands.executeCommand('vscode.diff', left, right, `${rangeText(first!)} ↔ ${rangeText(other!)}`);
  }

  async copyMarkdown(): Promise<void> {
    const { folders, view } = this.#options;
    if (view.report === undefined) return;
    const names = folders.shownNames;
    await vscode.env.clipboard.writeText(duplicatesMarkdown(view.report, (folderId) => names.get(folderId)));
    vscode.window.setStatusBarMessage(l10n.t('Copied as Markdown: {0} groups', view.report.groups.length), 3_000);
  }

  #linesOf(member: DuplicateMember): vscode.Uri | undefined {
    const uri = this.#options.folders.uriOf(member.folderId, member.path);
    return uri && linesUri(uri, member);
  }

  /** Of a folder of the workspace, all of it; of a directory, what is below. */
  #scopeOf(uri: vscode.Uri): Scope | undefined {
    const { folders } = this.#options;
    const located = folders.locate(uri);
    if (located !== undefined) {
      const { folder, path } = located;
      return { name: path, filter: { folders: [folder.id], paths: [directoryGlob(path)] } };
    }
    const folder = folders.all.find((known) => known.uri.toString() === uri.toString());
    return folder && { name: folder.name, filter: { folders: [folder.id] } };
  }
}

/** A part of the workspace. */
interface Scope {
  readonly name: string;
  readonly filter: SearchFilter;
}
