import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CliProcess } from '../../../support/cliProcess.ts';
import { probeOf } from '../../../support/probes.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const endpoint = ['--base-url', 'http://localhost:8080/v1', '--model', 'test-embedding'];

describe('codeweaver probe', () => {
  let cli: CliProcess;

  beforeEach(async () => {
    const home = await temporaryDirectory();
    await mkdir(join(home, 'repo'));
    cli = new CliProcess(home, { OPENAI_API_KEY: 'from-environment' });
  });

  it('probes the endpoint and model that are named, with the key of the environment, and opens no folder', async () => {
    const { exitCode } = await cli.run('probe', ...endpoint, '--max-batch-inputs', '7');
    assert.equal(exitCode, 0);
    assert.deepEqual(cli.engine.calls, ['configure', 'probe', 'close']);
    assert.deepEqual(cli.engine.credentials, { apiKey: 'from-environment' });
    const { provider, baseUrl, model, maxBatchInputs } = cli.engine.config?.embedding ?? {};
    assert.deepEqual([provider, baseUrl, model, maxBatchInputs], ['openai', endpoint[1], endpoint[3], 7]);
  });

  it('shows what was found as a table', async () => {
    cli.engine.found = probeOf({
      dimensionsAccepted: { tried: 128, result: 'ignored' },
      encodingFormats: { float: 'float', base64: 'float' },
      normalized: false,
      order: 'byIndex',
      maxBatchInputs: { accepted: 32, by: 'named' },
      maxInputTokens: { accepted: 501, by: 'found', overlong: 'cut' },
      tokensPerMinute: 1_000_000,
    });
    const { stdout, stderr } = await cli.run('probe', ...endpoint);
    for (const row of [
      /\| dimensions +\| 256 +\|/,
      /\| smaller size +\| 128 asked for, ignored +\|/,
      /\| encoding formats +\| float, base64 answered with float +\|/,
      /\| unit length +\| no, vectors are scaled here +\|/,
      /\| order of answers +\| another one, numbered +\|/,
      /\| inputs per request +\| 32 \(as the endpoint says\) +\|/,
      /\| tokens per input +\| 501 \(by trying\); the end of longer ones is not read +\|/,
      /\| requests per minute +\| not said +\|/,
      /\| tokens per minute +\| 1,000,000 +\|/,
      /\| latency +\| 12 ms for 1 input, 90 ms for 32 +\|/,
      /\| spent +\| 11 requests, 18,000 tokens +\|/,
    ]) {
      assert.match(stdout, row);
    }
    assert.match(stderr, /Stored as the profile of test-embedding at http:\/\/localhost:8080\/v1/);
  });

  it('prints it as JSON', async () => {
    const { stdout } = await cli.run('probe', ...endpoint, '--json');
    assert.deepEqual(JSON.parse(stdout), probeOf({}));
  });
});
