import type { SpendingStatus, Spent } from '../../protocol/costs.ts';
import { AppError, throwIfAborted, toAppError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import { abortable } from '../../util/abortable.ts';
import { listPrice } from '../../util/embeddingPrices.ts';
import type { Clock, Logger, SqlDatabase, SqlValue, Storage } from '../ports.ts';
import type { Lane } from './rateBudget.ts';
import { openSharedDatabase, type SharedDatabase } from './sharedDatabase.ts';

/** Of a budget, what documents leave to queries: with the last document paid for, vectors can still be asked. */
const queryShare = 0.01;
/** Requests that were ended with their provider need a moment until what they may have cost is known. */
const closeWaitMs = 2_000;
const closePollMs = 10;

const spendingDatabase: SharedDatabase = {
  fileName: 'spending-1.db',
  // Days are local, as the user's calendar has them.
  schema: `
    CREATE TABLE IF NOT EXISTS spent (
      day TEXT NOT NULL, folder TEXT NOT NULL, model TEXT NOT NULL, requests INTEGER NOT NULL, tokens INTEGER NOT NULL,
      PRIMARY KEY (day, folder, model)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS spent_by_folder ON spent (folder);
  `,
  name: 'record of what was spent',
  afterDamage: 'it is counted anew',
};

export interface SpendingOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Tokens that may ever be spent for {@link roots}; undefined = no budget. */
  readonly budgetTokens: () => number | undefined;
  /** Of the open folders. */
  readonly roots: () => readonly string[];
}

/** One try of a request, as its account sees it. Exactly one of the two is called, once. */
export interface SpendingHold {
  /** It was sent, and this many tokens are (or may be) charged. */
  end(tokens: number): void;
  /** It was never sent. */
  cancel(): void;
}

export interface SpendingRequest {
  readonly model: string;
  readonly lane: Lane;
  /** More tokens than the request can have; asked for only where there is a budget. */
  readonly mostTokens: () => number;
  readonly signal: AbortSignal;
}

/** What the requests for one folder are charged to. */
export interface SpendingAccount {
  /**
   * Waits while requests under way may leave enough of the budget. The error `BudgetReached`, not thrown: this request does
   * not fit. Rejects with `StorageFailed` when there is a budget and what was spent cannot be read, CancelledError when the
   * signal fires.
   */
  hold(request: SpendingRequest): Promise<SpendingHold | AppError>;
}

interface Counts {
  readonly model: string;
  readonly requests: number;
  readonly tokens: number;
}

interface Entry extends Counts {
  readonly day: string;
  readonly folder: string;
}

/** Which entries are summed, in the database and among those not written yet. */
interface Selection {
  readonly where: string;
  readonly parameters: readonly SqlValue[];
  readonly matches: (entry: Entry) => boolean;
}

/**
 * What embedding cost, by local day, folder and model, for all windows and processes of the user: one SQLite file, written
 * with each answer, so that a crash forgets no answer. And the gate that keeps the open folders within their budget: a request
 * passes only while everything spent, everything under way and the most it can have itself fit in. Where there is a budget, that
 * most is written down before the request is sent and set right by its answer: other processes see it, and a crash counts what
 * was under way as spent. Folders are known by their path, so an index that is cleared or rebuilt has spent what it has spent.
 */
export class Spending {
  readonly #options: SpendingOptions;
  readonly #database: SqlDatabase | undefined;
  /** Could not be written yet. */
  #unwritten: Entry[] = [];
  readonly #run = new Map<string, { requests: number; tokens: number }>();
  /** The most that requests under way can have, as it is written down. */
  readonly #held = new Set<Entry>();
  #changed = Promise.withResolvers<void>();

  private constructor(options: SpendingOptions, database: SqlDatabase | undefined) {
    this.#options = options;
    this.#database = database;
  }

  /** Opens or creates the record. Where that is impossible it counts in memory, and a budget lets nothing pass. */
  static async open(storage: Storage, directory: string, options: SpendingOptions): Promise<Spending> {
    try {
      return new Spending(options, await openSharedDatabase(spendingDatabase, storage, directory, options));
    } catch (error) {
      const fields = { error: toAppError(error).message };
      options.logger.log({ level: 'warn', message: 'What is spent cannot be recorded', fields });
      return new Spending(options, undefined);
    }
  }

  account(root: string): SpendingAccount {
    return { hold: async (request) => this.#hold(root, request) };
  }

  /** Counts what was asked for apart from any folder and its budget: tests and probes of an endpoint. */
  recordApart(model: string, requests: number, tokens: number): void {
    this.#countRun(model, requests, tokens);
    this.#record({ day: this.#day(), folder: '', model, requests, tokens });
  }

  /** For one folder, ever. */
  ofFolder(root: string): Pick<Spent, 'requests' | 'tokens'> {
    const selection = { where: 'folder = ?', parameters: [root], matches: ({ folder }: Entry) => folder === root };
    const { requests, tokens } = this.#sum(selection);
    return { requests, tokens };
  }

  status(): SpendingStatus {
    const budgetTokens = this.#options.budgetTokens();
    const day = this.#day();
    const month = day.slice(0, 7);
    const run = [...this.#run].map(([model, counts]) => ({ model, ...counts }));
    return {
      ...(budgetTokens === undefined ? {} : { budgetTokens }),
      workspace: this.#sum(this.#inWorkspace),
      run: priced(run),
      today: this.#sum({ where: 'day = ?', parameters: [day], matches: (entry) => entry.day === day }),
      month: this.#sum({
        where: 'day >= ? AND day < ?',
        parameters: [month, `${month}~`],
        matches: (entry) => entry.day.startsWith(month),
      }),
    };
  }

  /** To be called once no request is begun any more; those that were ended are waited for, for a moment. */
  async close(): Promise<void> {
    const { clock } = this.#options;
    const untilMs = clock.monotonicMs() + closeWaitMs;
    while (this.#held.size > 0 && clock.monotonicMs() < untilMs) await clock.sleep(closePollMs);
    this.#write();
    this.#database?.close();
  }

  async #hold(root: string, { model, lane, mostTokens, signal }: SpendingRequest): Promise<SpendingHold | AppError> {
    for (;;) {
      throwIfAborted(signal);
      const budget = this.#options.budgetTokens();
      const entry = { day: this.#day(), folder: root, model, requests: 1 };
      if (budget === undefined) return this.#grant({ ...entry, requests: 0, tokens: 0 });
      const tokens = mostTokens();
      const allowed = lane === 'document' ? Math.floor(budget * (1 - queryShare)) : budget;
      const left = this.#takeUp({ ...entry, tokens }, allowed);
      if (left === 'taken') return this.#grant({ ...entry, tokens });
      const mayBecomeFree = [...this.#held].reduce((sum, held) => sum + held.tokens, 0);
      if (mayBecomeFree === 0 || tokens > left + mayBecomeFree) return this.#reached();
      await abortable(this.#changed.promise, signal);
    }
  }

  /** @param held What of it is written down already. */
  #grant(held: Entry): SpendingHold {
    this.#held.add(held);
    const settle = (requests: number, tokens: number): void => {
      this.#held.delete(held);
      this.#record({ ...held, requests: requests - held.requests, tokens: tokens - held.tokens });
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    };
    return {
      end: (charged) => {
        this.#countRun(held.model, 1, charged);
        settle(1, charged);
      },
      cancel: () => settle(0, 0),
    };
  }

  #reached(): AppError {
    const budgetTokens = this.#options.budgetTokens() ?? 0;
    const spentTokens = this.#sum(this.#inWorkspace).tokens;
    const message =
      budgetTokens === 0
        ? phrase`The budget for embedding is 0 tokens, so nothing is sent. Raise "embedding.budgetTokens" in the settings (--budget-tokens) to embed.`
        : phrase`The embedding budget of this workspace is reached: ${spentTokens} of ${budgetTokens} tokens are spent, and the next request could exceed it. What is embedded is kept. Raise "embedding.budgetTokens" in the settings (--budget-tokens) to go on.`;
    return new AppError('BudgetReached', message, { data: { budgetTokens, spentTokens } });
  }

  /**
   * Writes down what a request can have if that fits; else what is left. In one transaction, so that two processes do not take
   * the same tokens. Throws `StorageFailed` when it cannot be known.
   */
  #takeUp(entry: Entry, allowedTokens: number): 'taken' | number {
    const database = this.#database;
    let cause: unknown;
    try {
      if (database !== undefined) {
        return database.transaction(() => {
          const left = allowedTokens - priced(this.#read(this.#inWorkspace)).tokens;
          if (entry.tokens > left) return left;
          add(database, [entry]);
          return 'taken';
        });
      }
    } catch (error) {
      cause = error;
    }
    const message = phrase`What was spent so far cannot be read, so the budget cannot be kept and nothing is sent. Close other windows and commands and try again, or remove "embedding.budgetTokens" from the settings.`;
    throw new AppError('StorageFailed', message, { cause });
  }

  get #inWorkspace(): Selection {
    const roots = this.#options.roots();
    return {
      where: 'folder IN (SELECT value FROM json_each(?))',
      parameters: [JSON.stringify(roots)],
      matches: ({ folder }) => roots.includes(folder),
    };
  }

  /** For what is shown, without what is under way here: where the record cannot be read, what this process knows. */
  #sum(selection: Selection): Spent {
    try {
      const held = [...this.#held].filter(selection.matches);
      return priced([
        ...this.#read(selection),
        ...held.map(({ model, requests, tokens }) => ({ model, requests: -requests, tokens: -tokens })),
      ]);
    } catch (error) {
      this.#warn('What was spent cannot be read', error);
      return priced(this.#unwritten.filter(selection.matches));
    }
  }

  #read({ where, parameters, matches }: Selection): Counts[] {
    const rows = this.#database
      ?.prepare(
        `SELECT model, sum(requests) AS requests, sum(tokens) AS tokens FROM spent WHERE ${where} GROUP BY model`,
      )
      .all(...parameters)
      .map(({ model, requests, tokens }) => ({
        model: String(model),
        requests: Number(requests),
        tokens: Number(tokens),
      }));
    return [...(rows ?? []), ...this.#unwritten.filter(matches)];
  }

  #countRun(model: string, requests: number, tokens: number): void {
    const run = this.#run.get(model) ?? { requests: 0, tokens: 0 };
    this.#run.set(model, { requests: run.requests + requests, tokens: run.tokens + tokens });
  }

  #record(entry: Entry): void {
    if (entry.requests === 0 && entry.tokens === 0) return;
    this.#unwritten.push(entry);
    this.#write();
  }

  /** What cannot be written now (another process writes, the disk is full) is written with the next. */
  #write(): void {
    const database = this.#database;
    if (database === undefined || this.#unwritten.length === 0) return;
    try {
      database.transaction(() => add(database, this.#unwritten));
      this.#unwritten = [];
    } catch (error) {
      this.#warn('What was spent could not be written yet', error);
    }
  }

  #day(): string {
    const date = new Date(this.#options.clock.now());
    const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
    return `${date.getFullYear()}-${month}-${day}`;
  }

  #warn(message: string, error: unknown): void {
    this.#options.logger.log({ level: 'warn', message, fields: { error: toAppError(error).message } });
  }
}

function add(database: SqlDatabase, entries: readonly Entry[]): void {
  const statement = database.prepare(
    `INSERT INTO spent VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT DO UPDATE SET requests = requests + ?4, tokens = tokens + ?5`,
  );
  for (const { day, folder, model, requests, tokens } of entries) statement.run(day, folder, model, requests, tokens);
}

function priced(counts: readonly Counts[]): Spent {
  const sum = { requests: 0, tokens: 0, dollars: 0, unpricedTokens: 0 };
  for (const { model, requests, tokens } of counts) {
    const dollars = listPrice(model, tokens);
    sum.requests += requests;
    sum.tokens += tokens;
    sum.dollars += dollars ?? 0;
    sum.unpricedTokens += dollars === undefined ? tokens : 0;
  }
  return sum;
}
