import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { CliFolder } from '../support/cliFolder.ts';
import { cliPath } from '../support/cliRun.ts';

/** Linux lets a process mount a small file system that only it sees, as root or in a user namespace of its own. */
const unshare = [
  ['unshare', '-m'],
  ['unshare', '-rm'],
].find(([command = '', ...args]) => {
  const probe = 'd=$(mktemp -d) && mount -t tmpfs -o size=64k tmpfs "$d" && umount "$d"; s=$?; rmdir "$d"; exit $s';
  return spawnSync(command, [...args, 'sh', '-c', probe]).status === 0;
});

describe('disk of the index', function () {
  let folder: CliFolder;

  before(function () {
    if (unshare === undefined) this.skip();
  });

  beforeEach(async () => {
    folder = await CliFolder.create(60);
    await mkdir(folder.dataDir);
  });

  /** Runs a shell script with a small disk mounted as the index directory; `cw` is the command line. */
  function onSmallDisk(bytes: string, script: string): string {
    const [command = '', ...args] = unshare ?? [];
    const prologue = `
      cw() { command=$1; shift; "$NODE" "$CLI" "$command" "$ROOT" --index-dir "$DATA" --no-progress "$@"; echo "exit $?"; }
      mount -t tmpfs -o size=${bytes} tmpfs "$DATA" || exit 1
    `;
    const { status, stdout, stderr } = spawnSync(command, [...args, 'sh', '-c', prologue + script], {
      encoding: 'utf8',
      env: { ...process.env, NODE: process.execPath, CLI: cliPath, ROOT: folder.root, DATA: folder.dataDir },
    });
    assert.equal(status, 0, stderr);
    return stdout;
  }

  it('when it is full, indexing ends with 6 and says so; with more space it goes on to a whole index', () => {
    const output = onSmallDisk(
      '300k',
      `
      cw index 2>&1
      mount -o remount,size=100m "$DATA"
      cw index 2>&1
      cw status --json
      `,
    );
    const [full = '', rest = ''] = output.split(/exit 6\n/);
    assert.match(full, /disk .* is full/i, output);
    assert.match(rest, /exit 0\n/, output);
    const status = JSON.parse(rest.slice(rest.indexOf('{'), rest.lastIndexOf('}') + 1)) as {
      files: { discovered: number; indexed: number; pending: number };
      integrity: string;
    };
    assert.equal(status.integrity, 'ok');
    assert.equal(status.files.pending, 0);
    assert.equal(status.files.indexed, 60);
  });

  it('when it fills up later, the stored index still answers', () => {
    const output = onSmallDisk(
      '20m',
      `
      cw index >/dev/null
      free=$(df --output=avail -k "$DATA" | tail -1)
      dd if=/dev/zero of="$DATA/ballast" bs=1k count=$((free - 200)) 2>/dev/null
      for part in 1 2 3 4; do cat "$ROOT"/src/part*/*.ts > "$ROOT/new$part.ts"; done
      cw search "parse token" --json 2>"$ROOT/stderr"
      cat "$ROOT/stderr" >&2
      `,
    );
    assert.match(output, /exit 0\n$/, output);
    assert.ok((JSON.parse(output.slice(0, output.lastIndexOf('exit'))) as { results: unknown[] }).results.length > 0);
  });

  it('when it is read-only, every command says which directory cannot be written', () => {
    const output = onSmallDisk(
      '20m',
      `
      mount -o remount,ro "$DATA"
      cw index 2>&1
      `,
    );
    assert.match(output, /exit 6\n$/, output);
    assert.ok(output.includes(folder.dataDir), output);
    assert.doesNotMatch(output, /\n\s+at /, 'a stack trace is not an explanation');
  });
});
