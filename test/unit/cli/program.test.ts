import assert from 'node:assert/strict';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliProcess } from '../../support/cliProcess.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('command line', () => {
  let home: string;
  let cli: CliProcess;

  beforeEach(async () => {
    home = await temporaryDirectory();
    await mkdir(join(home, 'repo/src'), { recursive: true });
    cli = new CliProcess(home);
  });

  describe('arguments', () => {
    it('prints the help on stdout and ends with 0', async () => {
      const { exitCode, stdout, stderr } = await cli.run('--help');
      assert.equal(exitCode, 0);
      assert.match(stdout, /Exit codes:/);
      assert.match(stdout, /OPENAI_API_KEY/);
      assert.equal(stderr, '');
    });

    it('prints the help of a command with the options every command takes', async () => {
      const { exitCode, stdout } = await cli.run('search', '--help');
      assert.equal(exitCode, 0);
      assert.match(stdout, /--queries <file>/);
      assert.match(stdout, /--index-dir <dir>/);
    });

    it('prints the version', async () => {
      assert.match((await cli.run('--version')).stdout, /^\d+\.\d+\.\d+\n$/);
    });

    const wrong: Record<string, string[]> = {
      'no command': [],
      'an unknown command': ['find', 'repo'],
      'an unknown option': ['index', 'repo', '--fast'],
      'no folder': ['index'],
      'too many arguments': ['search', 'repo', 'how', 'many'],
      'no query': ['search', 'repo'],
      'an empty query': ['search', 'repo', '  '],
      'a query and a query file': ['search', 'repo', 'query', '--queries', 'file'],
      'no results wanted': ['search', 'repo', 'query', '-k', '0'],
      'too many results wanted': ['search', 'repo', 'query', '-k', '1001'],
      'a number that is none': ['search', 'repo', 'query', '-k', 'ten'],
      'an unknown kind': ['search', 'repo', 'query', '--kind', 'verb'],
      'an unknown mode': ['search', 'repo', 'query', '--mode', 'psychic'],
      'an unknown provider': ['index', 'repo', '--provider', 'acme'],
      'an endpoint that is no URL': ['index', 'repo', '--base-url', 'localhost:8080'],
      'a key in the URL': ['index', 'repo', '--base-url', 'http://me:secret@localhost/v1'],
    };
    for (const [name, args] of Object.entries(wrong)) {
      it(`ends with 2, says why on stderr and touches nothing for ${name}`, async () => {
        const { exitCode, stdout, stderr } = await cli.run(...args);
        assert.equal(exitCode, 2, stderr);
        assert.equal(stdout, '');
        assert.notEqual(stderr, '');
        assert.deepEqual(cli.engine.calls, []);
      });
    }

    it('refuses a key as an argument, wherever it stands, without repeating it', async () => {
      for (const args of [
        ['index', 'repo', '--api-key', 'sk-secret'],
        ['--api-key=sk-secret', 'index', 'repo'],
      ]) {
        const { exitCode, stderr } = await cli.run(...args);
        assert.equal(exitCode, 2);
        assert.match(stderr, /OPENAI_API_KEY/);
        assert.doesNotMatch(stderr, /sk-secret/);
      }
    });

    it('takes the options of all commands before and after the command', async () => {
      await cli.run('--max-file-bytes', '10', 'index', 'repo', '--exclude', 'a/**', '--exclude', 'b/**');
      assert.equal(cli.engine.config?.files.maxFileBytes, 10);
      assert.deepEqual(
        cli.engine.config.files.exclude.map(({ glob }) => glob),
        ['a/**', 'b/**'],
      );
    });
  });

  describe('folders', () => {
    it('ends with 3 for a folder that does not exist', async () => {
      const { exitCode, stderr } = await cli.run('index', 'nowhere');
      assert.equal(exitCode, 3);
      assert.match(stderr, /There is no folder .*nowhere/);
    });

    it('ends with 3 for a file in the place of a folder', async () => {
      await writeFile(join(home, 'file'), '');
      assert.equal((await cli.run('index', 'file')).exitCode, 3);
    });

    it('gives a folder one index however it is spelled', async () => {
      await symlink(join(home, 'repo'), join(home, 'link'));
      const seen = new Set<string | undefined>();
      for (const spelling of ['repo', 'repo/', './repo/../repo', 'link', 'link/', join(home, 'repo')]) {
        await cli.run('index', spelling);
        seen.add(cli.engine.folder?.indexDir);
      }
      assert.equal(seen.size, 1);
    });

    it('keeps indexes of two folders apart and their embedding cache together', async () => {
      await cli.run('index', 'repo', '--index-dir', 'store');
      const first = cli.engine.folder?.indexDir;
      await cli.run('index', 'repo/src', '--index-dir', 'store');
      assert.notEqual(cli.engine.folder?.indexDir, first);
      assert.deepEqual((await readdir(join(home, 'store/folders'))).length, 2);
    });

    it('does not index an index that is kept inside the folder', async () => {
      await cli.run('index', 'repo', '--index-dir', 'repo/.index');
      assert.deepEqual(cli.engine.config?.files.exclude, [{ glob: '.index/**', source: '--index-dir' }]);
    });

    it('refuses the folder itself as the place of its index', async () => {
      assert.equal((await cli.run('index', 'repo', '--index-dir', 'repo')).exitCode, 2);
    });
  });
});
