/** Fields of a JSON object that is one line of a file. Throws TypeError; its message goes on after "cannot be used:". */
export function parseJsonLine(line: string, example: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    // A byte order mark at the beginning of the file is not part of the first line.
    value = JSON.parse(line.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new TypeError(`it is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`it is not an object like ${example}`);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** The text of a `query` field. Throws TypeError. */
export function readQuery(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new TypeError('"query" must be a text that is not empty');
  }
  return value;
}
