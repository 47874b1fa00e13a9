import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hostClass, modelClass, Redaction } from '../../../../src/vscode/diagnostics/redaction.ts';
import { redactKeys, redactText } from '../../../../src/vscode/diagnostics/redactText.ts';

const folder = { folderId: 'file:///home/ada/projects/shop', root: '/home/ada/projects/shop', name: 'shop' };

function redaction(showNames = false, salt = 'salt'): Redaction {
  return new Redaction({ folders: [folder], names: ['/home/ada', 'ada', 'adas-laptop'], salt, showNames });
}

const alphanumeric = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const run = (minLength: number, maxLength = minLength) =>
  fc
    .array(fc.constantFrom(...alphanumeric), { minLength, maxLength })
    .map((letters) => letters.join(''))
    // Any three letters may stand in the report by themselves.
    .filter((text) => text.length >= 4);
/** A word that no message of the product has. */
const name = run(4, 8).map((text) => `zq${text.toLowerCase()}`);
const key = fc.oneof(
  run(40).map((text) => `sk-proj-${text}`),
  run(36).map((text) => `ghp_${text}`),
  run(16).map((text) => `AKIA${text.toUpperCase()}`),
  run(30).map((text) => `Bearer ${text}`),
  run(32).map((text) => `${text}7a`),
  fc.uuid(),
);
const separator = fc.constantFrom('/', '\\');
const fileName = fc.tuple(name, fc.constantFrom('.ts', '.py', '.env', '.config.json')).map((parts) => parts.join(''));
const path = fc
  .tuple(
    separator,
    fc.constantFrom('', 'C:', '/home/ada', '\\\\server\\share'),
    fc.array(name, { maxLength: 3 }),
    fileName,
  )
  .map(([slash, start, folders, file]) => [start, ...folders, file].join(slash));
const pathWithSpaces = fc.tuple(name, name, name, fileName).map(([a, b, c, d]) => `/${a}/${b} ${c}/${d}`);
const host = fc.tuple(name, fc.constantFrom('.internal', '.example.com', '.local:8080')).map((parts) => parts.join(''));
const url = fc.tuple(name, host, name).map(([user, at, page]) => `https://${user}:secret9x@${at}/v1/${page}?q=${user}`);
const query = fc.tuple(name, name, name).map((words) => words.join(' '));
const inQuotes = fc
  .tuple(query, fc.constantFrom('""', "''", '``', '“”'))
  .map(([text, [open, close]]) => `${open ?? ''}${text}${close ?? ''}`);

/** What holds a secret, and the sentences it is planted in. */
const secret = fc.oneof(key, path, pathWithSpaces, host, url, inQuotes, fileName);
const sentence = fc.constantFrom(
  'ENOENT: no such file or directory, open {0}',
  'The folder {0} could not be opened (EACCES).',
  'The request to {0} failed. Check the network.',
  '{0}: unexpected token',
  'It said: {0}, then stopped',
  'at parse ({0}:12:3)',
  'value={0};next',
  'Reading {0} failed: [{0}]',
);

/** The pieces of a secret that must not be told: words of the product may well be in it. */
function tellingPieces(text: string): string[] {
  return text.match(/zq[a-z0-9]+|[A-Za-z0-9]{16,}/gu) ?? [];
}

describe('a report for strangers', () => {
  it('tells nothing that was planted in a message', () => {
    fc.assert(
      fc.property(secret, sentence, (planted, frame) => {
        const told = redaction().text(frame.replaceAll('{0}', () => planted));
        for (const piece of tellingPieces(planted)) assert.ok(!told.includes(piece), told);
        assert.doesNotMatch(told, /\bada\b|shop|laptop|secret9x/u);
      }),
      { numRuns: 2_000 },
    );
  });

  it('tells nothing that was planted in a field of the log or of a status, whatever its name', () => {
    const field = fc.constantFrom(
      'path',
      'error',
      'reason',
      'folder',
      'endpoint',
      'model',
      'state',
      'code',
      'zzz',
      'name',
    );
    fc.assert(
      fc.property(fc.oneof(secret, query), field, (planted, at) => {
        const { record, value } = { record: redaction().record.bind(redaction()), value: redaction() };
        // Prose without quotation marks is the product's own: no engine writes a query there.
        if ((at === 'error' || at === 'reason') && / /u.test(planted) && !/["'`“/\\]/u.test(planted)) return;
        const told = [
          record({ level: 'warn', message: 'Something happened', fields: { [at]: planted, count: 3 } }),
          JSON.stringify(value.value({ folders: [{ [at]: planted, deep: { [at]: [planted] } }] })),
          JSON.stringify(value.value({ byName: { [planted]: 1 } })),
        ].join('\n');
        for (const piece of tellingPieces(planted)) {
          // A mode or phase is one word; the planted names are, too, and are told apart by nothing.
          if (['state', 'code', 'name'].includes(at) && /^[A-Za-z]+$/u.test(planted)) continue;
          assert.ok(!told.includes(piece), `${at}: ${told}`);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps what says what happened', () => {
    assert.equal(
      redactText("ENOENT: no such file or directory, open '/home/ada/x.ts'"),
      'ENOENT: no such file or directory, open [text]',
    );
    assert.equal(redactText('The disk is full, 12.5 MB left after 3 s.'), 'The disk is full, 12.5 MB left after 3 s.');
    assert.equal(redactText('code=1 ProviderTimeout: too slow'), '[name] ProviderTimeout: too slow');
    assert.equal(
      redactText('    at run (file:///home/ada/.vscode/extensions/codeweaver/dist/worker.js:10:204)'),
      '    at run worker.js:10:204',
    );
  });

  it('marks a folder the same way each time, and another way on another machine', () => {
    const mark = redaction().folder(folder.root);
    assert.match(mark, /^folder-[0-9a-f]{8}$/u);
    assert.equal(redaction().folder(folder.folderId), mark);
    assert.notEqual(redaction(false, 'pepper').folder(folder.root), mark);
  });

  it('names services that everybody knows, and of other hosts nothing', () => {
    assert.equal(hostClass('https://api.openai.com/v1'), 'openai.com');
    assert.equal(hostClass('https://acme.openai.azure.com/openai/deployments/x'), 'openai.azure.com');
    assert.equal(hostClass('http://localhost:11434/v1'), 'localhost');
    assert.equal(hostClass('127.0.0.1:8080'), 'localhost');
    for (const own of ['https://llm.acme.com', 'https://openai.com.evil.org', 'nonsense', '']) {
      assert.equal(hostClass(own), 'other');
    }
    assert.equal(modelClass('mistral/codestral-embed-2505'), 'codestral-embed-2505');
    assert.equal(modelClass('acme-secret-model'), 'other');
  });
});

describe('a report with names', () => {
  it('has paths and hosts but no key', () => {
    fc.assert(
      fc.property(key, path, (planted, at) => {
        const told = redaction(true).text(`open ${at} with ${planted}`);
        for (const piece of tellingPieces(planted)) assert.ok(!told.includes(piece), told);
        assert.ok(told.includes(at), told);
      }),
    );
    assert.equal(redaction(true).folder(folder.folderId), folder.root);
    assert.equal(redactKeys('https://ada:pass@example.com/x'), 'https://[key]@example.com/x');
  });
});
