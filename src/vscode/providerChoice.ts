import * as vscode from 'vscode';
import type { EmbeddingConfig } from '../protocol/config.ts';
import type { EndpointTest } from '../protocol/costs.ts';
import type { EngineApi } from '../protocol/engineApi.ts';
import { type AppError, CancelledError, toAppError } from '../protocol/errors.ts';
import type { ApiKeys } from './apiKeys.ts';
import { withSignal } from './cancellation.ts';
import { chosenConfig } from './chosenConfig.ts';
import type { Configuration } from './configuration.ts';
import { formatCount } from './formatCount.ts';
import { sayNotice } from './errorMessages.ts';
import type { Folders } from './folders.ts';
import { restrictedNotice } from './notices.ts';
import { detailText, sumText } from './planPick.ts';
import { askStep, type Draft, type StepName, stepsOf } from './providerSteps.ts';
import { providerPresets } from './providerPresets.ts';
import { back, pickStep } from './quickSteps.ts';
import type { RemotePermission } from './remotePermission.ts';
import { saveProvider } from './saveProvider.ts';
import { planWorkspace } from './workspacePlan.ts';

const { l10n } = vscode;

export interface ProviderChoiceOptions {
  readonly engine: Pick<EngineApi, 'plan' | 'testEndpoint'>;
  readonly configuration: Configuration;
  readonly folders: Folders;
  readonly keys: ApiKeys;
  readonly permission: Pick<RemotePermission, 'isTrusted' | 'revoke'>;
  readonly start: () => Promise<void>;
  readonly indexWorkspace: () => Promise<void>;
}

/** What the tried endpoint is to be: used now, used without indexing, or not. */
type Verdict = 'index' | 'save' | typeof back | undefined;

/**
 * Leads step by step to an embedding provider that works: which one, where, with what key and model, one request of
 * made-up words, what this workspace would take. Nothing is changed before the end, and no code is sent here: what was
 * allowed before is asked for again.
 */
export async function chooseProvider(options: ProviderChoiceOptions): Promise<void> {
  if (!options.permission.isTrusted) {
    sayNotice(restrictedNotice());
    return;
  }
  await options.start();
  const draft = draftOf(options.configuration.settings.engine.embedding);
  for (let name: StepName = 'preset', problem: string | undefined; ;) {
    const isComplete = await askFrom(name, draft, problem, options);
    if (!isComplete) return;
    const config = configOf(draft, options.configuration.settings.engine.embedding);
    if (config === undefined) {
      await saveProvider(undefined, options);
      void vscode.window.showInformationMessage(
        l10n.t('The embedded model turns code into vectors, on this computer.'),
      );
      return;
    }
    const tried = await tryOut(config, draft, options);
    if (tried === 'cancelled') return;
    if ('code' in tried) {
      problem = tried.message;
      name = wrongStep(tried, draft);
      continue;
    }
    const verdict = await confirm(config, tried, draft, options);
    if (verdict === undefined) return;
    if (verdict === back) {
      problem = undefined;
      name = 'model';
      continue;
    }
    await saveProvider({ config, key: draft.key }, options);
    if (verdict === 'index') await options.indexWorkspace();
    else void vscode.window.showInformationMessage(l10n.t('{0} is set. Nothing of your code was sent.', config.model));
    return;
  }
}

/** Asks from this step on to the last one before the trial. False: the user left. */
async function askFrom(
  first: StepName,
  draft: Draft,
  firstProblem: string | undefined,
  { keys }: ProviderChoiceOptions,
): Promise<boolean> {
  let problem = firstProblem;
  for (let index = stepsOf(draft).indexOf(first); index < stepsOf(draft).length;) {
    const steps = stepsOf(draft);
    const name = steps[index];
    if (name === undefined) return false;
    const title = l10n.t('Choose Embedding Provider');
    const about = { title, step: index + 1, totalSteps: name === 'preset' ? undefined : steps.length + 1, problem };
    const result = await askStep(name, { draft, about, storedKey: async (baseUrl) => keys.get(baseUrl) });
    if (result === undefined) return false;
    problem = undefined;
    index += result === back ? -1 : 1;
  }
  return true;
}

/** The settings in force as the first answers. */
function draftOf({ baseUrl, model, provider }: EmbeddingConfig): Draft {
  if (provider === 'embedded') return { preset: 'embedded', baseUrl: '', key: '', model: undefined };
  const other = providerPresets.find(({ id }) => id === 'other');
  const preset = providerPresets.find((one) => one.baseUrl === baseUrl) ?? other;
  return { preset, baseUrl, key: '', model: preset?.models.find(({ name }) => name === model) ?? { name: model } };
}

/** Undefined: the embedded model. */
function configOf({ preset, baseUrl, model }: Draft, present: EmbeddingConfig): EmbeddingConfig | undefined {
  if (preset === undefined || preset === 'embedded' || model === undefined) return undefined;
  return chosenConfig(present, { baseUrl, model });
}

async function tryOut(
  config: EmbeddingConfig,
  { key }: Draft,
  { engine, keys }: ProviderChoiceOptions,
): Promise<EndpointTest | AppError | 'cancelled'> {
  const apiKey = key === '' ? await keys.get(config.baseUrl) : key;
  const title = l10n.t('Asking {0} for a vector of made-up words', config.model);
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_progress, token) => {
      try {
        const credentials = apiKey === undefined ? {} : { apiKey };
        return await withSignal(token, async (signal) => engine.testEndpoint(config, credentials, signal));
      } catch (error) {
        if (error instanceof CancelledError) return 'cancelled';
        return toAppError(error);
      }
    },
  );
}

/** The step whose answer is most likely what the endpoint did not like. */
function wrongStep({ code }: AppError, draft: Draft): StepName {
  const steps = stepsOf(draft);
  const suspect = code === 'ProviderAuth' ? 'key' : code === 'ProviderModel' ? 'model' : 'baseUrl';
  return steps.includes(suspect) ? suspect : 'model';
}

async function confirm(
  config: EmbeddingConfig,
  { dimensions, endpoint, latencyMs }: EndpointTest,
  draft: Draft,
  { configuration, engine, folders }: ProviderChoiceOptions,
): Promise<Verdict> {
  const totalSteps = stepsOf(draft).length + 1;
  const isOpen = folders.all.length > 0;
  const works: VerdictItem = {
    label: `$(pass) ${l10n.t('{0} answered in {1} ms', config.model, formatCount(Math.round(latencyMs)))}`,
    detail: l10n.t('{0}, vectors of {1} dimensions', endpoint, formatCount(dimensions)),
  };
  const plan = isOpen ? await planWorkspace(engine, folders.all, config, []) : undefined;
  const planned: VerdictItem[] =
    plan === undefined ? [] : [{ label: `$(info) ${sumText(plan)}`, detail: detailText(plan) }];
  const { baseUrl, headers, organization } = configuration.settings.engine.embedding;
  const isLeavingBehind =
    Object.keys(headers).length > Object.keys(config.headers).length || organization !== config.organization;
  const leftBehind: VerdictItem[] = isLeavingBehind
    ? [{ label: `$(info) ${l10n.t('Headers and organization in the settings go: they were for {0}', baseUrl)}` }]
    : [];
  const index: VerdictItem = {
    label: `$(database) ${l10n.t('Use It and Index This Workspace')}`,
    description: l10n.t('asks before any code is sent'),
    verdict: 'index',
  };
  const save: VerdictItem = {
    label: `$(save) ${isOpen ? l10n.t('Use It, Index Later') : l10n.t('Use It')}`,
    verdict: 'save',
  };
  for (;;) {
    const chosen = await pickStep<VerdictItem>({
      title: l10n.t('Choose Embedding Provider'),
      ...{ step: totalSteps, totalSteps },
      placeholder: l10n.t('The endpoint works. Nothing of your code was sent, nothing is saved yet.'),
      items: [works, ...planned, ...leftBehind, ...(isOpen ? [index] : []), save],
      active: isOpen ? index : save,
    });
    if (chosen === undefined || chosen === back) return chosen;
    // A row that only tells something stays.
    if (chosen.verdict !== undefined) return chosen.verdict;
  }
}

type VerdictItem = vscode.QuickPickItem & { readonly verdict?: 'index' | 'save' };
