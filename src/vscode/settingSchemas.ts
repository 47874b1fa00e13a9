/** What one setting may be. `schema` stands word for word in package.json (a test compares); `read` heeds it at run time. */
export interface Setting<T> {
  readonly schema: SettingSchema;
  /** The value to use for what the user wrote: as it is, clamped to the range, or the default where the type is wrong. */
  read(value: unknown): T;
}

export interface SettingSchema {
  readonly type: string | readonly string[];
  readonly default: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly items?: { readonly type: string };
  readonly additionalProperties?: { readonly type: string };
}

interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

export function integer(fallback: number, range: Range): Setting<number> {
  return {
    schema: { type: 'integer', default: fallback, ...range },
    read: (value) => (isFiniteNumber(value) ? clamp(Math.round(value), range) : fallback),
  };
}

export function fraction(fallback: number, minimum = 0): Setting<number> {
  const range = { minimum, maximum: 1 };
  return {
    schema: { type: 'number', default: fallback, ...range },
    read: (value) => (isFiniteNumber(value) ? clamp(value, range) : fallback),
  };
}

/** A number that may be left to the product: null in the settings, undefined in the configuration. */
export function optionalInteger(range: Range): Setting<number | undefined> {
  return {
    schema: { type: ['integer', 'null'], default: null, ...range },
    read: (value) => (isFiniteNumber(value) ? clamp(Math.round(value), range) : undefined),
  };
}

export function text(fallback: string): Setting<string> {
  return {
    schema: { type: 'string', default: fallback },
    read: (value) => (typeof value === 'string' ? value : fallback),
  };
}

export function oneOf<T extends string>(fallback: T, values: readonly T[]): Setting<T> {
  return {
    schema: { type: 'string', default: fallback, enum: values },
    read: (value) => values.find((allowed) => allowed === value) ?? fallback,
  };
}

export function flag(fallback: boolean): Setting<boolean> {
  return {
    schema: { type: 'boolean', default: fallback },
    read: (value) => (typeof value === 'boolean' ? value : fallback),
  };
}

export function textList(): Setting<readonly string[]> {
  return {
    schema: { type: 'array', default: [], items: { type: 'string' } },
    read: (value) =>
      Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string' && item !== '') : [],
  };
}

export function textMap(): Setting<Readonly<Record<string, string>>> {
  return {
    schema: { type: 'object', default: {}, additionalProperties: { type: 'string' } },
    read: (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
          )
        : {},
  };
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function clamp(value: number, { minimum, maximum }: Range): number {
  return Math.min(Math.max(value, minimum), maximum);
}
