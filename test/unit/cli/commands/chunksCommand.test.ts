import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { InspectedChunk } from '../../../../src/protocol/chunks.ts';
import { CliProcess } from '../../../support/cliProcess.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

describe('codeweaver chunks', () => {
  let home: string;
  let cli: CliProcess;

  const chunk: InspectedChunk = {
    ...{ chunkId: 1, startLine: 1, endLine: 9, symbol: 'parse', kind: 'function', tokens: 80 },
    ...{ hash: '0123456789abcdef'.repeat(4), vector: 'embedded', embeddedText: 'src/a.ts\nfunction parse\n…' },
  };

  beforeEach(async () => {
    home = await temporaryDirectory();
    await mkdir(join(home, 'repo/src'), { recursive: true });
    cli = new CliProcess(home);
    cli.engine.fileChunks = {
      ...{ path: 'src/a.ts', language: 'typescript', unsaved: false, model: 'small' },
      chunks: [
        chunk,
        { ...chunk, startLine: 10, endLine: 120, symbol: '', kind: 'block', vector: 'failed', detail: 'too long' },
      ],
    };
    await cli.run('index', 'repo');
  });

  it('prints one line a chunk and the sum', async () => {
    const { exitCode, stdout } = await cli.run('chunks', 'repo/src/a.ts');
    assert.equal(exitCode, 0);
    assert.equal(
      stdout,
      '   1-9  function parse  80 tokens, has a vector, 0123456789ab\n' +
        '10-120  block  80 tokens, could not be embedded (too long), 0123456789ab\n' +
        'src/a.ts: typescript, 2 chunks, about 160 tokens, small\n',
    );
  });

  it('brings the index up to date first, unless it must not', async () => {
    cli.engine.calls.length = 0;
    await cli.run('chunks', 'repo/src/a.ts', '--no-update');
    assert.ok(!cli.engine.calls.includes('index'));
    await cli.run('chunks', 'repo/src/a.ts');
    assert.ok(cli.engine.calls.indexOf('index') < cli.engine.calls.lastIndexOf('chunks'));
  });

  it('prints JSON with the text that the model is given', async () => {
    const { stdout } = await cli.run('chunks', 'repo/src/a.ts', '--json');
    const report = JSON.parse(stdout) as { folder: string; chunks: InspectedChunk[] };
    assert.equal(report.folder, join(home, 'repo'));
    assert.match(report.chunks[0]?.embeddedText ?? '', /^src\/a\.ts\nfunction parse/u);
  });

  it('ends with 3 where there is no index or the file is elsewhere', async () => {
    await mkdir(join(home, 'other'));
    assert.equal((await cli.run('chunks', 'other/b.ts')).exitCode, 3);
    assert.equal((await cli.run('chunks', 'other/b.ts', '--folder', 'repo')).exitCode, 3);
  });
});
