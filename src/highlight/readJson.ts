import { readFile } from 'node:fs/promises';
import { parse } from 'jsonc-parser';

/** The value of a JSON file, which may have comments and trailing commas, as themes and their like do. */
export async function readJson(path: string): Promise<unknown> {
  return parse(await readFile(path, 'utf8'), [], { allowTrailingComma: true });
}
