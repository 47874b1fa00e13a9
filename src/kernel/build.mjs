/**
 * Builds the WebAssembly modules: `npm run kernel` writes media/kernel.wasm (vectors), media/embed.wasm (the embedded
 * model) and src/kernel/build.json, which says of what each was built; `npm run kernel -- --check` builds them again and
 * compares. Needs Debian's clang-19 and lld-19 (`apt-get install clang-19 lld-19`). The results are committed, so that
 * nobody needs a compiler who does not change them.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = import.meta.dirname;
const recordPath = join(folder, 'build.json');

const compilerFlags = [
  ...['-std=c++20', '--target=wasm32', '-O3', '-msimd128', '-mbulk-memory', '-mnontrapping-fptoint', '-msign-ext'],
  // No library of any kind, and the same bits everywhere: no fused multiply-add.
  ...['-ffreestanding', '-fno-exceptions', '-fno-rtti', '-fno-math-errno', '-ffp-contract=off', '-nostdlib'],
  ...['-Wall', '-Wextra', '-Werror'],
];
// The stack below the data: an overflow traps instead of overwriting rows.
const linkerFlags = ['--no-entry', '--stack-first', '-z', 'stack-size=65536', '--max-memory=4294967296', '--strip-all'];

const sources = { kernel: ['kernel.cpp', '*.h'], embed: ['embed.cpp'] };

/** `kernel` and `embed`: names of sources, results and records. */
export const moduleNames = Object.keys(sources);

function wasmPath(name) {
  return join(folder, `../../media/${name}.wasm`);
}

/** SHA-256 over a module's sources, in the order of their names, and the flags. */
export function sourcesHash(module) {
  const hash = createHash('sha256').update(JSON.stringify([compilerFlags, linkerFlags]));
  for (const name of globSync(sources[module], { cwd: folder }).sort()) {
    hash.update(`\0${name}\0`).update(readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n'));
  }
  return hash.digest('hex');
}

/** What the committed modules were built of, as recorded with them. */
export function readRecord() {
  return JSON.parse(readFileSync(recordPath, 'utf8'));
}

export function wasmHash(module, bytes = readFileSync(wasmPath(module))) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A module's bytes. Throws when the compiler is missing or finds fault. */
function buildModule(module) {
  const scratch = mkdtempSync(join(tmpdir(), 'codeweaver-kernel-'));
  try {
    const [object, wasm] = [join(scratch, `${module}.o`), join(scratch, `${module}.wasm`)];
    // By relative path: nothing of this machine gets into the result.
    execFileSync('clang-19', [...compilerFlags, '-c', `${module}.cpp`, '-o', object], {
      cwd: folder,
      stdio: 'inherit',
    });
    // Called by itself: the compiler driver would run Debian's old wasm-opt, which breaks the result.
    execFileSync('wasm-ld-19', [...linkerFlags, object, '-o', wasm], { stdio: 'inherit' });
    return readFileSync(wasm);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const built = moduleNames.map((name) => ({ name, bytes: buildModule(name) }));
  if (process.argv.includes('--check')) {
    const record = readRecord();
    const wrong = built.filter(
      ({ name, bytes }) => wasmHash(name, bytes) !== wasmHash(name) || record[name].sources !== sourcesHash(name),
    );
    for (const { name } of built)
      console.log(
        `media/${name}.wasm is ${wrong.some((one) => one.name === name) ? 'not ' : ''}what the sources give.`,
      );
    process.exitCode = wrong.length === 0 ? 0 : 1;
  } else {
    const compiler = execFileSync('clang-19', ['--version'], { encoding: 'utf8' }).split('\n')[0];
    const record = { compiler };
    for (const { name, bytes } of built) {
      writeFileSync(wasmPath(name), bytes);
      record[name] = { sources: sourcesHash(name), wasm: wasmHash(name, bytes), bytes: bytes.length };
      console.log(`media/${name}.wasm: ${bytes.length} bytes`);
    }
    writeFileSync(recordPath, `${JSON.stringify(record, null, 2)}\n`);
  }
}
