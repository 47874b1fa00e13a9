import assert from 'node:assert/strict';
import { quoteServer } from '../../../src/core/embedding/redact.ts';

describe('quoteServer', () => {
  it('keeps what a server says about itself', () => {
    const message = "This model's maximum context length is 8192 tokens.";
    assert.equal(quoteServer(message, ['key-123456'], ['const x = 1;']), message);
  });

  it('hides keys: the one in use, header values, and what looks like one', () => {
    const quoted = quoteServer(
      'Bad keys key-123456, team-secret, sk-proj-abcdefgh123 and hf_ABCDEFGH',
      ['key-123456', 'team-secret'],
      [],
    );
    assert.equal(quoted, 'Bad keys [key], [key], [key] and [key]');
  });

  it('hides pieces of the texts, however they are cut', () => {
    const text = 'export function launch(code: string) {\n  return fire(code, "0000-1111");\n}';
    const quoted = quoteServer(
      "detail: input='launch(code: string) {' then 'fire(code, \"0000-1111\");' end",
      [],
      ['other', text],
    );
    assert.doesNotMatch(quoted, /code: string|0000-1111/u);
    assert.match(quoted, /^detail: input='\[text\].* end$/u);
  });

  it('hides a short query', () => {
    assert.equal(quoteServer('cannot embed "secret plan"', [], ['secret plan']), 'cannot embed "[text]"');
  });

  it('is one line without HTML, of bounded length', () => {
    const page = `<html><style>b { color: red }</style><body>\n<h1>502 Bad\nGateway</h1>${'x'.repeat(5_000)}</body></html>`;
    const quoted = quoteServer(page, [], []);
    assert.match(quoted, /^502 Bad Gateway x+…$/u);
    assert(quoted.length <= 241);
  });
});
