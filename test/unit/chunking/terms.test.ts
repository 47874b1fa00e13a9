import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { stem } from '../../../src/core/chunking/stem.ts';
import { queryTerms, splitTerms } from '../../../src/core/chunking/terms.ts';

describe('splitTerms', () => {
  const cases: Record<string, string> = {
    parseHeader: 'pars header parseheader',
    HTTPServer: 'http server httpserver',
    http_server: 'http server httpserver',
    'http-server': 'http server httpserver',
    getURLs: 'get url geturl',
    userIDs: 'user id userid',
    __init__: 'init',
    sha256: 'sha256 sha 256',
    '64bit': '64bit 64 bit',
    base64Encode: 'base64 base 64 encod base64encod',
    OAuth2: 'o auth2 auth 2 oauth2 oauth',
    x86_64: 'x86 64 x8664',
    'a - b': 'a b',
    'count--': 'count',
    café: 'cafe',
    'cafe\u0301': 'cafe',
    größeBerechnen: 'groß berechnen großeberechnen',
    ПриветМир: 'привет мир приветмир',
    日本語: '日本 本語',
    '🔥': '',
    '𝒳': 'x',
    'f(x, y)': 'f x y',
    '': '',
  };
  for (const [text, terms] of Object.entries(cases)) {
    it(`splits ${JSON.stringify(text)}`, () => assert.equal(splitTerms(text), terms));
  }

  it('keeps how often a word comes', () => assert.equal(splitTerms('user, user.name'), 'user user name'));

  it('takes a run of data for one cut term', () => {
    assert.equal(splitTerms('x'.repeat(500)).length, 48);
    assert.equal(splitTerms('aB'.repeat(50)).length, 48);
    assert.ok(splitTerms(`${'wordWord'.repeat(8)} name`).endsWith(' name'));
  });

  it('goes on in scripts that know no spaces', () => {
    const terms = splitTerms('检索'.repeat(150)).split(' ');
    assert.deepEqual([...new Set(terms)].sort(), ['检索', '索检']);
    assert.ok(terms.length > 290);
  });

  it('gives lower-case words of letters and digits, at most 48 characters long, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        for (const term of splitTerms(text).split(' ')) {
          assert.ok(term === '' || /^[\p{L}\p{N}]+$/u.test(term), JSON.stringify(term));
          assert.ok([...term].length <= 48);
        }
      }),
    );
  });
});

describe('queryTerms', () => {
  it('leaves out what only makes it a question', () => {
    assert.deepEqual(queryTerms('Where do we validate the HTTPServer settings?'), [
      'valid',
      'http',
      'server',
      'httpserver',
      'set',
    ]);
    assert.deepEqual(queryTerms('how does dependency injection work'), ['dependenci', 'inject', 'work']);
  });

  it('never leaves everything out', () => assert.deepEqual(queryTerms('how to do this'), ['how', 'to', 'do', 'this']));

  it('keeps small words that are parts of a name', () =>
    assert.deepEqual(queryTerms('isValid'), ['is', 'valid', 'isvalid']));

  it('gives each term once, and not more than a page has', () => {
    assert.deepEqual(queryTerms('token Token tokens'), ['token']);
    assert.equal(queryTerms(Array.from({ length: 500 }, (_, index) => `word${index}`).join(' ')).length, 64);
    assert.deepEqual(queryTerms('?!'), []);
  });

  it('finds every identifier by itself', () => {
    const identifier = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,30}$/);
    fc.assert(
      fc.property(identifier, (name) => {
        const stored = new Set(splitTerms(`call(${name});`).split(' '));
        assert.ok(queryTerms(name).every((term) => stored.has(term)));
      }),
    );
  });
});

describe('stem', () => {
  const families = [
    'query queries',
    'cache caches cached caching',
    'validate validates validated validating validation',
    'parse parses parsed parsing',
    'class classes',
    'process processes processed processing',
    'map maps mapped mapping',
    'type types typed typing',
    'connect connects connected connecting connection connections',
    'configure configured configuring configuration',
    'format formats formatted formatting',
    'index indexes indexed indexing indices',
    'embed embeds embedded embedding embeddings',
    'cancel cancels canceled cancelled cancelling',
    'update updates updated updating',
    'iterate iterates iterating iteration',
    'apply applies applied applying',
    'retry retries retried retrying',
    'delete deletes deleted deleting deletion',
    'use uses used using',
    'cookie cookies',
    'alias aliases',
    'id ids',
  ];
  for (const family of families) {
    it(`brings ${family} together`, () => assert.equal(new Set(family.split(' ').map(stem)).size, 1));
  }

  it('keeps apart what only looks alike', () => {
    for (const pair of [
      'string stride',
      'status state',
      'mode mod',
      'note not',
      'pipe pip',
      'class clash',
      'form format',
      'need nee',
    ]) {
      const [first = '', second = ''] = pair.split(' ');
      assert.notEqual(stem(first), stem(second), pair);
    }
  });
});
