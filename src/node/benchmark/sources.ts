import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../../util/seededRandom.ts';

const verbs = [
  'load',
  'parse',
  'retry',
  'merge',
  'render',
  'encode',
  'validate',
  'schedule',
  'flush',
  'resolve',
] as const;
const nouns = [
  'Upload',
  'Session',
  'Header',
  'Token',
  'Cache',
  'Invoice',
  'Route',
  'Snapshot',
  'Socket',
  'Index',
] as const;
const areas = ['billing', 'network', 'storage', 'editor', 'auth'] as const;
const functionsPerFile = 8;

/**
 * Writes source files that are the same in every run but for a last line, `// <run>`, so that nothing is remembered of an
 * earlier one: modules of small functions with names and comments as people write them. Returns what a search for one of
 * them could be, a question for each file.
 */
export async function writeSources(directory: string, files: number, run: number): Promise<string[]> {
  const random = seededRandom(1);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const questions: string[] = [];
  for (const area of areas) await mkdir(join(directory, area), { recursive: true });
  for (let file = 0; file < files; file++) {
    const functions = Array.from({ length: functionsPerFile }, (_, position) => {
      const [verb, noun, other] = [pick(verbs), pick(nouns), pick(nouns)];
      if (position === 0)
        questions.push(
          `where is the ${noun.toLowerCase()} ${verb}ed before the ${other.toLowerCase()} of module ${file} is used`,
        );
      return `
/** Takes the ${noun.toLowerCase()} and ${verb}s it, so that the ${other.toLowerCase()} can be used. */
export async function ${verb}${noun}${file}x${position}(${noun.toLowerCase()}: ${noun}, attempts = ${position + 1}): Promise<${other}> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const result = await ${noun.toLowerCase()}.${verb}({ attempt, limit: ${file % 17} });
    if (result.state === 'done') return result.to${other}();
    if (result.state === 'failed') throw new ${noun}Error(\`The ${noun.toLowerCase()} could not be ${verb}ed: \${result.reason}\`);
  }
  return ${other}.empty();
}
`;
    });
    await writeFile(join(directory, pick(areas), `module${file}.ts`), `${functions.join('')}\n// ${run}\n`);
  }
  return questions;
}
