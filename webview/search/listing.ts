import { resultsOf } from './answer.ts';
import type { Answer } from './answer.ts';
import { rowsOf } from './rows.ts';
import type { Row, RowOptions } from './rows.ts';
import type { SearchUiState } from './uiState.ts';

type OpenFolders = readonly { readonly folderId: string; readonly name: string }[];

/** The rows of an answer as the UI state wants them; made anew when something they are made from is another. */
export class Listing {
  rows: readonly Row[] = [];
  #sources: readonly unknown[] = [];

  update(answer: Answer | undefined, ui: SearchUiState, folders: OpenFolders): void {
    const sources = [answer, ui.grouped, ui.toggled, folders];
    if (sources.every((source, index) => source === this.#sources[index])) return;
    this.#sources = sources;
    this.rows = rowsOf(resultsOf(answer), optionsOf(ui, folders));
  }

  /** Every snippet is expanded; undefined: there is none. */
  get snippetsShown(): boolean | undefined {
    const results = this.rows.filter((row) => row.type === 'result');
    return results.length === 0 ? undefined : results.every((row) => row.expanded);
  }
}

/** The keys of all results, those in folded files among them. */
export function resultKeys(answer: Answer | undefined, ui: SearchUiState, folders: OpenFolders): string[] {
  const unfolded = rowsOf(resultsOf(answer), { ...optionsOf(ui, folders), toggled: new Set() });
  return unfolded.filter((row) => row.type === 'result').map(({ key }) => key);
}

/** Folders are named when there are several. */
function optionsOf({ grouped, toggled }: SearchUiState, folders: OpenFolders): RowOptions {
  const names = folders.length > 1 ? folders.map(({ folderId, name }) => [folderId, name] as const) : [];
  return { grouped, toggled: new Set(toggled), folderNames: new Map(names) };
}
