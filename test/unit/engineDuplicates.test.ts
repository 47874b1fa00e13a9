import assert from 'node:assert/strict';
import type { DuplicatesReport, DuplicatesRequest } from '../../src/protocol/duplicates.ts';
import { CancelledError } from '../../src/protocol/errors.ts';
import { english } from '../../src/protocol/phrase.ts';
import { startEmbeddingServer } from '../support/embeddingServer.ts';
import { EngineFixture, folderId, rejects } from '../support/engineFixture.ts';
import { Workspace } from '../support/workspace.ts';

const parse = `export function parseOptions(args: readonly string[]): Options {
  const options: Options = { verbose: false, files: [] };
  for (let index = 0; index < args.length; index++) {
    const argument = args[index];
    if (argument === '--verbose') options.verbose = true;
    else if (argument === '--output') options.output = args[++index];
    else if (argument.startsWith('--')) throw new Error('Unknown option ' + argument);
    else options.files.push(argument);
  }
  if (options.files.length === 0) throw new Error('Name a file.');
  return options;
}
`;
const renamed = parse
  .replaceAll('parseOptions', 'readFlags')
  .replaceAll('argument', 'word')
  .replaceAll('index', 'at')
  .replace("'Name a file.'", "'No file was named.'");
const unrelated = `export class Stack<T> {
  readonly #items: T[] = [];
  push(item: T): void {
    this.#items.push(item);
  }
  pop(): T | undefined {
    return this.#items.pop();
  }
  get isEmpty(): boolean {
    return this.#items.length === 0;
  }
}
`;

describe('Engine.findDuplicates', function () {
  this.timeout(60_000);
  let fixture: EngineFixture;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
    const { workspace } = fixture;
    await workspace.write('src/parse.ts', parse);
    await workspace.write('lib/flags.ts', `// Copied.\nimport type { Options } from './options.ts';\n\n${renamed}`);
    await workspace.write('test/parse.test.ts', parse);
    await workspace.write('src/stack.ts', unrelated);
  });

  afterEach(async () => fixture.close());

  async function find(request: DuplicatesRequest = {}): Promise<DuplicatesReport> {
    await fixture.engine.index(folderId);
    return fixture.engine.findDuplicates(request);
  }

  const places = ({ groups }: DuplicatesReport): string[][] =>
    groups.map(({ members }) => members.map(({ path }) => path).sort());

  it('finds a copy and one with other names, and nothing else', async () => {
    const report = await find();
    assert.deepEqual(places(report), [['lib/flags.ts', 'src/parse.ts', 'test/parse.test.ts']]);
    const [{ members, likeness, savedLines } = assert.fail()] = report.groups;
    assert.equal(members[0]?.likeness, 1);
    assert.deepEqual(
      members.map((member) => member.likeness === 1),
      [true, true, false],
    );
    assert.ok(members[2]!.likeness >= report.threshold);
    assert.ok(Math.abs(likeness - (1 + members[2]!.likeness) / 2) < 1e-9);
    const lines = members.map(({ startLine, endLine }) => endLine - startLine + 1);
    assert.equal(savedLines, lines.reduce((sum, count) => sum + count, 0) - Math.max(...lines));
    assert.equal(report.byVectors, true);
    assert.equal(report.found, 1);
  });

  it('asks no endpoint', async () => {
    await fixture.reopen(await fixture.remoteConfig());
    await fixture.engine.index(folderId);
    const before = fixture.requests;
    const report = await fixture.engine.findDuplicates({});
    assert.equal(fixture.requests, before);
    assert.equal(places(report).length, 1);
    assert.equal(report.byVectors, true);
  });

  it('compares texts where there are no vectors, and says so', async () => {
    await fixture.engine.index(folderId);
    await fixture.reopen(await fixture.remoteConfig(), false);
    const byText = await fixture.engine.findDuplicates({});
    assert.equal(byText.byVectors, false);
    assert.deepEqual(places(byText), [['lib/flags.ts', 'src/parse.ts', 'test/parse.test.ts']]);
  });

  it('keeps to the request: tests, paths, lines, threshold, number of groups', async () => {
    assert.deepEqual(places(await find({ filter: { tests: 'exclude' } })), [['lib/flags.ts', 'src/parse.ts']]);
    assert.deepEqual(places(await find({ filter: { paths: ['src', 'test'] } })), [
      ['src/parse.ts', 'test/parse.test.ts'],
    ]);
    assert.deepEqual(places(await find({ threshold: 1 })), [['src/parse.ts', 'test/parse.test.ts']]);
    assert.deepEqual(places(await find({ minLines: 30 })), []);
    assert.deepEqual(places(await find({ filter: { languages: ['python'] } })), []);
  });

  it('shows a copied file as one finding', async () => {
    const text = Array.from({ length: 6 }, (_, number) => parse.replaceAll('Options', `Options${number}`)).join('\n');
    await fixture.workspace.write('src/big.ts', text);
    await fixture.workspace.write('lib/big.ts', `${text}\nexport const version = 2;\n`);
    const report = await find({ filter: { paths: ['big.ts'] }, threshold: 0.99 });
    assert.deepEqual(places(report), [['lib/big.ts', 'src/big.ts']]);
    assert.deepEqual(
      report.groups[0]!.members.map(({ startLine, endLine }) => [startLine, endLine >= 76]),
      [
        [1, true],
        [1, true],
      ],
    );
  });

  it('looks through several folders together, or those of the filter', async () => {
    const other = await Workspace.create({ 'flags.ts': parse });
    await fixture.engine.openFolder({ folderId: 'other', root: other.root, indexDir: other.indexDir });
    await fixture.engine.index('other');
    const folders = (await find({ filter: { tests: 'exclude' } })).groups[0]!.members.map(
      (member) => member.folderId,
    ).sort();
    assert.deepEqual(folders, [folderId, folderId, 'other'].sort());
    assert.deepEqual(places(await find({ filter: { folders: ['other'] } })), []);
  });

  it('leaves out a folder that is closed while it is read', async () => {
    const other = await Workspace.create({ 'flags.ts': parse, 'again.ts': parse });
    await fixture.engine.openFolder({ folderId: 'other', root: other.root, indexDir: other.indexDir });
    await fixture.engine.index('other');
    const closed: Promise<void>[] = [];
    fixture.engine.on('activity', ({ call }) => {
      if (call === 'duplicates' && closed.length === 0) closed.push(fixture.engine.closeFolder('other'));
    });
    const [group, ...rest] = (await find({ filter: { tests: 'exclude' } })).groups;
    assert.equal(closed.length, 1);
    await Promise.all(closed);
    assert.deepEqual(rest, []);
    assert.deepEqual([...new Set(group?.members.map((member) => member.folderId))], [folderId]);
  });

  it('does not take a table for code', async () => {
    const table = `export const codes = {\n${Array.from({ length: 40 }, (_, at) => `  code${at}: ${at},`).join('\n')}\n};\n`;
    await fixture.workspace.write('src/codes.ts', table);
    await fixture.workspace.write('lib/codes.ts', table.replaceAll('code', 'number'));
    assert.deepEqual(places(await find({ filter: { paths: ['codes.ts'] }, threshold: 0.5 })), []);
  });

  it('says what it does, and stops when it is cancelled', async () => {
    await fixture.engine.index(folderId);
    const steps: string[] = [];
    const controller = new AbortController();
    fixture.engine.on('activity', ({ call, step }) => {
      steps.push(`${call}: ${english(step)}`);
      controller.abort();
    });
    await assert.rejects(fixture.engine.findDuplicates({}, controller.signal), CancelledError);
    assert.deepEqual(steps, ['duplicates: Reading chunks']);
  });

  it('refuses numbers out of their range', async () => {
    for (const request of [{ threshold: 0.2 }, { threshold: NaN }, { minLines: 0 }, { minLines: 1.5 }, { groups: 0 }])
      await rejects(fixture.engine.findDuplicates(request), 'InvalidArgument');
  });
});

describe('Engine.chunks', function () {
  this.timeout(60_000);
  let fixture: EngineFixture;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
    await fixture.engine.index(folderId);
  });

  afterEach(async () => fixture.close());

  it('gives the chunks of a file with what the model is given', async () => {
    const { chunks, language, unsaved, model } = await fixture.engine.chunks(folderId, 'src/upload.ts');
    const [chunk = assert.fail()] = chunks;
    assert.deepEqual([chunks.length, language, unsaved], [1, 'typescript', false]);
    assert.ok(model);
    assert.deepEqual(
      [chunk.startLine, chunk.endLine, chunk.kind, chunk.symbol, chunk.vector],
      [1, 7, 'function', 'retryUpload', 'embedded'],
    );
    assert.match(chunk.embeddedText, /^src\/upload\.ts\nfunction retryUpload\nexport async function/u);
    assert.match(chunk.hash, /^[0-9a-f]{64}$/u);
    assert.ok(chunk.tokens > 20);
  });

  it('follows the unsaved text of an open editor', async () => {
    const text = 'export function other(): number {\n  return 1;\n}\n';
    await fixture.engine.updateDocument(folderId, { path: 'src/upload.ts', text });
    const { chunks, unsaved } = await fixture.engine.chunks(folderId, 'src/upload.ts');
    assert.deepEqual([chunks.map(({ symbol }) => symbol), unsaved], [['other'], true]);
  });

  it('tells a vector that is awaited, and that there is no model', async () => {
    const config = await fixture.remoteConfig();
    await fixture.reopen(config);
    const before = await fixture.engine.chunks(folderId, 'src/upload.ts');
    assert.deepEqual(
      before.chunks.map(({ vector }) => vector),
      ['pending'],
    );
    await fixture.reopen(config, false);
    const { chunks, model } = await fixture.engine.chunks(folderId, 'src/upload.ts');
    assert.deepEqual([chunks.map(({ vector }) => vector), model], [['none'], undefined]);
  });

  it('tells why a chunk could not be embedded', async () => {
    fixture.server = await startEmbeddingServer({ dimensions: 64, maxInputTokens: 3 });
    await fixture.reopen(await fixture.remoteConfig());
    await fixture.engine.index(folderId);
    const [chunk] = (await fixture.engine.chunks(folderId, 'src/upload.ts')).chunks;
    assert.equal(chunk?.vector, 'failed');
    assert.ok(chunk.detail);
  });

  it('has the prefix of the settings where the model is given one', async () => {
    const config = await fixture.remoteConfig();
    await fixture.reopen({ ...config, embedding: { ...config.embedding, documentPrefix: 'passage: ' } });
    const { chunks } = await fixture.engine.chunks(folderId, 'src/upload.ts');
    assert.match(chunks[0]?.embeddedText ?? '', /^passage: src\/upload\.ts\n/u);
  });

  it('says why a file has none', async () => {
    await fixture.workspace.write('image.bin', new Uint8Array([1, 0, 2]));
    await fixture.engine.index(folderId);
    await assert.rejects(fixture.engine.chunks(folderId, 'image.bin'), {
      code: 'NotFound',
      message: 'image.bin has no chunks: Not text: a NUL byte at offset 1.',
    });
  });

  it('rejects for a file it does not know', async () => {
    await rejects(fixture.engine.chunks(folderId, 'missing.ts'), 'NotFound');
  });
});
