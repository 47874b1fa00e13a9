/**
 * Builds the vector kernel: `npm run kernel` writes media/kernel.wasm and src/kernel/build.json, which says of what it was
 * built; `npm run kernel -- --check` builds it again and compares. Needs Debian's clang-19 and lld-19 (`apt-get install
 * clang-19 lld-19`). The result is committed, so that nobody needs a compiler who does not change the kernel.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = import.meta.dirname;
const wasmPath = join(folder, '../../media/kernel.wasm');
const recordPath = join(folder, 'build.json');

const compilerFlags = [
  ...['-std=c++20', '--target=wasm32', '-O3', '-msimd128', '-mbulk-memory', '-mnontrapping-fptoint', '-msign-ext'],
  // No library of any kind, and the same bits everywhere: no fused multiply-add.
  ...['-ffreestanding', '-fno-exceptions', '-fno-rtti', '-fno-math-errno', '-ffp-contract=off', '-nostdlib'],
  ...['-Wall', '-Wextra', '-Werror'],
];
// The stack below the data: an overflow traps instead of overwriting rows.
const linkerFlags = ['--no-entry', '--stack-first', '-z', 'stack-size=65536', '--max-memory=4294967296', '--strip-all'];

/** SHA-256 over the sources, in the order of their names, and the flags. */
export function sourcesHash() {
  const hash = createHash('sha256').update(JSON.stringify([compilerFlags, linkerFlags]));
  for (const name of globSync('*.{h,cpp}', { cwd: folder }).sort()) {
    hash.update(`\0${name}\0`).update(readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n'));
  }
  return hash.digest('hex');
}

/** What the committed kernel was built of, as recorded with it. */
export function readRecord() {
  return JSON.parse(readFileSync(recordPath, 'utf8'));
}

export function wasmHash(bytes = readFileSync(wasmPath)) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The kernel's bytes. Throws when the compiler is missing or finds fault. */
export function buildKernel() {
  const scratch = mkdtempSync(join(tmpdir(), 'codeweaver-kernel-'));
  try {
    const [object, wasm] = [join(scratch, 'kernel.o'), join(scratch, 'kernel.wasm')];
    // By relative path: nothing of this machine gets into the result.
    execFileSync('clang-19', [...compilerFlags, '-c', 'kernel.cpp', '-o', object], { cwd: folder, stdio: 'inherit' });
    // Called by itself: the compiler driver would run Debian's old wasm-opt, which breaks the result.
    execFileSync('wasm-ld-19', [...linkerFlags, object, '-o', wasm], { stdio: 'inherit' });
    return readFileSync(wasm);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const bytes = buildKernel();
  if (process.argv.includes('--check')) {
    const same = wasmHash(bytes) === wasmHash() && readRecord().sources === sourcesHash();
    console.log(
      same ? 'media/kernel.wasm is what the sources give.' : 'media/kernel.wasm is not what the sources give.',
    );
    process.exitCode = same ? 0 : 1;
  } else {
    const compiler = execFileSync('clang-19', ['--version'], { encoding: 'utf8' }).split('\n')[0];
    writeFileSync(wasmPath, bytes);
    const record = { sources: sourcesHash(), wasm: wasmHash(bytes), bytes: bytes.length, compiler };
    writeFileSync(recordPath, `${JSON.stringify(record, null, 2)}\n`);
    console.log(`media/kernel.wasm: ${bytes.length} bytes`);
  }
}
