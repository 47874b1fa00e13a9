import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { goldenVectors } from './goldenVectors.ts';
import { readModelFile } from '../../src/core/embedding/local/modelFile.ts';
import { modelFile, poolingModule } from './syntheticModel.ts';

const recordFile = new URL('../fixtures/embedding/golden.json', import.meta.url);

/** SHA-256 of the golden vectors of each model, by its name, version and size. */
export type GoldenRecord = Readonly<Record<string, string>>;

/** A small model of either number size, and the one that ships. */
export function goldenModels(): readonly Uint8Array[] {
  const shipped = readFileSync(new URL('../../media/model.bin', import.meta.url));
  return [modelFile({ bits: 8, dimensions: 96 }), modelFile({ name: 'nibbles', bits: 4 }), shipped];
}

export function goldenName(model: Uint8Array): string {
  const { name, version, dimensions, bits } = readModelFile(model);
  return `${name} ${version}, ${dimensions} x ${bits} bits`;
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function readGoldenRecord(): GoldenRecord {
  return JSON.parse(readFileSync(recordFile, 'utf8')) as GoldenRecord;
}

export function writeGoldenRecord(): void {
  const record = goldenModels().map((model) => [goldenName(model), digestOf(goldenVectors(model, poolingModule()))]);
  writeFileSync(recordFile, `${JSON.stringify(Object.fromEntries(record), undefined, 2)}\n`);
}
