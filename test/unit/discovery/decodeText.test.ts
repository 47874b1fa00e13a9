import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeText } from '../../../src/core/discovery/decodeText.ts';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const utf16be = (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16();

describe('decodeText', () => {
  it('reads UTF-8 with and without byte order mark, line ends untouched', () => {
    assert.deepEqual(decodeText(Buffer.from('a\r\nü\n\r')), { text: 'a\r\nü\n\r', encoding: 'utf-8' });
    assert.deepEqual(decodeText(Buffer.from('\uFEFFa日')), { text: 'a日', encoding: 'utf-8' });
    assert.deepEqual(decodeText(new Uint8Array()), { text: '', encoding: 'utf-8' });
  });

  it('reads UTF-16 of both byte orders by its mark', () => {
    const text = 'const ü = "日本";\r\n𝒳';
    assert.deepEqual(decodeText(Buffer.from(`\uFEFF${text}`, 'utf16le')), { text, encoding: 'utf-16le' });
    assert.deepEqual(decodeText(utf16be(`\uFEFF${text}`)), { text, encoding: 'utf-16be' });
  });

  it('reads old eight-bit text as Windows-1252', () => {
    assert.deepEqual(decodeText(latin1('// Größe: 5 \x80\n')), { text: '// Größe: 5 €\n', encoding: 'windows-1252' });
  });

  it('keeps the rest of a UTF-8 file with a few wrong bytes', () => {
    const bytes = Buffer.concat([Buffer.from('äöü '), latin1('\xff'), Buffer.from(' 日本\n')]);
    assert.deepEqual(decodeText(bytes), { text: 'äöü \uFFFD 日本\n', encoding: 'utf-8' });
  });

  it('keeps every line break of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { text, encoding } = decodeText(bytes);
        if (encoding.startsWith('utf-16')) return;
        assert.equal(text.split('\n').length, bytes.filter((byte) => byte === 10).length + 1);
      }),
    );
  });
});
