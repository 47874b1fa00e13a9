import type { Session } from 'node:inspector/promises';
import type { ProfileRecording } from '../core/ports.ts';
import type { ProfileKind } from '../protocol/engineApi.ts';

/**
 * Samples this thread, main or worker, by V8's own profilers through an inspector session within the process: no port is
 * opened. CPU: a sample a millisecond; heap: one every 32 KiB allocated on average, of what is still alive at the end
 * (V8's defaults).
 */
export async function startProfile(kind: ProfileKind): Promise<ProfileRecording> {
  // Only now: a Node that was built without its inspector runs everything else.
  const inspector = await import('node:inspector/promises');
  const session = new inspector.Session();
  session.connect();
  try {
    await begin[kind](session);
  } catch (error) {
    session.disconnect();
    throw error;
  }
  return {
    async stop() {
      try {
        return Buffer.from(JSON.stringify(await end[kind](session)));
      } finally {
        session.disconnect();
      }
    },
  };
}

const begin: Readonly<Record<ProfileKind, (session: Session) => Promise<void>>> = {
  cpu: async (session) => {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
  },
  heap: async (session) => {
    await session.post('HeapProfiler.enable');
    await session.post('HeapProfiler.startSampling');
  },
};

const end: Readonly<Record<ProfileKind, (session: Session) => Promise<object>>> = {
  cpu: async (session) => (await session.post('Profiler.stop')).profile,
  heap: async (session) => (await session.post('HeapProfiler.stopSampling')).profile,
};
