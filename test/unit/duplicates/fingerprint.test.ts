import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fingerprint, likeness } from '../../../src/core/duplicates/fingerprint.ts';

const original = `export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[middle];
  return (sorted[middle - 1] + sorted[middle]) / 2;
}`;

const like = (one: string, other: string, least?: number): number =>
  likeness(fingerprint(one), fingerprint(other), least);

describe('fingerprint', () => {
  it('does not see comments, imports and white space', () => {
    const framed = `// Licence\nimport { x } from 'y';\n/**\n * The median.\n */\n${original.replaceAll('  ', '\t')}\n`;
    assert.equal(like(original, framed), 1);
  });

  it('has the same shape after names were changed, but not the same names', () => {
    const renamed = original
      .replaceAll('sorted', 'ordered')
      .replaceAll('values', 'prices')
      .replaceAll('middle', 'centre');
    assert.deepEqual(fingerprint(renamed).shape, fingerprint(original).shape);
    const value = like(original, renamed);
    assert.ok(value > 0.5 && value < 1, String(value));
  });

  it('has another shape where names are exchanged', () => {
    const exchanged = original.replace('(a, b) => a - b', '(a, b) => b - a');
    assert.notDeepEqual(fingerprint(exchanged).shape, fingerprint(original).shape);
    assert.ok(like(original, exchanged) > 0.9);
  });

  it('tells code from other code', () => {
    const other = `async function upload(file) {\n  for (let attempt = 0; attempt < 5; attempt++) {\n    if (await send(file)) return;\n  }\n}`;
    assert.ok(like(original, other) < 0.2);
  });

  it('gives 1 for two texts without code', () => {
    assert.equal(like('// nothing', '# nothing'), 1);
    assert.equal(fingerprint('// nothing').tokens, 0);
  });

  const code = fc.string({
    unit: fc.constantFrom('a', 'b', 'if', ' ', '(', ')', '+', '\n', '"x"', '1'),
    maxLength: 80,
  });

  it('is symmetric, 0..1, and 1 for itself', () => {
    fc.assert(
      fc.property(code, code, (one, other) => {
        const value = like(one, other);
        assert.ok(value >= 0 && value <= 1);
        assert.equal(value, like(other, one));
        assert.equal(like(one, one), 1);
      }),
    );
  });

  it('leaves out only what is below the least', () => {
    fc.assert(
      fc.property(code, code, fc.double({ min: 0, max: 1, noNaN: true }), (one, other, least) => {
        const value = like(one, other);
        assert.equal(like(one, other, least), value < least ? 0 : value);
      }),
    );
  });
});
