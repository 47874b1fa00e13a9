import type { ExcludeGlob, FilesConfig } from '../../protocol/config.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { RelativePath } from '../../protocol/types.ts';
import type { FileStat } from '../ports.ts';
import { isLockFile } from './lockFile.ts';
import { secretPath } from './secretPath.ts';
import { SettingsGlob } from './settingsGlob.ts';
import type { Skip } from './verdict.ts';

const minifiedName = /\.min\.(?:js|mjs|cjs|css|html|svg)$/i;
const sourceMapName = /\.(?:js|mjs|cjs|jsx|ts|css)\.map$/i;

/** The rules of the settings and of the product, compiled: globs, limits and telling names. */
export class SettingsRules {
  readonly #include: readonly SettingsGlob[];
  readonly #exclude: readonly { readonly rule: ExcludeGlob; readonly glob: SettingsGlob }[];
  readonly #maxFileBytes: number;

  constructor(config: FilesConfig) {
    this.#include = config.include.map((glob) => new SettingsGlob(glob));
    this.#exclude = config.exclude.map((rule) => ({ rule, glob: new SettingsGlob(rule.glob) }));
    this.#maxFileBytes = config.maxFileBytes;
  }

  /** The exclude glob that matches this very path. */
  excluding(path: RelativePath): ExcludeGlob | undefined {
    return this.#exclude.find(({ glob }) => glob.matches(path))?.rule;
  }

  /** Does an include glob match this very path? Without include globs everything is included. */
  includes(path: RelativePath): boolean {
    return this.#include.length === 0 || this.#include.some((glob) => glob.matches(path));
  }

  /**
   * Why a file is skipped as far as its path tells.
   * @param isIncluded A directory above is included.
   */
  skipByName(path: RelativePath, isIncluded: boolean): Skip | undefined {
    const exclude = this.excluding(path);
    if (exclude !== undefined) {
      return { reason: 'excluded', detail: phrase`Excluded by ${exclude.glob} (${exclude.source}).` };
    }
    if (!isIncluded && !this.includes(path)) {
      return { reason: 'notIncluded', detail: phrase`Not matched by any of the include globs.` };
    }
    const secret = secretPath(path);
    if (secret !== undefined) return { reason: 'secret', detail: phrase`Never read: ${secret}.` };
    if (isLockFile(path))
      return { reason: 'lockFile', detail: phrase`Written by a package manager: resolved dependencies.` };
    if (minifiedName.test(path))
      return { reason: 'minified', detail: phrase`The name says that it is minified (.min).` };
    if (sourceMapName.test(path)) return { reason: 'generated', detail: phrase`A source map, written by a compiler.` };
    return undefined;
  }

  /** Why a file is skipped as far as its size tells. */
  skipBySize({ bytes }: FileStat): Skip | undefined {
    if (bytes === 0) return { reason: 'empty', detail: phrase`The file is empty.` };
    if (bytes > this.#maxFileBytes) {
      const detail = phrase`${bytes} bytes are more than the limit of ${this.#maxFileBytes} bytes (files.maxFileBytes).`;
      return { reason: 'tooLarge', detail };
    }
    return undefined;
  }
}
