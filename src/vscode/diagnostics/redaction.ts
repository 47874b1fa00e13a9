import { createHash } from 'node:crypto';
import type { LogRecord } from '../../protocol/engineApi.ts';
import { listPrice } from '../../util/embeddingPrices.ts';
import { redactKeys, redactText } from './redactText.ts';

/** A folder of the workspace as its paths and ids name it. */
export interface NamedFolder {
  readonly folderId: string;
  readonly root: string;
  readonly name: string;
}

export interface RedactionOptions {
  readonly folders: readonly NamedFolder[];
  /** Names that look like words: of the user and the machine. */
  readonly names: readonly string[];
  /** Keeps one folder's mark the same from report to report, and the folder from being guessed by it. */
  readonly salt: string;
  /** The user wants names and paths to be told. Keys are left out all the same. */
  readonly showNames: boolean;
}

/** Services that say nothing about who uses them. */
const publicHosts =
  /(?:^|\.)(openai\.com|openai\.azure\.com|voyageai\.com|mistral\.ai|cohere\.com|cohere\.ai|jina\.ai|googleapis\.com|together\.xyz|siliconflow\.(?:cn|com)|huggingface\.co|github\.com|openrouter\.ai)$/iu;
const localHosts = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0)$/iu;
/** Fields with one of the product's own words. */
const ownWords = new Set(
  'phase state code level engine way plan action integrity provider id mode kind stage name'.split(' '),
);

/** As the engine names its fields: camelCase. */
const fieldName = /^(?=.{1,24}$)[a-z]+(?:[A-Z][a-z]+|\d{1,3})*$/u;

/** Which service an address is of: `openai.com`, `localhost` or `other`. */
export function hostClass(address: string): string {
  const host = URL.parse(address)?.hostname ?? URL.parse(`http://${address}`)?.hostname ?? '';
  if (localHosts.test(host)) return 'localhost';
  return publicHosts.exec(host)?.[1]?.toLowerCase() ?? 'other';
}

/** A model that its maker has a price list for; others may be named by their owners. */
export function modelClass(model: string): string {
  return model === '' || listPrice(model, 1) === undefined ? 'other' : model.replace(/^.*\//u, '');
}

/** Leaves out what a report must not tell. */
export class Redaction {
  readonly #options: RedactionOptions;
  readonly #known: readonly string[];

  constructor(options: RedactionOptions) {
    this.#options = options;
    const ofFolders = options.folders.flatMap(({ folderId, root, name }) => [folderId, root, name]);
    this.#known = [...new Set([...ofFolders, ...options.names])].sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    return this.#options.showNames ? redactKeys(text) : redactText(text, this.#known);
  }

  /** By its id or path: the path, or a mark that stays the same. */
  folder(folder: string): string {
    const found = this.#options.folders.find(({ folderId, root }) => folder === folderId || folder === root);
    const path = found?.root ?? folder;
    if (this.#options.showNames) return path;
    return `folder-${createHash('sha256').update(this.#options.salt).update(path).digest('hex').slice(0, 8)}`;
  }

  /** A record of the log in one line. Strings are told only where they are the product's own words or prose. */
  record({ level, message, fields = {} }: LogRecord): string {
    const values = Object.entries(fields).map(([name, value]) => `${name}=${this.#field(name, value)}`);
    return [level, this.text(message), ...values].join(' ').replaceAll('`', '´');
  }

  /** Any value of the engine: numbers as they are, strings as their field allows, whatever fields there may be. */
  value(value: unknown, field = ''): unknown {
    if (typeof value === 'string') return this.#field(field, value);
    if (Array.isArray(value)) return value.map((item) => this.value(item, field));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([name]) => name !== 'phrase');
    return Object.fromEntries(entries.map(([name, item]) => [this.#key(name), this.value(item, name)]));
  }

  #field(name: string, value: string | number | boolean): string {
    if (typeof value !== 'string') return String(value);
    switch (name) {
      case 'folderId':
      case 'root':
      case 'folder':
        return this.folder(value);
      case 'endpoint':
      case 'host':
      case 'baseUrl':
        return this.#options.showNames ? redactKeys(value) : hostClass(value);
      case 'model':
        return this.#options.showNames ? redactKeys(value) : modelClass(value);
      case 'error':
      case 'reason':
      case 'message':
      case 'detail':
        return this.text(value);
    }
    if (this.#options.showNames) return redactKeys(value);
    return ownWords.has(name) && /^[A-Za-z]{1,24}$/u.test(value) ? value : '[text]';
  }

  /** Keys of the engine's values are its own names; one that is not might be a path. */
  #key(name: string): string {
    return this.#options.showNames || fieldName.test(name) ? name : '[name]';
  }
}
