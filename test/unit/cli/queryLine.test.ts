import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseQueryLine } from '../../../src/cli/queryLine.ts';

describe('line of a query file', () => {
  it('takes from the command line what it does not say itself', () => {
    const parsed = parseQueryLine('{"id":1,"query":"a","k":3,"path":null}', 1, {
      k: 9,
      mode: 'lexical',
      path: ['x/**'],
    });
    assert.deepEqual(parsed, { id: 1, query: 'a', options: { k: 3, mode: 'lexical', path: ['x/**'] } });
  });

  it('says what is left out', () => {
    const line =
      '{"id":1,"query":"a","excludePath":"vendor","excludeLanguage":["md"],"excludeKind":"block","tests":"exclude"}';
    const options = { excludePath: ['vendor'], excludeLanguage: ['md'], excludeKind: ['block'], tests: 'exclude' };
    assert.deepEqual(parseQueryLine(line, 1, {}), { id: 1, query: 'a', options });
  });

  it('gives back the id as it came, also with an error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (id, good) => {
        const line = JSON.stringify({ id, ...(good ? { query: 'a' } : {}) });
        const parsed = parseQueryLine(line, 1, {});
        assert.equal('error' in parsed, !good);
        assert.deepEqual(JSON.stringify(parsed.id), JSON.stringify(id ?? null));
      }),
    );
  });

  it('answers any text with options that are sound or with an error, and never throws', () => {
    const fields = fc.record(
      {
        query: fc.anything(),
        k: fc.anything(),
        mode: fc.oneof(fc.anything(), fc.constant('hybrid')),
        path: fc.anything(),
        language: fc.anything(),
        kind: fc.oneof(fc.anything(), fc.constant(['class'])),
        excludeKind: fc.oneof(fc.anything(), fc.constant('class')),
        tests: fc.oneof(fc.anything(), fc.constant('only')),
      },
      { requiredKeys: [] },
    );
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      fields.map((value) => JSON.stringify(value) ?? ''),
    );
    fc.assert(
      fc.property(line, (text) => {
        const parsed = parseQueryLine(text, 7, {});
        if ('error' in parsed) {
          assert.equal(parsed.error.code, 'InvalidArgument');
          assert.match(parsed.error.message, /Line 7/);
          return;
        }
        assert.notEqual(parsed.query.trim(), '');
        const { k = 1, path = [], language = [], kind = [], excludeKind = [], tests = 'only' } = parsed.options;
        assert.ok(Number.isInteger(k) && k >= 1 && k <= 1_000);
        assert.ok([...path, ...language, ...kind, ...excludeKind].every((item) => typeof item === 'string'));
        assert.ok(['only', 'exclude'].includes(tests));
      }),
    );
  });
});
