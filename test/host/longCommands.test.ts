import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { defaultConfig, type EmbeddingConfig } from '../../src/protocol/config.ts';
import { AppError, CancelledError } from '../../src/protocol/errors.ts';
import { IndexCommands, type IndexCommandsOptions } from '../../src/vscode/indexCommands.ts';
import { runProbeCommand } from '../../src/vscode/probeCommand.ts';
import { recordProfileCommand } from '../../src/vscode/profileCommand.ts';
import { readSettings } from '../../src/vscode/settings.ts';
import { Answering } from '../support/editorStubs.ts';

describe('the probe of an endpoint', () => {
  /** Runs the command with a user who says yes; what it asked, and how often it probed. */
  async function probe(embedding: Partial<EmbeddingConfig>, isTrusted: boolean) {
    const user = new Answering();
    user.answer = 'Probe';
    const done: string[] = [];
    const settings = readSettings();
    const engine = { ...settings.engine, embedding: { ...defaultConfig.embedding, ...embedding } };
    await runProbeCommand({
      engine: {
        on: () => () => undefined,
        probe: async () => {
          done.push('probe');
          return Promise.reject(new CancelledError());
        },
      },
      configuration: {
        settings: { ...settings, engine },
        applyNow: async () => {
          done.push('configure');
          return Promise.resolve();
        },
      },
      permission: { isTrusted },
      ask: user.ask,
    });
    return { done, offered: user.offered };
  }

  it('needs nothing but the answer to its own question', async () => {
    assert.deepEqual(await probe({ provider: 'openai' }, true), {
      done: ['configure', 'probe'],
      offered: [['Probe']],
    });
  });

  it('is not offered in Restricted Mode, nor for the embedded model', async () => {
    const nothing = { done: [], offered: [] };
    assert.deepEqual(await probe({ provider: 'openai' }, false), nothing);
    assert.deepEqual(await probe({ provider: 'embedded' }, true), nothing);
  });
});

describe('the check of recall', () => {
  it('of several folders ends as a whole when one fails', async () => {
    const signals: AbortSignal[] = [];
    const commands = new IndexCommands({
      engine: {
        checkRecall: async (id: string, signal: AbortSignal) => {
          signals.push(signal);
          if (id === 'broken') throw new AppError('StorageFailed', 'broken');
          return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new CancelledError())));
        },
      },
      folders: { open: async () => Promise.resolve(), all: [{ id: 'long' }, { id: 'broken' }] },
    } as unknown as IndexCommandsOptions);
    await assert.rejects(commands.checkRecall(), { code: 'StorageFailed' });
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, true],
    );
  });
});

describe('a profile', () => {
  let scratch = '';
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(scratch, { recursive: true, force: true });
  });

  it('is opened although another window removes the same old ones', async () => {
    scratch = await mkdtemp(join(tmpdir(), 'codeweaver-profiles-'));
    const directory = join(scratch, 'profiles');
    await mkdir(directory);
    for (let n = 10; n < 40; n++) await writeFile(join(directory, `codeweaver-19${n}.cpuprofile`), '{}');
    const content = { nodes: [], startTime: 0, endTime: 1, samples: [], timeDeltas: [] };
    const engine = {
      startProfile: async () => Promise.resolve(),
      stopProfile: async (_kind: unknown, path: string) => writeFile(path, JSON.stringify(content)),
    };
    const storageUri = vscode.Uri.file(scratch);
    await Promise.all([1, 1, 1].map(async (seconds) => recordProfileCommand('cpu', seconds, { engine, storageUri })));
    const left = (await readdir(directory)).sort();
    assert.equal(left.length, 5);
    assert.ok(left.at(-1)?.startsWith(`codeweaver-${new Date().getUTCFullYear()}-`) ?? false);
  });
});
