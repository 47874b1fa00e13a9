import { AppError } from '../../../protocol/errors.ts';
import { phrase } from '../../../protocol/phrase.ts';

/** What the shares of a chunk's parts weigh in its vector. */
export interface FieldWeights {
  readonly name: number;
  readonly scope: number;
  readonly path: number;
  readonly body: number;
}

/** The model as its file holds it; the arrays are views of the file's bytes where they lie. */
export interface ModelFile {
  readonly name: string;
  /** Eight hexadecimal digits. */
  readonly version: string;
  /** A multiple of 32. */
  readonly dimensions: number;
  /** Tokens with a row of their own; `buckets` further rows are shared by all others. */
  readonly tokens: number;
  readonly buckets: number;
  /** Of one component: 8, or 4 for two in a byte, the even one in the low half. Both are signed. */
  readonly bits: 8 | 4;
  /** The first components of a vector are a vector in themselves. */
  readonly matryoshka: boolean;
  readonly weights: FieldWeights;
  /** `tokens` + `buckets` rows of `dimensions` components. */
  readonly rows: Uint8Array;
  /** One Float32 (little-endian) per row: what the token weighs in a document, and in a query. */
  readonly documentScale: Uint8Array;
  readonly queryScale: Uint8Array;
  /** `tokens` tokens in the order of their rows, separated by line ends, UTF-8. */
  readonly vocabulary: Uint8Array;
}

const magic = 'CWEMBED1';
/** The magic, and the length of the header that follows. */
const preambleBytes = 12;
const alignment = 64;
/** Components that the pooling adds up at a time. */
const dimensionStep = 32;
/** More would not fit into what this extension may take of a computer. */
const maxRows = 1_000_000;
const maxDimensions = 4_096;
const sections = ['rows', 'documentScale', 'queryScale', 'vocabulary'] as const;

/**
 * Reads `media/model.bin`: magic, header length (uint32, little-endian), JSON header padded with spaces, then the sections
 * that its `offsets` and `bytes` name, counted from the end of the header. Throws AppError `ProviderInstallation` for
 * anything that is not a whole model.
 */
export function readModelFile(file: Uint8Array): ModelFile {
  try {
    return parse(file);
  } catch (error) {
    throw damagedModel(error instanceof Error ? error.message : String(error), error);
  }
}

/** The embedded model is missing or damaged: only a new installation helps. `reason`: for the log and the curious. */
export function damagedModel(reason: string, cause?: unknown): AppError {
  return new AppError(
    'ProviderInstallation',
    phrase`The embedding model that comes with CodeWeaver Search cannot be used (${reason}). Install CodeWeaver Search again.`,
    { cause },
  );
}

function parse(file: Uint8Array): ModelFile {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  check(file.length >= preambleBytes && text(file.subarray(0, magic.length)) === magic, 'this is no model file');
  const start = preambleBytes + view.getUint32(magic.length, true);
  check(start <= file.length, 'it ends within its header');
  const header = JSON.parse(text(file.subarray(preambleBytes, start))) as Record<string, unknown>;
  const { name, version, dimensions, tokens, buckets, bits } = header;
  check(typeof name === 'string' && name !== '', 'it has no name');
  check(typeof version === 'string' && /^[0-9a-f]{8}$/u.test(version), 'it has no version');
  check(isCount(dimensions, maxDimensions) && dimensions % dimensionStep === 0, 'its dimensions are wrong');
  check(isCount(tokens, maxRows) && isCount(buckets, maxRows), 'its number of rows is wrong');
  check(bits === 8 || bits === 4, 'its numbers are of an unknown size');
  const rows = tokens + buckets;
  const expected = { rows: (rows * dimensions * bits) / 8, documentScale: rows * 4, queryScale: rows * 4 };
  const [rowBytes, documentScale, queryScale, vocabulary] = sections.map((section) => {
    const offset = numberIn(header['offsets'], section);
    const bytes = numberIn(header['bytes'], section);
    const whole = offset % alignment === 0 && start + offset + bytes <= file.length;
    check(whole && (section === 'vocabulary' || bytes === expected[section]), `its ${section} are not whole`);
    return file.subarray(start + offset, start + offset + bytes);
  });
  check(rowBytes && documentScale && queryScale && vocabulary, 'it is not whole');
  return {
    ...{ name, version, dimensions, tokens, buckets, bits, matryoshka: header['matryoshka'] === true },
    weights: readWeights(header['weights']),
    ...{ rows: rowBytes, documentScale, queryScale, vocabulary },
  };
}

function readWeights(value: unknown): FieldWeights {
  const [name, scope, path, body] = (['name', 'scope', 'path', 'body'] as const).map((field) => numberIn(value, field));
  check(name !== undefined && scope !== undefined && path !== undefined && body !== undefined, 'it has no weights');
  return { name, scope, path, body };
}

/** A number that is not negative. */
function numberIn(value: unknown, key: string): number {
  const number = (value as Record<string, unknown> | undefined)?.[key];
  check(typeof number === 'number' && Number.isFinite(number) && number >= 0, `its ${key} are missing`);
  return number;
}

function isCount(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
}

function check(condition: unknown, reason: string): asserts condition {
  if (!condition) throw new Error(reason);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
