import * as vscode from 'vscode';
import { listPrice } from '../util/embeddingPrices.ts';
import { formatDollars } from './costTexts.ts';
import { listModels } from './endpointModels.ts';
import { formatCount } from './formatCount.ts';
import { providerPresets, type PresetModel, type ProviderPreset } from './providerPresets.ts';
import { back, inputStep, pickStep, type StepOptions } from './quickSteps.ts';

const { l10n } = vscode;

/** What was answered so far. */
export interface Draft {
  preset: ProviderPreset | 'embedded' | undefined;
  baseUrl: string;
  /** As typed; '' = the one that is stored, or none. */
  key: string;
  model: PresetModel | { readonly name: string } | undefined;
}

export type StepName = 'preset' | 'baseUrl' | 'key' | 'model';
/** `done`: the draft has the answer. */
type StepResult = 'done' | typeof back | undefined;

export interface StepContext {
  readonly draft: Draft;
  readonly about: Pick<StepOptions, 'problem' | 'step' | 'title' | 'totalSteps'>;
  readonly storedKey: (baseUrl: string) => Promise<string | undefined>;
}

/** The steps that this provider takes, before the last one, which tries it out. */
export function stepsOf({ preset }: Draft): readonly StepName[] {
  if (preset === 'embedded') return ['preset'];
  return [
    'preset',
    ...(preset?.isFixed === true ? [] : (['baseUrl'] as const)),
    ...(preset?.key === 'none' ? [] : (['key'] as const)),
    'model',
  ];
}

export async function askStep(name: StepName, context: StepContext): Promise<StepResult> {
  switch (name) {
    case 'preset':
      return askPreset(context);
    case 'baseUrl':
      return askBaseUrl(context);
    case 'key':
      return askKey(context);
    case 'model':
      return askModel(context);
  }
}

async function askPreset({ draft, about }: StepContext): Promise<StepResult> {
  const embedded = {
    label: l10n.t('Embedded model'),
    detail: l10n.t('Runs on this computer: no key, no server, no cost; nothing leaves it.'),
    preset: 'embedded' as const,
  };
  const items = [embedded, ...providerPresets.map((preset) => ({ ...presetTexts(preset), preset }))];
  const chosen = await pickStep<vscode.QuickPickItem & { readonly preset: Draft['preset'] }>({
    ...about,
    placeholder: l10n.t('What shall turn code into vectors?'),
    items,
    active: items.find(({ preset }) => preset === draft.preset),
  });
  if (chosen === undefined || chosen === back) return chosen;
  const { preset } = chosen;
  if (preset !== draft.preset) {
    draft.preset = preset;
    draft.baseUrl = preset === 'embedded' || preset === undefined ? '' : preset.baseUrl;
    draft.key = '';
    draft.model = undefined;
  }
  return 'done';
}

function presetTexts({ id, name, baseUrl, models }: ProviderPreset): vscode.QuickPickItem {
  const label = name ?? l10n.t('Another endpoint');
  switch (id) {
    case 'azure':
      return { label, detail: l10n.t('Your own deployment of a model, with its key.') };
    case 'other':
      return {
        label,
        detail: l10n.t('Any that speaks the OpenAI embeddings API: vLLM, llama.cpp, TEI, LiteLLM, a gateway.'),
      };
    case 'ollama':
    case 'lmStudio':
      return { label, description: baseUrl, detail: l10n.t('A server on this computer, or on one of your network.') };
    case 'openai':
    case 'voyage':
    case 'mistral':
      return { label, description: baseUrl, detail: models.map((model) => model.name).join(', ') };
  }
}

async function askBaseUrl({ draft, about }: StepContext): Promise<StepResult> {
  const answer = await inputStep({
    ...about,
    placeholder: l10n.t('Address of the API, without the last part (/embeddings).'),
    value: draft.baseUrl === '' ? 'http://localhost:8080/v1' : draft.baseUrl,
    validate: wrongBaseUrl,
  });
  if (answer === undefined || answer === back) return answer;
  // People paste the full address of the call.
  draft.baseUrl = answer.trim().replace(/\/+(?:embeddings\/*)?$/u, '');
  return 'done';
}

function wrongBaseUrl(text: string): string | undefined {
  const url = URL.parse(text.trim());
  if (url === null || !/^https?:$/u.test(url.protocol)) {
    return l10n.t('Enter an address that starts with http:// or https://.');
  }
  if (url.username !== '' || url.password !== '') return l10n.t('Leave the key out: the next step asks for it.');
  if (/RESOURCE/u.test(text)) return l10n.t('Put the name of your Azure resource in the place of RESOURCE.');
  return undefined;
}

async function askKey({ draft, about, storedKey }: StepContext): Promise<StepResult> {
  const isRequired = draft.preset !== 'embedded' && draft.preset?.key === 'required';
  const isStored = (await storedKey(draft.baseUrl)) !== undefined;
  const where = l10n.t('It is kept in the secret storage of the editor and sent to {0} only.', draft.baseUrl);
  const empty = isStored
    ? l10n.t('Empty: the key that is stored already.')
    : isRequired
      ? ''
      : l10n.t('Empty: no key.');
  const answer = await inputStep({
    ...about,
    placeholder: `${l10n.t('API key.')} ${where} ${empty}`.trim(),
    value: draft.key,
    password: true,
    validate: (text) => {
      if (/\S\s+\S/u.test(text.trim())) return l10n.t('Enter one key without spaces.');
      return text.trim() === '' && isRequired && !isStored ? l10n.t('Enter the key of your account.') : undefined;
    },
  });
  if (answer === undefined || answer === back) return answer;
  draft.key = answer.trim();
  return 'done';
}

type ModelItem = vscode.QuickPickItem & { readonly model: NonNullable<Draft['model']> };

async function askModel({ draft, about, storedKey }: StepContext): Promise<StepResult> {
  const { preset } = draft;
  if (preset === undefined || preset === 'embedded') return 'done';
  const items: ModelItem[] = preset.models.map((model) => ({
    label: model.name,
    description: modelText(model),
    model,
  }));
  const key = draft.key === '' ? await storedKey(draft.baseUrl) : draft.key;
  const listed = async (): Promise<readonly ModelItem[]> =>
    (await listModels(draft.baseUrl, key)).map((name) => ({
      label: name,
      description: l10n.t('listed by the endpoint'),
      model: preset.models.find((model) => model.name === name) ?? { name },
    }));
  const chosen = await pickStep<ModelItem>({
    ...about,
    placeholder:
      preset.id === 'azure'
        ? l10n.t('Name of the deployment: choose it or type it')
        : l10n.t('Model: choose one or type its name'),
    items,
    active: items.find(({ label }) => label === draft.model?.name),
    typed: (text) => {
      const isKnown = text === '' || items.some(({ label }) => label === text);
      return isKnown
        ? undefined
        : { label: text, description: l10n.t('as typed'), alwaysShow: true, model: { name: text } };
    },
    ...(preset.listsModels ? { more: listed() } : {}),
  });
  if (chosen === undefined || chosen === back) return chosen;
  draft.model = chosen.model;
  return 'done';
}

/** `1,536 dimensions, about $0.02 per million tokens`. */
function modelText({ name, dimensions }: PresetModel): string {
  const size = l10n.t('{0} dimensions', formatCount(dimensions));
  const dollars = listPrice(name, 1e6);
  return dollars === undefined ? size : l10n.t('{0}, {1} per million tokens', size, formatDollars(dollars));
}
