import type { ByteString } from './byteString.ts';
import { isTrue, lastValue, parseGitConfig } from './gitConfig.ts';
import type { GitLocation } from './gitDirectory.ts';
import { parseGitIndex } from './gitIndex.ts';
import type { TrackedFiles } from './trackedFiles.ts';

/** Reads a file of a git directory; one that is missing or unreadable gives undefined. */
export type ReadGitFile = (directory: string, name: string) => Promise<Uint8Array | undefined>;

/** What a repository says about the files of its working tree, read once. Paths: byte strings from the top. */
export class Repository {
  /** `core.ignoreCase`, which git sets on file systems that do not tell case apart. */
  readonly ignoreCase: boolean;
  /** The index, and below it the shared index where the repository splits it. */
  readonly #tracked: readonly TrackedFiles[];

  constructor(ignoreCase: boolean, tracked: readonly TrackedFiles[]) {
    this.ignoreCase = ignoreCase;
    this.#tracked = tracked;
  }

  /**
   * @param onDamagedIndex Told of an index that is not whole. It counts as an empty one: files that a rule ignores are
   *   then ignored even where git tracks them.
   */
  static async open(
    { gitDirectory, commonDirectory }: GitLocation,
    read: ReadGitFile,
    onDamagedIndex: (name: string) => void,
  ): Promise<Repository> {
    const config = parseGitConfig(new TextDecoder().decode(await read(commonDirectory, 'config')));
    const idLength = lastValue(config, 'extensions.objectformat')?.toLowerCase() === 'sha256' ? 32 : 20;
    const parse = async (name: string): Promise<ReturnType<typeof parseGitIndex>> => {
      const bytes = await read(gitDirectory, name);
      const index = bytes === undefined ? undefined : parseGitIndex(bytes, idLength);
      if (bytes !== undefined && index === undefined) onDamagedIndex(name);
      return index;
    };
    const index = await parse('index');
    const shared = index?.sharedIndex === undefined ? undefined : await parse(`sharedindex.${index.sharedIndex}`);
    return new Repository(
      isTrue(lastValue(config, 'core.ignorecase')),
      [index, shared].flatMap((part) => (part === undefined ? [] : [part.tracked])),
    );
  }

  /** A path the shared index has and the split one deleted counts as tracked: its bitmaps are not read. */
  tracks(path: ByteString): boolean {
    return this.#tracked.some((part) => part.has(path));
  }

  tracksBelow(directory: ByteString): boolean {
    return this.#tracked.some((part) => part.hasBelow(directory));
  }

  isSubmodule(path: ByteString): boolean {
    return this.#tracked.some((part) => part.isSubmodule(path));
  }
}
