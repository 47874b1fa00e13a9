import { readFileSync } from 'node:fs';
import { forEachPart } from '../../src/core/chunking/terms.ts';
import type { FieldWeights } from '../../src/core/embedding/local/modelFile.ts';
import type { ModelFiles } from '../../src/core/ports.ts';

export interface SyntheticModel {
  readonly name?: string;
  readonly version?: string;
  /** A multiple of 32; by default 64. */
  readonly dimensions?: number;
  /** By default {@link codeWords}. */
  readonly tokens?: readonly string[];
  /** By default 64. */
  readonly buckets?: number;
  /** By default 8. */
  readonly bits?: 8 | 4;
  readonly weights?: Partial<FieldWeights>;
  readonly matryoshka?: boolean;
  /** By default drawn. */
  readonly documentScale?: (row: number) => number;
  readonly queryScale?: (row: number) => number;
  readonly component?: (row: number, at: number) => number;
}

/** Tokens of a small vocabulary, as the model's tokenizer gives them. */
const codeWords = tokensOf(
  'upload retry file attempt wait send session expire deadline user open store delete key read write parse',
);

/** Numbers that are the same on every run and look like none in particular: 32 bits of a hash of two integers. */
function drawn(a: number, b: number): number {
  let hash = Math.imul(a + 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x165667b1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** The bytes of a model file with rows of drawn numbers: equal tokens meet, others are as good as perpendicular. */
export function modelFile(model: SyntheticModel = {}): Uint8Array {
  const { dimensions = 64, tokens = codeWords, buckets = 64, bits = 8 } = model;
  const largest = bits === 8 ? 127 : 7;
  const component = model.component ?? ((row: number, at: number) => (drawn(row, at) % (2 * largest + 1)) - largest);
  const rowCount = tokens.length + buckets;
  const rows = new Uint8Array((rowCount * dimensions * bits) / 8);
  for (let row = 0; row < rowCount; row++) {
    for (let at = 0; at < dimensions; at++) {
      const index = row * dimensions + at;
      if (bits === 8) rows[index] = component(row, at);
      else rows[index >> 1]! |= (component(row, at) & 15) << (4 * (index & 1));
    }
  }
  const scales = (of: (row: number) => number): Uint8Array => {
    const bytes = new Uint8Array(rowCount * 4);
    const view = new DataView(bytes.buffer);
    for (let row = 0; row < rowCount; row++) view.setFloat32(4 * row, of(row), true);
    return bytes;
  };
  return assembleModel(
    {
      name: model.name ?? 'synthetic',
      version: model.version ?? '00000001',
      ...{ dimensions, tokens: tokens.length, buckets, bits },
      ...(model.matryoshka === undefined ? {} : { matryoshka: model.matryoshka }),
      weights: { body: 1, name: 6, scope: 1.5, path: 1, ...model.weights },
    },
    {
      rows,
      documentScale: scales(model.documentScale ?? ((row) => 0.5 + (drawn(row, -1) % 1_000) / 1_000)),
      queryScale: scales(model.queryScale ?? ((row) => 0.5 + (drawn(row, -2) % 1_000) / 1_000)),
      vocabulary: new TextEncoder().encode(tokens.join('\n')),
    },
  );
}

/** Lays header and sections out as the file has them. `header` overrides what is computed. */
export function assembleModel(header: object, sections: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const offsets: Record<string, number> = {};
  const bytes: Record<string, number> = {};
  let end = 0;
  for (const [name, section] of Object.entries(sections)) {
    offsets[name] = end;
    bytes[name] = section.length;
    end = Math.ceil((end + section.length) / 64) * 64;
  }
  const json = JSON.stringify({ offsets, bytes, ...header });
  const start = Math.ceil((12 + json.length) / 64) * 64;
  const file = new Uint8Array(start + end);
  file.set(new TextEncoder().encode(`CWEMBED1\0\0\0\0${json.padEnd(start - 12, ' ')}`));
  new DataView(file.buffer).setUint32(8, start - 12, true);
  for (const [name, section] of Object.entries(sections)) file.set(section, start + offsets[name]!);
  return file;
}

/** The distinct tokens of a text, in its order. */
export function tokensOf(text: string): string[] {
  const tokens = new Set<string>();
  forEachPart(text, (token) => tokens.add(token));
  return [...tokens];
}

/** A small model, and the code that ships. */
export function syntheticModel(model: SyntheticModel = {}): ModelFiles {
  return { model: modelFile(model), pooling: poolingModule() };
}

let compiled: WebAssembly.Module | undefined;

export function poolingModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('../../media/embed.wasm', import.meta.url)));
  return compiled;
}
