import { throwIfAborted } from '../../protocol/errors.ts';
import type { FolderIndex } from './folderIndex.ts';

/**
 * What `read` makes of the open folders; once more with those that are left when one is closed meanwhile. Rejects with
 * CancelledError when the signal fires, and with what `read` rejects with while all its folders are open.
 *
 * @param folders those that are open at this moment
 * @param read `areOpen`: whether all folders it was given still are
 */
export async function whileOpen<T>(
  folders: () => readonly FolderIndex[],
  read: (open: readonly FolderIndex[], areOpen: () => boolean) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (;;) {
    const before = folders();
    const areOpen = (): boolean => {
      const now = folders();
      return before.every((folder) => now.includes(folder));
    };
    try {
      const result = await read(before, areOpen);
      if (areOpen()) return result;
    } catch (error) {
      throwIfAborted(signal);
      // What a folder answers while it is being closed says nothing about the others.
      if (areOpen()) throw error;
    }
  }
}
