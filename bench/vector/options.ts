import { type DataKind, maxQueries } from './data/dataSet.ts';
import type { EngineFactory } from './engine.ts';
import { engineFactories } from './engines.ts';

/** Building and plain searches are always measured: everything else is compared with them. */
const sectionNames = ['search', 'filter', 'save', 'replace', 'churn'] as const;
export type Section = (typeof sectionNames)[number];

/** As the command line has them. */
export interface VectorArguments {
  readonly json?: string;
  readonly n: string;
  readonly dim: string;
  readonly data: string;
  readonly rounds: string;
  readonly queries: string;
  readonly engines?: string;
  readonly threads: string;
  readonly sections: string;
  readonly capSeconds: string;
}

export interface VectorOptions {
  /** Where the result goes; undefined: bench/results. */
  readonly jsonFile?: string;
  readonly rowCounts: readonly number[];
  readonly dimensions: number;
  readonly data: readonly DataKind[];
  readonly rounds: number;
  readonly queryCount: number;
  readonly engines: readonly EngineFactory[];
  readonly threads: number;
  readonly sections: ReadonlySet<Section>;
  /** Replacing and churning stop after so long, per engine. */
  readonly capMs: number;
}

export const defaultArguments: VectorArguments = {
  n: '50000',
  dim: '384',
  data: 'both',
  rounds: '3',
  queries: '200',
  threads: '1',
  sections: sectionNames.join(','),
  capSeconds: '60',
};

export function parseOptions(given: VectorArguments): VectorOptions {
  const { json, engines = engineFactories.map(({ name }) => name).join(',') } = given;
  const queryCount = wholeNumber('--queries', given.queries);
  if (queryCount > maxQueries) throw new Error(`--queries: a data set has ${maxQueries}.`);
  return {
    ...(json === undefined ? {} : { jsonFile: json }),
    rowCounts: given.n.split(',').map((part) => wholeNumber('--n', part)),
    dimensions: wholeNumber('--dim', given.dim),
    data: given.data === 'both' ? ['text', 'clustered'] : choose('--data', given.data, ['text', 'clustered']),
    rounds: wholeNumber('--rounds', given.rounds),
    queryCount,
    engines: choose(
      '--engines',
      engines,
      engineFactories.map(({ name }) => name),
    ).flatMap((name) => engineFactories.filter((factory) => factory.name === name)),
    threads: wholeNumber('--threads', given.threads, 0),
    sections: new Set(choose('--sections', given.sections, sectionNames)),
    capMs: 1_000 * wholeNumber('--cap-seconds', given.capSeconds),
  };
}

function wholeNumber(option: string, text: string, least = 1): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new Error(`${option}: ${text} is not a whole number from ${least} on.`);
  return value;
}

function choose<T extends string>(option: string, list: string, known: readonly T[]): T[] {
  return list.split(',').map((name) => {
    const found = known.find((candidate) => candidate === name);
    if (found === undefined) throw new Error(`${option}: there is no ${name}, but ${known.join(', ')}.`);
    return found;
  });
}
