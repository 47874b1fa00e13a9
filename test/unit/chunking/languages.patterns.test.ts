import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { outlineOf } from '../../support/fixtureChunks.ts';

describe('Languages without a grammar', () => {
  it('guesses Swift definitions', async () => {
    assert.deepEqual(await outlineOf('Session.swift'), [
      '1-7 enum SessionError',
      '9-11 interface TokenStore',
      '13-19 class Session',
      '21-24 method Session.init',
      '26-28 method Session.deinit',
      '30-33 method Session.login',
      '34-43 method Session.login',
      '45-48 method Session.logout',
      '50-54 struct Session.LoginAnswer',
      '56-65 class Session',
      '67-71 function makeSession',
    ]);
  });

  it('guesses Dart definitions', async () => {
    assert.deepEqual(await outlineOf('cart_model.dart'), [
      '1-6 block maxLines, PriceLookup',
      '8-15 class CartLine',
      '17-17 enum CartState',
      '19-21 class CartModel',
      '23-29 method CartModel.fromJson',
      '31-34 property CartModel._lookup, _lines, state',
      '36-45 method CartModel.add',
      '47-53 method CartModel.total',
      '55-61 method CartModel.build',
      '63-67 function main',
      '69-76 function tests',
    ]);
  });

  it('guesses Solidity definitions', async () => {
    assert.deepEqual(await outlineOf('Vault.sol'), [
      '1-4 block',
      '6-8 interface IVault',
      '10-16 class Vault',
      '18-21 struct Vault.Position',
      '23-25 property Vault.positions, totalShares',
      '27-30 method Vault.nonZero',
      '32-34 method Vault.constructor',
      '36-39 method Vault.deposit',
      '40-45 method Vault.deposit',
      '47-51 method Vault.preview',
      '53-57 class Shares',
    ]);
  });

  it('guesses R functions, classes and tests', async () => {
    assert.deepEqual(await outlineOf('estimate.R'), [
      '1-4 block default_level',
      '6-10 function bootstrap',
      '11-18 function bootstrap',
      '20-23 function print.interval',
      '25-36 class Sampler',
      '38-40 function show',
      '42-46 test the interval holds the mean',
    ]);
  });

  it('guesses Perl subroutines of a package', async () => {
    assert.deepEqual(await outlineOf('Feed.pm'), [
      '1-14 module News.Feed',
      '16-22 function News.Feed.new',
      '24-24 function News.Feed.url',
      '26-29 function News.Feed.refresh',
      '30-34 function News.Feed.refresh',
      '36-45 function News.Feed.parse_entries',
      '47-53 test News.Feed.entries',
    ]);
  });

  it('guesses Makefile targets', async () => {
    assert.deepEqual(await outlineOf('Makefile'), [
      '1-10 block CC, CFLAGS, OBJECTS, all, ring',
      '12-13 function %.o',
      '15-16 function test',
      '17-19 function test',
      '21-22 function clean',
    ]);
  });

  it('cuts Markdown at its headings, outside of fenced code', async () => {
    assert.deepEqual(await outlineOf('guide.md'), [
      '1-5 block',
      '7-9 section Arena',
      '11-16 section Arena > Install',
      '18-24 section Arena > Install > From source',
      '26-33 section Arena > Use',
      '35-38 section Arena > Questions',
    ]);
  });
});
