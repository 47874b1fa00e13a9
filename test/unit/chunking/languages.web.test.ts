import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { outlineOf } from '../../support/fixtureChunks.ts';

describe('Languages of the web', () => {
  it('cuts a TypeScript file: class head, decorated methods, namespaces, one-liners', async () => {
    assert.deepEqual(await outlineOf('queue.ts'), [
      '1-8 block Priority',
      '10-10 constant order',
      '11-11 function isUrgent',
      '13-18 interface Job',
      '20-24 enum State',
      '26-35 class JobQueue',
      '37-43 method JobQueue.constructor',
      '45-47 method JobQueue.size',
      '49-51 method JobQueue.idle',
      '53-61 method JobQueue.enqueue',
      '63-69 method JobQueue.drain',
      '71-86 method JobQueue.#start',
      '88-89 module Policies',
      '91-96 function Policies.backoff',
      '98-104 function createQueue',
      '106-110 module express',
    ]);
  });

  it('knows prototypes, exports, object literals, stores and test suites in JavaScript', async () => {
    assert.deepEqual(await outlineOf('legacy.js'), [
      '1-6 block cache',
      '8-12 function Emitter',
      '14-18 method Emitter.on',
      '20-28 method Emitter.emit',
      '30-42 constant handlers',
      '44-46 function inspect',
      '48-48 block',
      '50-55 constant useCounter',
      '57-62 test Emitter',
      '64-70 test Emitter.calls listeners in order',
      '72-78 test Emitter.without listeners',
    ]);
  });

  it('names components, wrapped or not, in TSX', async () => {
    assert.deepEqual(await outlineOf('Gallery.tsx'), [
      '1-2 block',
      '4-7 interface GalleryProps',
      '9-9 constant PAGE_SIZE',
      '11-14 function Gallery',
      '16-18 function Gallery.next',
      '20-26 function Gallery',
      '27-33 function Gallery',
      '35-42 function Thumbnail',
    ]);
  });

  it('names CSS rules by their selectors', async () => {
    assert.deepEqual(await outlineOf('theme.css'), [
      '1-2 block',
      '4-7 section :root',
      '9-15 section .card',
      '17-22 section .card:hover, .card:focus-within, .card > h2',
      '24-24 section @media (max-width: 40rem)',
      '25-28 section @media (max-width: 40rem) > .card',
      '30-36 section @media (max-width: 40rem) > .sidebar',
      '38-44 section @media (max-width: 40rem) > .sidebar a',
      '46-49 section @keyframes appear',
    ]);
  });

  it('cuts a page at its ids and reads its scripts', async () => {
    assert.deepEqual(await outlineOf('page.html'), [
      '1-11 block style',
      '12-12 constant hours',
      '14-18 function isOpen',
      '20-25 block',
      '26-32 section #top',
      '33-41 section #week',
      '42-48 section #holidays',
    ]);
  });

  it('reads the script of a Vue component', async () => {
    assert.deepEqual(await outlineOf('Login.vue'), [
      '1-8 section template',
      '10-18 constant session, name, password, busy, problem',
      '20-20 constant valid',
      '22-33 function submit',
      '35-39 section style',
    ]);
  });

  it('reads the script of a Svelte component', async () => {
    assert.deepEqual(await outlineOf('Counter.svelte'), [
      '1-7 constant start, count, dispatch',
      '9-13 function step',
      '15-21 block',
      '23-32 block',
      '34-39 section style',
    ]);
  });
});
