import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { middleLine } from '../../../src/vscode/middleLine.ts';

function selection(startLine: number, endLine: number, endCharacter: number): Pick<vscode.Range, 'start' | 'end'> {
  const position = (line: number, character: number): vscode.Position => ({ line, character }) as vscode.Position;
  return { start: position(startLine, 3), end: position(endLine, endCharacter) };
}

describe('the line that stands for a selection', () => {
  it('is that of the cursor where nothing is selected', () => {
    assert.equal(middleLine(selection(7, 7, 3)), 7);
    assert.equal(middleLine(selection(7, 7, 0)), 7);
  });

  it('is the middle one of several, in whatever covers more than half of them', () => {
    assert.equal(middleLine(selection(10, 14, 5)), 12);
    assert.equal(middleLine(selection(10, 13, 5)), 11);
  });

  it('does not count a line of which nothing is selected', () => {
    assert.equal(middleLine(selection(10, 13, 0)), 11);
    assert.equal(middleLine(selection(10, 11, 0)), 10);
  });
});
