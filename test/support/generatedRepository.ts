import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { seededRandom } from '../../src/util/seededRandom.ts';

const verbs = ['open', 'close', 'parse', 'render', 'merge', 'split', 'retry', 'cancel', 'encode', 'verify', 'schedule'];
const nouns = ['socket', 'token', 'invoice', 'schema', 'cursor', 'batch', 'session', 'header', 'widget', 'ledger'];

/** Writes and changes a folder of source files of several languages; the same seed makes the same files. */
export class GeneratedRepository {
  readonly root: string;
  readonly #random: () => number;
  readonly #paths: string[] = [];
  #made = 0;

  constructor(root: string, seed: number) {
    this.root = root;
    this.#random = seededRandom(seed);
  }

  /** Adds files; about six chunks each. */
  async add(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const path = `src/part${this.#made % 7}/${this.#pick(nouns)}${this.#made++}.${this.#pick(['ts', 'py', 'go', 'md'])}`;
      await this.#write(path);
      this.#paths.push(path);
    }
  }

  /** What an hour of work or a branch switch does: some files edited, added, deleted and, if asked, renamed. */
  async change(options: { readonly renames: boolean }): Promise<void> {
    for (let index = 0; index < 6; index++) {
      const position = Math.floor(this.#random() * this.#paths.length);
      const path = this.#paths[position] ?? '';
      const dice = this.#random();
      if (dice < 0.6) {
        await this.#write(path);
      } else if (dice < 0.8 && options.renames) {
        const renamed = path.replace(/(\w+)(\.\w+)$/, `$1moved${this.#made++}$2`);
        await rename(join(this.root, path), join(this.root, renamed));
        this.#paths[position] = renamed;
      } else {
        await rm(join(this.root, path));
        this.#paths.splice(position, 1);
      }
    }
    await this.add(2);
  }

  async #write(path: string): Promise<void> {
    const extension = path.slice(path.lastIndexOf('.') + 1);
    const units = Array.from({ length: 4 + Math.floor(this.#random() * 5) }, () => this.#unit(extension));
    const text = extension === 'go' ? `package part\n\n${units.join('\n')}` : units.join('\n');
    await mkdir(dirname(join(this.root, path)), { recursive: true });
    await writeFile(join(this.root, path), text);
  }

  #unit(extension: string): string {
    const name = `${this.#pick(verbs)}_${this.#pick(nouns)}_${this.#made++}`;
    const lines = Array.from({ length: 8 + Math.floor(this.#random() * 30) }, () => this.#line());
    switch (extension) {
      case 'py':
        return `def ${name}(value):\n${lines.map((line) => `    ${line}`).join('\n')}\n    return value\n`;
      case 'go':
        return `func ${name}(value int) int {\n${lines.map((line) => `\t${line}`).join('\n')}\n\treturn value\n}\n`;
      case 'md':
        return `## ${name}\n\n${lines.join('\n')}\n`;
      default:
        return `export function ${name}(value) {\n${lines.map((line) => `  ${line};`).join('\n')}\n  return value;\n}\n`;
    }
  }

  #line(): string {
    return `value = ${this.#pick(verbs)}_${this.#pick(nouns)}(value, ${Math.floor(this.#random() * 1e6)})`;
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }
}
