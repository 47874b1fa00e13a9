import { createHash } from 'node:crypto';
import type { Hasher } from '../core/ports.ts';

/** SHA-256 by OpenSSL. */
export const nodeHasher: Hasher = {
  sha256: (data) => new Uint8Array(createHash('sha256').update(data).digest()),
};
