import assert from 'node:assert/strict';
import { documented } from '../../../training/documented.ts';

describe('documented', () => {
  it('takes the first paragraph of a block comment, without marks and tags', () => {
    const text =
      '/**\n * Retries a failed upload.\n *\n * More of it.\n * @param x y\n */\nfunction retry(x) {\n  return send(x, again);\n}';
    assert.deepEqual(documented(text, 'javascript'), {
      comment: 'Retries a failed upload.',
      code: 'function retry(x) {\n  return send(x, again);\n}',
    });
  });

  it('takes a docstring out of the body', () => {
    const text = 'def retry(x):\n    """Retry a failed upload.\n\n    Args: x\n    """\n    return send(x, again=True)';
    assert.deepEqual(documented(text, 'python'), {
      comment: 'Retry a failed upload.',
      code: 'def retry(x):\n    return send(x, again=True)',
    });
  });

  it('leaves out what is not documented, too short, or a licence', () => {
    assert.equal(documented('function retry(x) {\n  return send(x, again);\n}', 'javascript'), undefined);
    assert.equal(documented('// Retry.\nfunction retry(x) {\n  return send(x, again);\n}', 'javascript'), undefined);
    assert.equal(
      documented('// Copyright of the authors\nfunction retry(x) {\n  return send(x);\n}', 'javascript'),
      undefined,
    );
  });

  it('does not take preprocessor lines for comments', () => {
    assert.equal(documented('#include <stdio.h>\nint main() {\n  return print_all_the_things();\n}', 'c'), undefined);
  });
});
