import * as vscode from 'vscode';
import type { EngineApi } from '../protocol/engineApi.ts';
import type { EndpointProbe } from '../protocol/probe.ts';
import { maxProbeTokens } from '../util/probeCost.ts';
import { probeTable, profileLine } from '../util/probeReport.ts';
import { type ActivitySource, withActivityProgress } from './activityProgress.ts';
import type { Ask } from './ask.ts';
import type { Configuration } from './configuration.ts';
import { sayNotice } from './errorMessages.ts';
import { formatCount } from './formatCount.ts';
import { restrictedNotice } from './notices.ts';
import { editorWording } from './say.ts';
import type { RemotePermission } from './remotePermission.ts';

export interface ProbeCommandOptions {
  readonly engine: Pick<EngineApi, 'probe'> & ActivitySource;
  readonly configuration: Pick<Configuration, 'applyNow' | 'settings'>;
  readonly permission: Pick<RemotePermission, 'isTrusted'>;
  readonly ask: Ask;
}

const { l10n } = vscode;

/**
 * Says what a probe of the configured endpoint costs, runs it with progress that can be cancelled, and opens what was
 * found and stored as Markdown. No code is sent, so its own question is the only one; a folder need not be open.
 */
export async function runProbeCommand({ configuration, engine, permission, ask }: ProbeCommandOptions): Promise<void> {
  const { embedding } = configuration.settings.engine;
  if (embedding.provider === 'embedded') {
    void vscode.window.showInformationMessage(
      l10n.t('There is no endpoint to probe: the embedded model runs on this computer. Choose another provider first.'),
    );
    return;
  }
  if (!permission.isTrusted) {
    sayNotice(restrictedNotice());
    return;
  }
  const start = l10n.t('Probe');
  const tokens = formatCount(maxProbeTokens(embedding));
  const choice = await ask(
    l10n.t('Probe {0} with {1}?', embedding.baseUrl, embedding.model),
    l10n.t(
      'Some 10 to 30 requests of made-up words, at most {0} tokens, nothing of your code. What the endpoint accepts is stored as its profile, and requests keep to it from then on.',
      tokens,
    ),
    start,
  );
  if (choice !== start) return;
  await configuration.applyNow();
  const title = l10n.t('Probing {0}', embedding.model);
  const probe = await withActivityProgress(engine, 'probe', title, (signal) => engine.probe(signal));
  if (probe !== undefined) await showProbe(probe);
}

async function showProbe(probe: EndpointProbe): Promise<void> {
  const content = [
    `# ${probe.model} · ${probe.host}`,
    '',
    probeTable(probe, editorWording),
    l10n.t('Stored as the profile of the endpoint, which requests keep to where the settings allow more:'),
    '',
    profileLine(probe, editorWording),
    '',
  ].join('\n');
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'markdown', content }));
}
