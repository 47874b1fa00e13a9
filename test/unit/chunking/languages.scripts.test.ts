import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { outlineOf } from '../../support/fixtureChunks.ts';

describe('Scripting languages', () => {
  it('keeps Python decorators and comments with what they document', async () => {
    assert.deepEqual(await outlineOf('inventory.py'), [
      '1-15 block LOG, MAX_SHELVES, DEFAULT_SUPPLIER, normalize, is_known',
      '18-19 class OutOfStock',
      '22-32 class Item',
      '35-41 class Warehouse',
      '43-45 method Warehouse.__init__',
      '47-48 method Warehouse.__len__',
      '50-55 method Warehouse.reserve',
      '56-61 method Warehouse.reserve',
      '63-65 method Warehouse.release',
      '67-73 class Warehouse.Report',
      '76-77 function reorder',
      '79-83 function reorder.missing',
      '85-94 function reorder',
      '97-100 function watch',
      '103-105 block',
    ]);
  });

  it('knows Ruby modules, singleton classes, specs and tasks', async () => {
    assert.deepEqual(await outlineOf('importer.rb'), [
      '1-4 block',
      '6-9 module Catalog',
      '11-20 class Catalog.Importer',
      '22-26 method Catalog.Importer.initialize',
      '28-33 method Catalog.Importer.open',
      '35-47 method Catalog.Importer.each',
      '49-53 method Catalog.Importer.supported?',
      '55-57 method Catalog.Importer.normalize',
      '59-64 method Catalog.Importer.log_problem',
      '66-76 test Catalog.Importer',
      '78-85 function catalog.import',
    ]);
  });

  it('knows PHP attributes, traits, enums and routes', async () => {
    assert.deepEqual(await outlineOf('Mailer.php'), [
      '1-10 block MAX_RECIPIENTS',
      '12-15 interface Transport',
      '17-33 class Retries',
      '35-44 enum Status',
      '46-56 class Mailer',
      '58-62 method Mailer.__construct',
      '64-70 method Mailer.sendAll',
      '71-82 method Mailer.sendAll',
      '84-88 method Mailer.null',
      '90-96 function mailer',
      '98-100 function get /status',
    ]);
  });

  it('names functions of Lua modules', async () => {
    assert.deepEqual(await outlineOf('events.lua'), [
      '1-10 constant M, M.defaults, listeners',
      '12-22 function sorted',
      '24-28 method M.on',
      '30-38 method M.emit',
      '40-45 method M.clear',
    ]);
  });

  it('names shell functions', async () => {
    assert.deepEqual(await outlineOf('deploy.sh'), [
      '1-9 block APP, RELEASES, KEEP, log',
      '11-18 function upload',
      '20-23 function prune',
      '25-31 function usage',
      '33-48 block archive',
    ]);
  });

  it('keeps Julia docstrings with what they document', async () => {
    assert.deepEqual(await outlineOf('heap.jl'), [
      '1-7 module Heaps',
      '9-14 type Heaps.AbstractHeap',
      '16-25 struct Heaps.BinaryHeap',
      '27-28 function Heaps.length, isempty',
      '30-39 function Heaps.push!',
      '40-45 function Heaps.push!',
      '47-47 function Heaps.top',
      '49-59 function Heaps.heap',
      '61-66 test heap',
    ]);
  });
});
