import * as vscode from 'vscode';
import type { ErrorCode } from '../protocol/errors.ts';
import type { Failure, HealthReport } from '../protocol/types.ts';
import type { SearchViewStatus, ViewAction, ViewNotice } from '../protocol/views.ts';
import { sayDetail, sayWords } from './say.ts';

type NoticeCode = ErrorCode | 'NoProvider' | 'NoVectors';

const { l10n } = vscode;

/** A failure in the user's language, with the button that leads on. The engine's own words carry the particulars. */
export function noticeOf(failure: Failure): ViewNotice {
  const message = sayWords(failure);
  switch (failure.code as NoticeCode) {
    case 'NoProvider':
    case 'NoVectors':
      return notice('info', l10n.t('Searching by words until the first vectors are there.'));
    case 'WorkspaceUntrusted':
      return vscode.workspace.isTrusted
        ? notice(
            'info',
            l10n.t('Searching by words. The embedding provider is used once you allow it for this workspace.'),
            'indexWorkspace',
          )
        : notice('info', l10n.t('Searching by words. In Restricted Mode nothing is sent anywhere.'), 'manageTrust');
    case 'ProviderAuth':
      return notice('error', l10n.t('The embedding provider refused the API key. {0}', message), 'setApiKey');
    case 'ProviderInstallation':
      return notice(
        'error',
        l10n.t('Searching by words: what this extension brings along is not whole. {0}', message),
        'showLog',
      );
    case 'ProviderRateLimit':
      return notice('warning', l10n.t('The embedding provider is at its limit. {0}', message));
    case 'ProviderUnavailable':
    case 'ProviderTimeout':
      return notice('warning', l10n.t('The embedding provider does not answer. {0}', message), 'openSettings');
    case 'ProviderModel':
    case 'ProviderRequest':
    case 'ProviderResponse':
    case 'ProviderInputTooLong':
      return notice('error', l10n.t('The embedding provider cannot be used. {0}', message), 'openSettings');
    case 'BudgetReached':
      return notice('warning', l10n.t('The embedding budget is reached. {0}', message), 'raiseBudget');
    case 'IndexLocked':
      return notice('info', l10n.t('Another window indexes this folder; this one searches its index.'));
    case 'FolderNotFound':
      return notice('error', l10n.t('The folder cannot be read. {0}', message), 'showLog');
    case 'DiskFull':
      return notice('error', l10n.t('The disk is full: nothing can be indexed until there is room.'), 'showLog');
    case 'MemoryLimit':
      return notice('warning', l10n.t('Indexing stopped at the memory limit. {0}', message), 'openSettings');
    case 'DatabaseDamaged':
    case 'SnapshotDamaged':
      return notice('warning', l10n.t('The index was damaged. Index the workspace to rebuild it.'), 'indexWorkspace');
    case 'EngineCrashed':
      return notice('error', l10n.t('The search engine stopped several times and is paused for a moment.'), 'showLog');
    case 'ChannelClosed':
      return notice('warning', l10n.t('The search engine stopped. It restarts with the next search.'), 'showLog');
    case 'ProfileRunning':
      return notice('info', l10n.t('A profile of this kind is being recorded already. Its notification ends it.'));
    case 'StorageFailed':
    case 'ParserCrashed':
    case 'ParserTimeout':
    case 'VectorCapacity':
    case 'VectorDimension':
    case 'VectorNotFinite':
    case 'InvalidArgument':
    case 'IndexMissing':
    case 'NotFound':
    case 'FolderNotOpen':
    case 'Internal':
    case 'Cancelled':
      break;
  }
  return notice('error', l10n.t('Something went wrong. {0}', message), 'showLog');
}

/** Why results are not reranked, in the user's language, with the button that leads on. */
export function rerankNoticeOf(failure: Failure): ViewNotice {
  const message = sayWords(failure);
  switch (failure.code as ErrorCode) {
    case 'WorkspaceUntrusted':
      return vscode.workspace.isTrusted
        ? notice('info', l10n.t('Not reranked: allow the reranker for this workspace first.'), 'allowReranking')
        : notice('info', l10n.t('Not reranked: in Restricted Mode nothing is sent anywhere.'), 'manageTrust');
    case 'ProviderAuth':
      return notice('warning', l10n.t('Not reranked. {0}', message), 'setApiKey');
    default:
      return notice('warning', l10n.t('Not reranked. {0}', message), 'openSettings');
  }
}

/** For code that similar code cannot be found to. */
export function notIndexedNotice(path: string): ViewNotice {
  const message = l10n.t('{0} is not indexed, so nothing similar can be found yet.', path);
  return notice('info', message, 'indexWorkspace');
}

/** For what only Restricted Mode forbids. */
export function restrictedNotice(): ViewNotice {
  return notice('info', l10n.t('In Restricted Mode nothing is sent anywhere.'), 'manageTrust');
}

export function pausedNotice(): NonNullable<SearchViewStatus['notice']> {
  return notice('info', l10n.t('Indexing is paused.'), 'resumeIndexing');
}

export function failedFilesNotice(): ViewNotice {
  return notice('warning', l10n.t('Some files could not be indexed.'), 'showLog');
}

/** The first check that failed and what to do; a provider or reranker that failed has a notice of its own. Undefined when all is well. */
export function healthNotice({ checks }: HealthReport): ViewNotice | undefined {
  for (const check of checks) {
    if (check.ok) continue;
    const detail = sayDetail(check);
    switch (check.name) {
      case 'database':
        return notice(
          'warning',
          l10n.t(
            'The index cannot be written: what changes is not found. Reload the window to open it anew. {0}',
            detail,
          ),
          'showLog',
        );
      case 'index':
        return notice(
          'warning',
          l10n.t('Some vectors are missing in the index. Index the workspace to put them back.'),
          'indexWorkspace',
        );
      case 'disk':
        return notice(
          'warning',
          l10n.t(
            'The disk of the index has little room or cannot be read. Make room, or indexing may stop. {0}',
            detail,
          ),
          'showPerformance',
        );
      case 'engine':
      case 'provider':
      case 'reranker':
        break;
    }
  }
  return undefined;
}

function notice(severity: ViewNotice['severity'], message: string, action?: ViewAction): ViewNotice {
  return { severity, message: message.trim(), ...(action && { action: { id: action, label: labelOf(action) } }) };
}

function labelOf(action: ViewAction): string {
  switch (action) {
    case 'allowReranking':
      return l10n.t('Allow');
    case 'cancelIndexing':
      return l10n.t('Cancel');
    case 'indexWorkspace':
      return l10n.t('Index Workspace');
    case 'manageTrust':
      return l10n.t('Manage Trust');
    case 'openFolder':
      return l10n.t('Open Folder');
    case 'openSettings':
      return l10n.t('Open Settings');
    case 'raiseBudget':
      return l10n.t('Set Budget');
    case 'resumeIndexing':
      return l10n.t('Resume');
    case 'runBenchmark':
      return l10n.t('Run Benchmark');
    case 'setApiKey':
      return l10n.t('Set API Key');
    case 'showLog':
      return l10n.t('Show Log');
    case 'showPerformance':
      return l10n.t('Show Performance');
    case 'undoRemoveSearch':
      return l10n.t('Undo');
  }
}
