import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { SyntaxThread, type SyntaxThreadOptions } from '../../../src/node/syntaxThread.ts';
import type { LogRecord } from '../../../src/protocol/engineApi.ts';
import type { SyntaxTheme } from '../../../src/protocol/syntax.ts';
import { colouredParts } from '../../support/colouredParts.ts';
import { toySources, wasmPath } from '../../support/syntaxFixture.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const threadPath = join(import.meta.dirname, '../../../src/highlight/main.ts');
const dark: SyntaxTheme = { kind: 'vs-dark', names: ['Toy Dark'], customizations: {} };
const light: SyntaxTheme = { kind: 'vs', names: ['Toy Light'], customizations: {} };

describe('the thread of syntax colours', () => {
  let thread: SyntaxThread;
  let theme: SyntaxTheme;
  let starts: number;
  let records: LogRecord[];

  beforeEach(() => {
    theme = dark;
    starts = 0;
    records = [];
    thread = create();
  });

  afterEach(() => thread.end());

  function create(changes: Partial<SyntaxThreadOptions> = {}): SyntaxThread {
    const sources = (): typeof toySources => {
      starts++;
      return toySources;
    };
    const log = (record: LogRecord): void => void records.push(record);
    return new SyntaxThread({
      threadPath,
      wasmPath,
      sources,
      theme: () => theme,
      log,
      idleMs: 60_000,
      answerMs: 60_000,
      ...changes,
    });
  }

  async function comment(): Promise<string[]> {
    return colouredParts(
      await thread.colour([{ path: 'a.toy', language: 'toy', text: '# a', isMember: false }]),
      '# a',
    );
  }

  it('starts with the first text, once', async () => {
    assert.equal(thread.isRunning, false);
    assert.deepEqual(await Promise.all([comment(), comment()]), [['# a #008800'], ['# a #008800']]);
    assert.equal(starts, 1);
  });

  it('answers in the colours of the newest theme, also when it is not ready yet', async () => {
    const first = comment();
    theme = light;
    thread.themeChanged();
    await first;
    assert.deepEqual(await comment(), ['# a #779977']);
    theme = dark;
    thread.themeChanged();
    assert.deepEqual(await comment(), ['# a #008800']);
    assert.equal(starts, 1);
  });

  it('ends when nothing is asked of it, and starts again when something is', async () => {
    thread = create({ idleMs: 1 });
    assert.deepEqual(await comment(), ['# a #008800']);
    while (thread.isRunning) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(await comment(), ['# a #008800']);
    assert.equal(starts, 2);
    assert.deepEqual(records, []);
  });

  it('rejects what it was asked when it ends, and takes no harm', async () => {
    const call = comment();
    thread.end();
    await assert.rejects(call, { code: 'ChannelClosed' });
    assert.deepEqual(await comment(), ['# a #008800']);
  });

  it('that dies again and again stays off: texts have no colours, and the log says why', async () => {
    thread = create({ threadPath: join(import.meta.dirname, 'missing.js') });
    for (let crash = 0; crash < 3; crash++) await assert.rejects(comment(), { code: 'ChannelClosed' });
    assert.deepEqual(await comment(), []);
    assert.equal(starts, 3);
    assert.match(records.at(-1)?.message ?? '', /stays off/);
  });

  it('that gives no sign of life is ended, also when nobody waits for it any more, and the log says so', async () => {
    const threadPath = join(await temporaryDirectory(), 'stuck.mjs');
    await writeFile(threadPath, 'for (;;);');
    thread = create({ threadPath, answerMs: 300 });
    const text = { path: 'a.toy', language: 'toy', text: '# a', isMember: false };
    while (records.length === 0) await assert.rejects(thread.colour([text], AbortSignal.timeout(50)));
    assert.equal(thread.isRunning, false);
    const calls = [comment(), comment()];
    for (const call of calls) await assert.rejects(call, { code: 'ChannelClosed' });
    assert.equal(thread.isRunning, false);
    assert.deepEqual(
      records.map(({ fields }) => fields?.['reason']),
      ['No sign of life for 0.3 s.', 'No sign of life for 0.3 s.'],
    );
  });
});
