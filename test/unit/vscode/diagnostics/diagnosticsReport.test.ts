import assert from 'node:assert/strict';
import { phrase } from '../../../../src/protocol/phrase.ts';
import { type DiagnosticsContent, diagnosticsReport } from '../../../../src/vscode/diagnostics/diagnosticsReport.ts';
import { Redaction } from '../../../../src/vscode/diagnostics/redaction.ts';
import { settingLines } from '../../../../src/vscode/diagnostics/settingLines.ts';
import { type SettingKey, settingTable } from '../../../../src/vscode/settingTable.ts';
import { engineStatus, folderStatus, healthReport, metricsSnapshot } from '../../../support/performancePage.ts';

const root = '/home/ada/zq-shop';
const folderId = `file://${root}`;
const said = phrase`Nothing listens on ${'zq-gpu.internal:8080'}.`;

function content(changes: Partial<DiagnosticsContent> = {}): DiagnosticsContent {
  const space = { provider: 'openai', endpoint: 'https://zq-llm.internal/v1', model: 'zq-model', dimensions: 768 };
  const error = { code: 'DiskFull', message: `The disk that holds ${root}/x.db is full.`, phrase: said };
  const status = engineStatus({
    folders: [folderStatus({ folderId, root, space, error })],
    provider: { ...engineStatus().provider, message: 'Nothing listens on zq-gpu.internal:8080.', phrase: said },
    reranker: { state: 'ok', host: 'zq-rerank.internal', model: 'zq-reranker', requests: 1, documents: 5 },
  });
  const checks = [{ name: 'disk' as const, folderId, ok: false, detail: `${root} cannot be read`, phrase: said }];
  return {
    at: Date.UTC(2026, 0, 15),
    environment: [['VS Code', '1.101.0']],
    settings: [['search.k', '50']],
    engine: { status, health: healthReport({ ok: false, checks }), metrics: metricsSnapshot() },
    log: [
      {
        at: 0,
        level: 'warn',
        message: 'A file could not be indexed',
        fields: { path: 'src/zqSecret.ts', code: 'Internal' },
      },
      {
        at: 1,
        level: 'error',
        message: `The folder zq-shop could not be opened`,
        fields: { reason: `EACCES: open '${root}'` },
      },
    ],
    lastCrash: { at: 2, level: 'error', message: `Error: zq9\n    at x (${root}/dist/worker.js:1:2)`, fields: {} },
    ...changes,
  };
}

function reportOf(showNames: boolean, changes: Partial<DiagnosticsContent> = {}): string {
  const folders = [{ folderId, root, name: 'zq-shop' }];
  return diagnosticsReport(content(changes), new Redaction({ folders, names: ['ada'], salt: 's', showNames }));
}

describe('the diagnostics report', () => {
  it('has versions, settings, health, status, times and log, and no name of anything', () => {
    const report = reportOf(false);
    assert.doesNotMatch(report, /zq|\bada\b|internal/u);
    for (const expected of [
      /\| VS Code \| 1\.101\.0 \|/u,
      /\| search\.k \| 50 +\|/u,
      /\| disk +\| folder-[0-9a-f]{8} \| WRONG/u,
      /"discovered": 5012/u,
      /"tooLarge": 47/u,
      /"recall": 0\.9979/u,
      /\| search +\| 87 /u,
      /\| embedTokens +\| 1235000 +\|/u,
      /warn A file could not be indexed path=\[text\] code=Internal/u,
      /EACCES: open \[text\]/u,
      /worker\.js:1:2/u,
      /"code": "DiskFull"/u,
      /"dimensions": 768/u,
    ]) {
      assert.match(report, expected);
    }
  });

  it('has names and paths where the user wants them told', () => {
    const report = reportOf(true);
    for (const name of [root, 'src/zqSecret.ts', 'zq-llm.internal', 'zq-model']) assert.ok(report.includes(name), name);
  });

  it('says so when the engine does not answer, and that nothing was logged', () => {
    const report = reportOf(false, {
      engine: { failure: `EngineCrashed: see ${root}` },
      log: [],
      lastCrash: undefined,
    });
    assert.match(report, /## Engine\n\nEngineCrashed: see \[name\]/u);
    assert.match(report, /None in this session\.[\s\S]*Empty\./u);
  });
});

describe('settings in a report', () => {
  function linesOf(values: Partial<Record<SettingKey, unknown>>): Record<string, string> {
    return Object.fromEntries(settingLines((key) => (key in values ? values[key] : settingTable[key].schema.default)));
  }

  it('are those that differ from their defaults', () => {
    assert.deepEqual(linesOf({}), {});
    assert.deepEqual(linesOf({ 'search.k': 50, 'index.auto': false, 'index.engine': 'hnsw' }), {
      'search.k': '50',
      'index.auto': 'false',
      'index.engine': 'hnsw',
    });
  });

  it('tell of addresses the service, of headers the names, of lists and texts the length', () => {
    assert.deepEqual(
      linesOf({
        'embedding.baseUrl': 'https://zq.internal/v1',
        'embedding.model': 'zq',
        'embedding.headers': { 'X-Team': 'zq-value', 'not a header': 'zq' },
        'embedding.organization': 'zq-org',
        'files.exclude': ['zq/**', 'b'],
        'search.mode': 'zq',
        'rerank.baseUrl': 'https://api.cohere.com',
      }),
      {
        'embedding.baseUrl': 'other',
        'embedding.model': 'other',
        'embedding.headers': '2 entries: X-Team',
        'embedding.organization': 'a text of 6 characters',
        'files.exclude': '2 entries',
        'search.mode': 'a text of 2 characters',
        'rerank.baseUrl': 'cohere.com',
      },
    );
  });
});
