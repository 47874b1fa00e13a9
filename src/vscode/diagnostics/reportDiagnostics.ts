import { randomUUID } from 'node:crypto';
import { cpus, freemem, homedir, hostname, release, totalmem } from 'node:os';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { EngineApi } from '../../protocol/engineApi.ts';
import { toAppError } from '../../protocol/errors.ts';
import type { Folders } from '../folders.ts';
import type { HostMetrics } from '../hostMetrics.ts';
import type { OutputLog } from '../outputLog.ts';
import { readSetting } from '../settings.ts';
import { type DiagnosticsContent, diagnosticsReport } from './diagnosticsReport.ts';
import { Redaction } from './redaction.ts';
import { settingLines } from './settingLines.ts';

export interface ReportDiagnosticsOptions {
  readonly engine: Pick<EngineApi, 'health' | 'metrics' | 'status'>;
  readonly folders: Pick<Folders, 'all'>;
  readonly metrics: Pick<HostMetrics, 'merge'>;
  readonly log: Pick<OutputLog, 'lastCrash' | 'recent'>;
  readonly context: Pick<vscode.ExtensionContext, 'extension' | 'globalState'>;
}

const { l10n } = vscode;
const saltKey = 'diagnostics.salt';

/** What a report tells: `redacted`: no names and paths; `named`: these as well. Never keys, queries or code. */
const reportKinds = ['redacted', 'named'] as const;
type ReportKind = (typeof reportKinds)[number];

/**
 * Puts together what a maintainer needs and opens it as an unsaved document, to be read before anybody else gets it.
 *
 * @param kind From whoever runs the command by its id; anything else asks.
 */
export async function reportDiagnostics(kind: unknown, options: ReportDiagnosticsOptions): Promise<void> {
  const chosen = reportKinds.find((one) => one === kind) ?? (await askForKind());
  if (chosen === undefined) return;
  const redaction = await createRedaction(chosen, options);
  const report = diagnosticsReport(await collect(options), redaction);
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: report });
  await vscode.window.showTextDocument(document);
  // Not waited for: the notice may stay for as long as the document is read.
  void offer(document, options.context);
}

async function askForKind(): Promise<ReportKind | undefined> {
  const picked = await vscode.window.showQuickPick(
    [
      {
        kind: 'redacted' as const,
        label: l10n.t('Without names and paths'),
        detail: l10n.t('Folders have marks instead of names; of addresses only well-known services are named.'),
      },
      {
        kind: 'named' as const,
        label: l10n.t('With names and paths'),
        detail: l10n.t('Names of folders, files and hosts are told. Never keys, queries or code.'),
      },
    ].map(({ kind, ...item }) => ({ ...item, report: kind })),
    {
      title: l10n.t('Report Diagnostics'),
      placeHolder: l10n.t('Opens a document for you to read. Nothing is sent.'),
    },
  );
  return picked?.report;
}

async function createRedaction(kind: ReportKind, { context, folders }: ReportDiagnosticsOptions): Promise<Redaction> {
  const { globalState } = context;
  const salt = globalState.get<string>(saltKey) ?? randomUUID();
  await globalState.update(saltKey, salt);
  return new Redaction({
    salt,
    folders: folders.all.map(({ id, uri, name }) => ({ folderId: id, root: uri.fsPath, name })),
    names: [homedir(), basename(homedir()), hostname()],
    showNames: kind === 'named',
  });
}

async function collect({ engine, metrics, log, context }: ReportDiagnosticsOptions): Promise<DiagnosticsContent> {
  return {
    at: Date.now(),
    environment: environmentOf(context.extension),
    settings: settingLines(readSetting),
    engine: await askEngine(engine, metrics),
    log: log.recent,
    lastCrash: log.lastCrash,
  };
}

/** An engine that does not answer is what many a report is about. */
async function askEngine(
  engine: ReportDiagnosticsOptions['engine'],
  metrics: ReportDiagnosticsOptions['metrics'],
): Promise<DiagnosticsContent['engine']> {
  try {
    const [status, health, snapshot] = await Promise.all([engine.status(), engine.health(), engine.metrics()]);
    return { status, health, metrics: metrics.merge(snapshot) };
  } catch (error) {
    const { code, message } = toAppError(error);
    return { failure: `${code}: ${message}` };
  }
}

function environmentOf({ packageJSON }: vscode.Extension<unknown>): [name: string, value: string][] {
  const { version } = packageJSON as { version: string };
  const [cpu] = cpus();
  const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return [
    ['CodeWeaver Search', version],
    ['VS Code', `${vscode.version} (${vscode.env.appHost}, ${vscode.env.language})`],
    ['remote', remoteKind(vscode.env.remoteName)],
    ['system', `${process.platform} ${process.arch} ${release()}`],
    ['Node', process.versions.node],
    ['processor', `${cpus().length} × ${cpu?.model ?? 'unknown'}`],
    ['memory', `${gibibytes(totalmem())}, ${gibibytes(freemem())} free`],
    ['workspace', `${vscode.workspace.isTrusted ? 'trusted' : 'Restricted Mode'}`],
  ];
}

/** Some remotes are named by their address. */
function remoteKind(name: string | undefined): string {
  if (name === undefined) return 'none';
  return /^(?:ssh-remote|wsl|dev-container|attached-container|codespaces|tunnel)$/u.test(name) ? name : 'other';
}

async function offer(document: vscode.TextDocument, { extension }: ReportDiagnosticsOptions['context']): Promise<void> {
  const { bugs } = extension.packageJSON as { bugs?: { url?: string } };
  const copy = l10n.t('Copy');
  const openIssues = l10n.t('Open Issues Page');
  const choice = await vscode.window.showInformationMessage(
    l10n.t('Read the report before you share it. Nothing was sent.'),
    ...[copy, ...(bugs?.url === undefined ? [] : [openIssues])],
  );
  if (choice === undefined) return;
  // As it stands now: the user may have taken something out.
  await vscode.env.clipboard.writeText(document.getText());
  if (choice === openIssues && bugs?.url !== undefined) await vscode.env.openExternal(vscode.Uri.parse(bugs.url));
}
