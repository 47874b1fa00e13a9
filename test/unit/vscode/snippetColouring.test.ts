import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { AppError } from '../../../src/protocol/errors.ts';
import type { ColouredTexts, SyntaxText } from '../../../src/protocol/syntax.ts';
import type { HostToSearchView } from '../../../src/protocol/views.ts';
import { Emitter } from '../../../src/util/emitter.ts';
import { SnippetColouring } from '../../../src/vscode/views/snippetColouring.ts';
import { searchResult } from '../../support/searchPage.ts';

type Colours = Extract<HostToSearchView, { type: 'colours' }>;

/** Colours each text in one run of its length, as soon as it is told to. */
function fixture() {
  const posted: Colours[] = [];
  const errors: unknown[] = [];
  const asked: SyntaxText[][] = [];
  const changed = new Emitter<void>();
  let answer = async (texts: readonly SyntaxText[]): Promise<ColouredTexts> => ({
    palette: ['', '#ff0000'],
    texts: texts.map(({ text }) => [[text.length, 16]]),
  });
  const syntaxColours = {
    theme: 1,
    onDidChange: changed.event,
    colour: async (texts: readonly SyntaxText[]) => {
      asked.push([...texts]);
      return answer(texts);
    },
  };
  const colouring = new SnippetColouring({
    syntaxColours,
    post: (message) => posted.push(message),
    onError: (error) => errors.push(error),
    quietMs: 0,
  });
  return {
    ...{ posted, errors, asked, colouring, syntaxColours },
    change: () => {
      syntaxColours.theme++;
      changed.fire();
    },
    answerWith: (next: typeof answer) => (answer = next),
    settled: async () => new Promise((resolve) => setTimeout(resolve, 20)),
  };
}

const results = Array.from({ length: 14 }, (_, index) => searchResult(index + 1));

describe('colouring the snippets of an answer', () => {
  it('sends the best results first, and each once', async () => {
    const { colouring, posted, settled } = fixture();
    colouring.start(7, results);
    await settled();
    assert.deepEqual(
      posted.map(({ requestId, chunks }) => [requestId, chunks.length]),
      [
        [7, 6],
        [7, 6],
        [7, 2],
      ],
    );
    assert.deepEqual(
      posted.flatMap(({ chunks }) => chunks.map(({ chunkId }) => chunkId)),
      results.map(({ chunkId }) => chunkId),
    );
    const snippet = results[0]?.snippet ?? '';
    assert.deepEqual(posted[0]?.chunks[0], { folderId: 'file:///shop', chunkId: 1, lines: [[snippet.length, 16]] });
  });

  it('says of methods that their class is not there', async () => {
    const { colouring, asked, settled } = fixture();
    colouring.start(1, [searchResult(1, { kind: 'method' }), searchResult(2, { kind: 'class' })]);
    await settled();
    assert.deepEqual(
      asked.flat().map(({ isMember }) => isMember),
      [true, false],
    );
  });

  it('sends nothing more once other results are asked for', async () => {
    const { colouring, posted, settled } = fixture();
    colouring.start(1, results);
    colouring.stop();
    await settled();
    assert.deepEqual(posted, []);
    colouring.start(1, results);
    colouring.start(2, results.slice(0, 1));
    await settled();
    assert.deepEqual(
      posted.map(({ requestId }) => requestId),
      [2],
    );
  });

  it('asks for no colours of results that others take the place of at once', async () => {
    const { colouring, asked, settled } = fixture();
    for (let requestId = 1; requestId <= 5; requestId++)
      colouring.start(requestId, results.slice(requestId, requestId + 1));
    await settled();
    assert.deepEqual(
      asked.flat().map(({ path }) => path),
      [results[5]?.path],
    );
  });

  it('takes the colours of a theme back when it changes, and sends the new ones', async () => {
    const { colouring, posted, settled, change } = fixture();
    colouring.start(1, results.slice(0, 1));
    await settled();
    change();
    assert.deepEqual(posted.at(-1), { type: 'colours', requestId: 1, theme: 2, palette: [], chunks: [] });
    await settled();
    assert.equal(posted.at(-1)?.chunks.length, 1);
    assert.equal(posted.at(-1)?.theme, 2);
  });

  it('does not stir for a theme when nothing is shown, nor after its end', async () => {
    const { colouring, posted, settled, change } = fixture();
    change();
    colouring.start(1, results);
    colouring.dispose();
    change();
    await settled();
    assert.deepEqual(posted, []);
  });

  it('hands on what went wrong; the next answer is coloured again', async () => {
    const { colouring, errors, posted, settled, answerWith } = fixture();
    answerWith(async () => Promise.reject(new AppError('ChannelClosed', 'gone')));
    colouring.start(1, results);
    await settled();
    assert.equal(errors.length, 1);
    answerWith(async (texts) => ({ palette: [], texts: texts.map(() => []) }));
    colouring.start(2, results.slice(0, 2));
    await settled();
    assert.equal(posted.length, 1);
  });
});
