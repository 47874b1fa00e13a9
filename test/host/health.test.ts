import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { HealthCheck, HealthReport } from '../../src/protocol/types.ts';
import { LatencyLog } from '../../src/vscode/latencyLog.ts';
import { healthNotice } from '../../src/vscode/notices.ts';
import type { Overview } from '../../src/vscode/overview.ts';
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
    assert.match(healthNotice(report('disk'))?.message ?? '', /nearly full: make room.*what disk saw/);
    for (const name of ['database', 'index', 'disk'] as const) {
      assert.equal(healthNotice(report(name))?.severity, 'warning');
    }
  });

  it('leaves a provider that failed to the notice it has anyway', () => {
    assert.equal(healthNotice(report('provider')), undefined);
    assert.match(healthNotice(report('provider', 'disk'))?.message ?? '', /nearly full/);
  });

  it('is in the tooltip of the status bar', () => {
    const notice = healthNotice(report('disk'));
    const { value } = statusTooltip({ status: undefined, notice } as Overview, new LatencyLog(), String);
    assert.match(value, /^\$\(warning\) The(&nbsp;| )disk/m);
  });
});
