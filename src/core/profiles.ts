import type { ProfileKind } from '../protocol/engineApi.ts';
import { AppError } from '../protocol/errors.ts';
import { type Phrase, phrase } from '../protocol/phrase.ts';
import type { Platform, ProfileRecording } from './ports.ts';

const names: Readonly<Record<ProfileKind, Phrase>> = { cpu: phrase`CPU profile`, heap: phrase`heap profile` };

/** The profiles that are being recorded, one of each kind at most. */
export class Profiles {
  readonly #platform: Pick<Platform, 'startProfile' | 'storage'>;
  readonly #recordings = new Map<ProfileKind, Promise<ProfileRecording>>();

  constructor(platform: Pick<Platform, 'startProfile' | 'storage'>) {
    this.#platform = platform;
  }

  /** Rejects with AppError `ProfileRunning` when one of this kind is being recorded. */
  async start(kind: ProfileKind): Promise<void> {
    if (this.#recordings.has(kind)) {
      throw new AppError(
        'ProfileRunning',
        phrase`A ${names[kind]} is being recorded already. Stop it, then start the next.`,
      );
    }
    const recording = this.#platform.startProfile(kind);
    this.#recordings.set(kind, recording);
    try {
      await recording;
    } catch (error) {
      this.#recordings.delete(kind);
      throw error;
    }
  }

  /** Rejects with AppError `NotFound` when none is being recorded, `DiskFull` or `StorageFailed`. */
  async stop(kind: ProfileKind, path: string): Promise<void> {
    const recording = this.#recordings.get(kind);
    if (recording === undefined) {
      throw new AppError(
        'NotFound',
        phrase`No ${names[kind]} is being recorded; one that was is lost when the engine starts anew. Record another.`,
      );
    }
    this.#recordings.delete(kind);
    const bytes = await (await recording).stop();
    await this.#platform.storage.replace(path, async (file) => file.write(bytes, 0));
  }

  /** Ends what is being recorded; nothing is kept. */
  async dispose(): Promise<void> {
    const recordings = [...this.#recordings.values()];
    this.#recordings.clear();
    await Promise.allSettled(recordings.map(async (recording) => (await recording).stop()));
  }
}
