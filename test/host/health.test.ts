import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defaultConfig, type EngineConfig } from '../../src/protocol/config.ts';
import type { HealthCheck, HealthReport } from '../../src/protocol/types.ts';
import { LatencyLog } from '../../src/vscode/latencyLog.ts';
import { healthNotice } from '../../src/vscode/notices.ts';
import { Overview, type OverviewOptions } from '../../src/vscode/overview.ts';
import { RemotePermission } from '../../src/vscode/remotePermission.ts';
import { statusTooltip } from '../../src/vscode/statusTooltip.ts';

const names = ['engine', 'provider', 'database', 'index', 'disk'] as const;

/** A report in which these checks failed. */
function report(...failed: readonly HealthCheck['name'][]): HealthReport {
  const checks = names.map((name) => ({ name, ok: !failed.includes(name), detail: `what ${name} saw` }));
  return { ok: failed.length === 0, ms: 1, checks };
}

describe('health in the editor', () => {
  it('is no news while all is well', () => {
    assert.equal(healthNotice(report()), undefined);
  });

  it('is a warning that names what failed and what to do', () => {
    assert.match(
      healthNotice(report('database'))?.message ?? '',
      /cannot be written.*Reload the window.*what database saw/,
    );
    const index = healthNotice(report('index'));
    assert.match(index?.message ?? '', /vectors are missing.*Index the workspace/);
    assert.equal(index?.action?.id, 'indexWorkspace');
    assert.match(
      healthNotice(report('disk'))?.message ?? '',
      /little room or cannot be read\. Make room.*what disk saw/,
    );
    for (const name of ['database', 'index', 'disk'] as const) {
      assert.equal(healthNotice(report(name))?.severity, 'warning');
    }
  });

  it('leaves a provider that failed to the notice it has anyway', () => {
    assert.equal(healthNotice(report('provider')), undefined);
    assert.match(healthNotice(report('provider', 'disk'))?.message ?? '', /little room/);
  });

  it('comes before the permission that a provider waits for', () => {
    const noticeWith = (health: HealthReport): string | undefined => {
      const source = () => ({ dispose: () => undefined });
      const engine: EngineConfig = { ...defaultConfig, embedding: { ...defaultConfig.embedding, provider: 'openai' } };
      const overview = new Overview({
        model: { onDidChange: source, health },
        indexer: { onDidChangeState: source },
        folders: { onDidOpen: source, onDidClose: source, all: [{ id: 'one' }] },
        configuration: { onDidChange: source, settings: { engine } },
        permission: new RemotePermission({
          state: { get: () => undefined, update: () => Promise.resolve() },
          isTrusted: () => true,
          ask: () => Promise.resolve(undefined),
        }),
      } as unknown as OverviewOptions);
      return overview.notice?.message;
    };
    assert.match(noticeWith(report('disk')) ?? '', /little room/);
    assert.match(noticeWith(report()) ?? '', /once you allow it/);
  });

  it('is in the tooltip of the status bar', () => {
    const notice = healthNotice(report('disk'));
    const { value } = statusTooltip({ status: undefined, notice } as Overview, new LatencyLog(), String);
    assert.match(value, /^\$\(warning\) The(&nbsp;| )disk/m);
  });
});
