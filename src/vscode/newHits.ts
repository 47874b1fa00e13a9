import { setTimeout as sleep } from 'node:timers/promises';
import type * as vscode from 'vscode';
import type { EngineApi } from '../protocol/engineApi.ts';
import { isRecord } from '../protocol/checks.ts';
import type { SavedSearch } from '../protocol/savedSearches.ts';
import type { SearchRequest, SearchResult } from '../protocol/types.ts';
import { Emitter } from '../util/emitter.ts';
import type { QueryScopes } from './queryScopes.ts';
import type { SavedSearches } from './savedSearches.ts';

const storageKey = 'codeweaver.savedSearchHits';
/** Hits that are compared: what anyone reads of a list. */
const comparedHits = 20;
/** Hits that are remembered. One that only moved up among the others, as those of a vague query do, is no news. */
const rememberedHits = 100;
/** Pinned searches that are counted. */
const maxCounted = 10;

export interface NewHitsOptions {
  readonly state: Pick<vscode.Memento, 'get' | 'update'>;
  readonly engine: Pick<EngineApi, 'search'>;
  /** Resolves when the engine has its configuration and folders, and it is known whether they ask the network. */
  readonly start: () => Promise<void>;
  readonly scopes: Pick<QueryScopes, 'resolve'>;
  readonly saved: SavedSearches;
  /** A search by meaning is a request. */
  readonly asksNetwork: () => boolean;
  /** Hits that are shown this long were looked at; a query that is only typed through on the way to another was not. */
  readonly lookMs: number;
}

/**
 * How many hits of the pinned searches were not there when each was last run. Hits are the same by path and symbol: a
 * chunk that only moved or changed is no news. Asks no network: where meaning is looked up elsewhere, words decide.
 */
export class NewHits {
  readonly #options: NewHitsOptions;
  readonly #changed = new Emitter<void>();
  #counts: ReadonlyMap<string, number> = new Map();
  #controller = new AbortController();

  readonly onDidChange = this.#changed.event;

  constructor(options: NewHitsOptions) {
    this.#options = options;
  }

  of(id: string): number | undefined {
    return this.#counts.get(id);
  }

  /** Counts anew. A search that was never run has no news: what it finds now is remembered. */
  async count(): Promise<void> {
    this.#controller.abort();
    const { signal } = (this.#controller = new AbortController());
    const pinned = this.#options.saved.all.filter((search) => search.pinned).slice(0, maxCounted);
    const counts = new Map<string, number>();
    // An engine without its folders finds nothing, and all it finds later would be new.
    if (pinned.length > 0) await this.#options.start();
    for (const search of pinned) {
      const found = await this.#find(search, signal);
      if (found === undefined) continue;
      const known = this.#known[search.id];
      if (known === undefined) await this.#remember(search.id, found);
      else counts.set(search.id, found.slice(0, comparedHits).filter((hit) => !known.includes(hit)).length);
    }
    if (signal.aborted) return;
    this.#counts = counts;
    this.#changed.fire();
  }

  /** The user sees the hits of a search, until the signal fires: what it finds now is not new the next time. */
  async seen(request: SearchRequest, signal: AbortSignal): Promise<void> {
    const search = this.#options.saved.all.find((saved) => saved.pinned && asksTheSame(saved, request));
    if (search === undefined) return;
    await sleep(this.#options.lookMs, undefined, { signal });
    const found = await this.#find(search, signal);
    if (found === undefined) return;
    await this.#remember(search.id, found);
    this.#counts = new Map([...this.#counts, [search.id, 0]]);
    this.#changed.fire();
  }

  dispose(): void {
    this.#controller.abort();
  }

  /** Undefined: its scope has no files now, which says nothing about its hits. */
  async #find({ query, mode, filter }: SavedSearch, signal: AbortSignal): Promise<readonly string[] | undefined> {
    const { engine, scopes, asksNetwork } = this.#options;
    const asked = asksNetwork() ? 'lexical' : mode;
    const request = { query, filter, mode: asked, k: rememberedHits, rerank: false };
    const scoped = await scopes.resolve(request, signal);
    if ('notice' in scoped) return undefined;
    return (await engine.search(scoped.request, signal)).results.map(identityOf);
  }

  get #known(): Readonly<Record<string, readonly unknown[]>> {
    const stored = this.#options.state.get<unknown>(storageKey);
    if (!isRecord(stored)) return {};
    return Object.fromEntries(
      Object.entries(stored).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1])),
    );
  }

  /** Those of searches that are gone go with it. */
  async #remember(id: string, hits: readonly string[]): Promise<void> {
    const kept = Object.entries(this.#known).filter(([other]) => this.#options.saved.find(other) !== undefined);
    await this.#options.state.update(storageKey, { ...Object.fromEntries(kept), [id]: hits });
  }
}

function identityOf({ folderId, path, symbol }: SearchResult): string {
  return JSON.stringify([folderId, path, symbol]);
}

function asksTheSame(saved: SavedSearch, { query, mode, filter }: SearchRequest): boolean {
  return saved.query.trim() === query && saved.mode === mode && JSON.stringify(saved.filter) === JSON.stringify(filter);
}
