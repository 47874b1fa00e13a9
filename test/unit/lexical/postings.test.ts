import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LexicalHit } from '../../../src/core/lexical/bestHits.ts';
import { Postings } from '../../../src/core/lexical/postings.ts';
import { packTerms, readTerms } from '../../../src/core/lexical/termVector.ts';
import type { SqlDatabase } from '../../../src/core/ports.ts';
import { fnv1a } from '../../../src/util/fnv1a.ts';
import { NodeStorage } from '../../../src/node/nodeStorage.ts';

/** Terms of a chunk by field, as `splitTerms` gives them. */
interface Texts {
  readonly symbol: string;
  readonly path: string;
  readonly body: string;
}

const weights = { symbol: 5, path: 5, body: 1 } as const;

/** BM25 as the paper has it, chunk by chunk, for at most 255 of a term. */
function plainBm25(chunks: ReadonlyMap<number, Texts>, terms: readonly string[], limit: number): LexicalHit[] {
  const documents = [...chunks].map(([id, texts]) => {
    const counts = new Map<string, number>();
    let length = 0;
    for (const field of ['symbol', 'path', 'body'] as const) {
      for (const term of texts[field].split(' ').filter((word) => word !== '')) {
        counts.set(term, (counts.get(term) ?? 0) + weights[field]);
        length++;
      }
    }
    return { id, counts, length };
  });
  const mean = documents.reduce((sum, { length }) => sum + length, 0) / documents.length;
  const hits = documents.map(({ id, counts, length }) => {
    let score = 0;
    for (const term of terms) {
      const n = documents.filter((other) => other.counts.has(term)).length;
      const f = Math.min(255, counts.get(term) ?? 0);
      const idf = Math.log(1 + (documents.length - n + 0.5) / (n + 0.5));
      score += (idf * f * 2.2) / (f + 1.2 * (0.25 + (0.75 * length) / mean));
    }
    return { id, score };
  });
  return hits
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.id - b.id)
    .slice(0, limit);
}

describe('Postings', () => {
  let database: SqlDatabase;
  let stored: Map<number, Texts>;
  let postings: Postings;
  let lastId = 0;

  beforeEach(() => {
    database = new NodeStorage().openDatabase(':memory:');
    database.exec(`
      CREATE TABLE chunks (id INTEGER PRIMARY KEY);
      CREATE TABLE term_vectors (id INTEGER PRIMARY KEY, vector BLOB NOT NULL) STRICT;
      CREATE TABLE postings_segments (first_id INTEGER PRIMARY KEY, last_id INTEGER NOT NULL, image BLOB NOT NULL) STRICT;
      CREATE TABLE removed_chunks (id INTEGER PRIMARY KEY) STRICT;
    `);
    stored = new Map();
    postings = new Postings(database);
  });

  afterEach(() => database.close());

  /** `noted`: this index is the writer's; otherwise another connection has written. */
  function add(texts: Texts, noted = true): number {
    const id = ++lastId;
    const packed = packTerms(texts);
    if (noted) postings.add(id, packed);
    database.prepare('INSERT INTO term_vectors VALUES (?, ?)').run(id, packed);
    database.prepare('INSERT INTO chunks VALUES (?)').run(id);
    stored.set(id, texts);
    return id;
  }

  function remove(id: number, noted = true): void {
    database.prepare('DELETE FROM term_vectors WHERE id = ?').run(id);
    database.prepare('DELETE FROM chunks WHERE id = ?').run(id);
    stored.delete(id);
    (noted ? postings : new Postings(database)).remove(id);
  }

  function save(): void {
    while (postings.saveNext());
  }

  function assertAsPlain(terms: readonly string[], limit = 10): void {
    const expected = plainBm25(stored, terms, limit);
    const hits = postings.search(terms, limit);
    // Sums are in 32 bits.
    assert.equal(hits.length, expected.length);
    hits.forEach(({ score }, rank) => assert.ok(Math.abs(score - (expected[rank]?.score ?? 0)) < 1e-4, `rank ${rank}`));
    const scoreOf = new Map(plainBm25(stored, terms, Infinity).map(({ id, score }) => [id, score]));
    for (const { id, score } of hits) assert.ok(Math.abs((scoreOf.get(id) ?? 0) - score) < 1e-4, `chunk ${id}`);
    const { chunks, frequencies } = postings.statistics(terms);
    assertTermWeights(terms);
    assert.equal(chunks, stored.size);
    assert.deepEqual(
      frequencies,
      terms.map(
        (term) =>
          [...stored.values()].filter((texts) => Object.values(texts).join(' ').split(' ').includes(term)).length,
      ),
    );
  }

  function assertTermWeights(terms: readonly string[]): void {
    // Unknown ones among them, and not in their order.
    const ids = [...stored.keys(), lastId + 1].reverse();
    const has = (id: number, term: string): boolean =>
      Object.values(stored.get(id) ?? {})
        .join(' ')
        .split(' ')
        .includes(term);
    assert.deepEqual(
      [
        ...postings.termWeights(
          terms,
          terms.map((_, position) => 2 ** position),
          ids,
        ),
      ],
      ids.map((id) => terms.reduce((sum, term, position) => sum + (has(id, term) ? 2 ** position : 0), 0)),
    );
  }

  const word = fc.constantFrom('alpha', 'beta', 'gamma', 'delta', 'epsilon', 'rare');
  const text = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '));
  const texts = fc.record({ symbol: text, path: text, body: text });
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.array(texts, { minLength: 1, maxLength: 12 }).map((chunks) => ({ add: chunks })),
    },
    { weight: 2, arbitrary: fc.nat(30).map((position) => ({ remove: position })) },
    { weight: 1, arbitrary: fc.boolean().map((reopen) => ({ reopen })) },
    { weight: 2, arbitrary: fc.uniqueArray(word, { minLength: 1 }).map((terms) => ({ search: terms })) },
  );

  it('answers as BM25 computed chunk by chunk, whatever was added, removed and asked before', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(step, { minLength: 5, maxLength: 40 }), (isWriter, steps) => {
        database.exec(
          'DELETE FROM term_vectors; DELETE FROM chunks; DELETE FROM postings_segments; DELETE FROM removed_chunks',
        );
        stored.clear();
        postings = new Postings(database);
        for (const now of steps) {
          const ids = [...stored.keys()];
          if ('add' in now) for (const texts of now.add) add(texts, isWriter);
          else if ('reopen' in now) {
            if (isWriter) save();
            if (now.reopen) postings = new Postings(database);
          } else if ('search' in now) assertAsPlain(now.search);
          else if ('remove' in now && ids.length > 0) {
            remove(ids[now.remove % ids.length] ?? 0, isWriter);
            if (!isWriter) postings.reconcile();
          }
        }
        assertAsPlain(['alpha', 'rare'], 3);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the best of many, equal ones by id', () => {
    const ids = Array.from({ length: 3_000 }, (_, n) =>
      add({ symbol: '', path: '', body: n % 7 === 0 ? 'needle needle' : 'needle' }),
    );
    const hits = postings.search(['needle'], 300).map(({ id }) => id);
    assert.deepEqual(hits, ids.filter((_, n) => n % 7 === 0).slice(0, 300));
  });

  it('answers the same from stored images, with what was added and removed since', () => {
    const ids = Array.from({ length: 30_000 }, (_, n) =>
      add({ symbol: `name${n % 97}`, path: `dir${n % 13}`, body: `word${n % 7} common` }),
    );
    for (const id of ids.filter((_, n) => n % 11 === 0)) remove(id);
    save();
    const images = (): number => Number(database.prepare('SELECT count(*) AS n FROM postings_segments').get()?.['n']);
    assert.equal(images(), 4);
    for (const id of ids.slice(100, 200)) remove(id);
    const added = add({ symbol: 'name1', path: 'dir1', body: 'word1' });
    const warm = postings.search(['name1', 'word1'], 20);
    postings = new Postings(database);
    assert.deepEqual(postings.search(['name1', 'word1'], 20), warm);
    assert.ok(postings.search(['name1'], 1_000).some(({ id }) => id === added));
    assert.equal(postings.statistics(['common']).chunks, stored.size);
    // All of the first image goes, and most of the second.
    for (const id of ids.slice(0, 15_000)) remove(id);
    assert.deepEqual(postings.statistics(['common']).frequencies, [stored.size - 1]);
    save();
    assert.equal(images(), 3);
    assert.deepEqual(postings.search(['name1'], 50), new Postings(database).search(['name1'], 50));
  });

  it('reads chunk by chunk what an image of another format held', () => {
    for (let n = 0; n < 9_000; n++) add({ symbol: `name${n % 50}`, path: '', body: '' });
    save();
    database.exec("UPDATE postings_segments SET image = x'0900000000000000'");
    postings = new Postings(database);
    assert.equal(postings.statistics(['name7']).frequencies[0], 180);
  });

  it('reads chunk by chunk what a damaged image held, whichever bit it is', () => {
    for (let n = 0; n < 5_000; n++) add({ symbol: `name${n % 50}`, path: '', body: `word${n}` });
    save();
    const row = database.prepare('SELECT image FROM postings_segments').get();
    const image = row?.['image'] as Uint8Array;
    const whole = postings.search(['name7', 'word7'], 200);
    for (const at of [0, 5, 17, 24, 999, Math.floor(image.length / 2), image.length - 4]) {
      const damaged = image.slice();
      damaged[at]! ^= 1;
      database.prepare('UPDATE postings_segments SET image = ?').run(damaged);
      assert.deepEqual(new Postings(database).search(['name7', 'word7'], 200), whole, `byte ${at}`);
    }
  });

  it('searches only what is allowed', () => {
    const ids = ['one', 'two', 'three'].map((name) => add({ symbol: name, path: '', body: 'shared' }));
    const allowed = new Set([ids[1] ?? 0]);
    assert.deepEqual(
      postings.search(['shared'], 10, allowed).map(({ id }) => id),
      [ids[1]],
    );
  });

  it('forgets removals that were rolled back', () => {
    const [id = 0] = ['kept', 'b', 'c', 'd'].map((symbol) => add({ symbol, path: '', body: '' }));
    assert.equal(postings.search(['kept'], 1).length, 1);
    postings.remove(id);
    assert.equal(postings.search(['kept'], 1).length, 0);
    postings.reset();
    assert.equal(postings.search(['kept'], 1).length, 1);
  });

  it('finds nothing in an empty index, and for no terms', () => {
    assert.deepEqual(postings.search(['anything'], 10), []);
    add({ symbol: 'a', path: '', body: '' });
    assert.deepEqual(postings.search([], 10), []);
  });
});

describe('packTerms', () => {
  it('keeps the count of each term in each field, and the length', () => {
    const vector = readTerms(packTerms({ symbol: 'load file', path: 'src load', body: 'load load x' }));
    assert.equal(vector.length, 7);
    const at = vector.hashes.indexOf(fnv1a('load'));
    assert.deepEqual([vector.counts.symbol[at], vector.counts.path[at], vector.counts.body[at]], [1, 1, 2]);
    assert.equal(vector.hashes.length, 4);
  });

  it('counts to 255, and reads from any place in a buffer', () => {
    const packed = packTerms({ symbol: '', path: '', body: Array(400).fill('again').join(' ') });
    const shifted = new Uint8Array(packed.length + 1);
    shifted.set(packed, 1);
    const vector = readTerms(shifted.subarray(1));
    assert.equal(vector.length, 400);
    assert.deepEqual([...vector.counts.body], [255]);
  });

  it('has no terms for an empty text', () => {
    assert.equal(readTerms(packTerms({ symbol: '', path: ' ', body: '' })).hashes.length, 0);
  });
});
