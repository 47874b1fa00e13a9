import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parsableText } from '../../../src/core/chunking/parsableText.ts';

describe('parsableText', () => {
  it('ends lines with line feeds, at the same place', () => {
    assert.equal(parsableText('a\rb\r\nc\r', 'python'), 'a\nb\r\nc\n');
  });

  it('blanks macros that only decorate in C and C++', () => {
    const lines: Record<string, string> = {
      LIB_BEGIN_NAMESPACE: '                   ',
      'LIB_EXPORT template <typename T> class A;': '           template <typename T> class A;',
      'class LIB_API Widget {': 'class         Widget {',
      '  FMT_INLINE auto size() -> int;': '             auto size() -> int;',
      'struct ALIGNED(16) Vector {': 'struct             Vector {',
    };
    for (const [line, parsable] of Object.entries(lines)) {
      assert.equal(parsableText(`${line}\nint x;`, 'cpp'), `${parsable}\nint x;`);
    }
  });

  it('leaves alone what is code', () => {
    for (const line of [
      '#define LIB_API __declspec(dllexport)',
      '#define TWO_LINES \\\n  LIB_API int x',
      'return MAX_SIZE;',
      'DWORD count;',
      'case STATE_IDLE: return;',
      'f(BUFFER_SIZE, x);',
    ]) {
      assert.equal(parsableText(line, 'cpp'), line);
    }
    assert.equal(parsableText('CONSTANT_NAME\n', 'ruby'), 'CONSTANT_NAME\n');
  });
});
