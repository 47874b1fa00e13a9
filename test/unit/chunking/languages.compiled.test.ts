import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { outlineOf } from '../../support/fixtureChunks.ts';

describe('Compiled languages', () => {
  it('names Go methods by their receiver', async () => {
    assert.deepEqual(await outlineOf('server.go'), [
      '1-19 block ErrClosed, defaultPort, defaultBacklog, Handler',
      '21-25 interface Store',
      '27-33 struct Server',
      '35-38 function New',
      '40-41 method Server.ServeHTTP',
      '42-58 method Server.ServeHTTP',
      '60-61 method Server.Hits, Server.Closed',
      '63-65 struct cache',
      '67-74 method cache.lookup',
      '76-81 function TestServer',
    ]);
  });

  it('names methods of Rust impl blocks by their type', async () => {
    assert.deepEqual(await outlineOf('arena.rs'), [
      '1-7 constant PAGE, COUNTER',
      '9-14 struct Handle',
      '16-20 enum Error',
      '22-33 interface Store',
      '35-39 struct Arena',
      '41-41 class Arena',
      '42-45 method Arena.new',
      '47-50 method Arena.insert',
      '51-60 method Arena.insert',
      '62-71 method Arena.remove',
      '73-77 class Handle',
      '79-85 function arena',
      '87-88 module stats',
      '90-94 function stats.fill',
      '96-98 module tests',
      '100-108 function tests.stale_handles_are_refused',
      '110-116 function tests.counts',
    ]);
  });

  it('looks through conditional compilation in C', async () => {
    assert.deepEqual(await outlineOf('ring.c'), [
      '1-9 block RING_MIN, RING_NEXT, byte_t',
      '11-17 struct ring_t',
      '19-19 enum ring_state',
      '21-24 struct observer',
      '26-28 block observers, ring_is_full',
      '30-42 function ring_new',
      '44-45 constant writes',
      '47-50 function ring_writes',
      '51-53 function ring_writes',
      '55-59 function ring_is_full',
      '61-67 function ring_write',
      '68-71 function ring_write',
      '73-77 constant ring_fops',
    ]);
  });

  it('names C++ members by namespace and class, inside the class and out', async () => {
    assert.deepEqual(await outlineOf('matrix.hpp'), [
      '1-7 block',
      '9-15 module math.detail',
      '17-19 block math.index_t, Order',
      '21-25 class math.Matrix',
      '27-28 method math.Matrix.Matrix',
      '30-30 method math.Matrix.~Matrix',
      '32-39 method math.Matrix.operator()',
      '41-44 method math.Matrix.rows, columns, transposed',
      '46-51 method math.Matrix.each',
      '53-57 property math.Matrix.rows_, columns_, values_',
      '59-64 method math.Matrix.transposed',
      '66-68 function math.operator<<',
      '70-77 function math.matrix_version',
      '79-82 method math.Shape.area',
      '84-89 test MatrixTest.TransposesTwice',
    ]);
  });

  it('takes a Zig function that returns a type for the type', async () => {
    assert.deepEqual(await outlineOf('queue.zig'), [
      '1-6 constant Allocator, max_items, Error',
      '8-15 struct Queue',
      '17-20 method Queue.init',
      '22-27 method Queue.push',
      '29-35 method Queue.pop',
      '37-40 enum State',
      '42-50 struct Worker',
      '52-57 test a queue gives back in order',
      '59-63 function main',
    ]);
  });

  it('cuts a Java class into members', async () => {
    assert.deepEqual(await outlineOf('LedgerService.java'), [
      '1-5 block',
      '7-19 class LedgerService',
      '21-23 method LedgerService.LedgerService',
      '25-27 method LedgerService.size',
      '29-31 method LedgerService.isEmpty',
      '33-37 method LedgerService.transfer',
      '38-51 method LedgerService.transfer',
      '53-63 class LedgerService.Entry',
      '65-87 enum LedgerService.Mode',
      '89-95 interface Auditable',
      '97-99 interface Audited',
    ]);
  });

  it('knows Kotlin receivers, companions and initialisers', async () => {
    assert.deepEqual(await outlineOf('Downloads.kt'), [
      '1-8 block CHUNK_SIZE, Progress',
      '10-14 interface Result',
      '16-16 enum Priority',
      '18-21 class Downloader',
      '23-27 property Downloader.limit',
      '29-35 block Downloader.init, constructor, isIdle',
      '37-53 method Downloader.download',
      '55-59 method Downloader.cancel',
      '61-69 class Downloader.Companion',
      '71-78 class Hosts',
      '80-83 function String.toFileName',
      '85-85 function decode',
    ]);
  });

  it('knows Scala traits, givens and extensions', async () => {
    assert.deepEqual(await outlineOf('Parser.scala'), [
      '1-4 block',
      '6-8 interface Parser',
      '10-11 method Parser.map',
      '13-16 method Parser.flatMap',
      '18-21 class Json, JNull, JNumber, JObject',
      '23-25 class Parser',
      '27-31 method Parser.char',
      '33-44 method Parser.many',
      '46-49 class Parser.Ops',
      '51-53 class Parser.ordering',
      '55-57 enum Token',
      '59-61 function parseWith',
      '63-72 class Printer',
    ]);
  });

  it('knows C# properties, operators and local functions', async () => {
    assert.deepEqual(await outlineOf('Scheduler.cs'), [
      '1-2 block',
      '4-6 module Example.Jobs',
      '8-13 enum Example.Jobs.Interval',
      '15-15 class Example.Jobs.Job',
      '17-20 interface Example.Jobs.IClock',
      '22-31 class Example.Jobs.Scheduler',
      '33-36 method Example.Jobs.Scheduler.Scheduler',
      '38-38 property Example.Jobs.Scheduler.Count',
      '40-48 property Example.Jobs.Scheduler.Patience',
      '50-54 method Example.Jobs.Scheduler.RunDueAsync',
      '55-64 method Example.Jobs.Scheduler.RunDueAsync',
      '66-71 function Example.Jobs.Scheduler.RunDueAsync.Next',
      '73-73 method Example.Jobs.Scheduler.Dispose',
      '75-79 method Example.Jobs.Scheduler.operator +',
      '81-82 property Example.Jobs.Scheduler.this[]',
      '84-88 class Example.Jobs.JobExtensions',
    ]);
  });
});
