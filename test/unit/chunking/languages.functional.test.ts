import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { outlineOf } from '../../support/fixtureChunks.ts';

describe('Functional languages', () => {
  it('joins the equations and the signature of a Haskell function', async () => {
    assert.deepEqual(await outlineOf('Layout.hs'), [
      '1-9 block',
      '11-13 type Width',
      '15-19 type Layout',
      '21-21 type Line',
      '23-29 interface Pretty',
      '31-32 class Pretty T.Text',
      '34-36 function breakLines',
      '37-44 function breakLines',
      '46-50 function hyphenate',
      '52-54 function <+>',
      '56-60 function main',
    ]);
  });

  it('names OCaml functions inside modules and functors', async () => {
    assert.deepEqual(await outlineOf('interp.ml'), [
      '1-4 block Unbound',
      '6-10 type expr',
      '12-12 type env',
      '14-18 interface MACHINE',
      '20-20 constant empty',
      '22-29 function eval',
      '30-33 function eval',
      '35-36 function even, odd',
      '38-39 module Pretty',
      '41-46 function Pretty.expr',
      '48-48 module Make',
      '49-54 function Make.twice',
      '56-65 class counter',
      '67-69 block',
    ]);
  });

  it('takes the comment behind a value in an OCaml interface for its own', async () => {
    assert.deepEqual(await outlineOf('interp.mli'), [
      '1-1 block',
      '3-6 type expr',
      '8-12 block Unbound, env, empty',
      '14-16 function eval',
      '18-23 module Pretty',
    ]);
  });

  it('joins the clauses of an Elixir function as far as they fit', async () => {
    assert.deepEqual(await outlineOf('cart.ex'), [
      '1-12 module Shop.Cart',
      '14-14 constant Shop.Cart.t',
      '16-18 function Shop.Cart.is_quantity, start_link',
      '20-28 function Shop.Cart.add',
      '30-32 function Shop.Cart.add',
      '34-44 function Shop.Cart.handle_call',
      '46-50 function Shop.Cart.handle_call',
      '52-53 function Shop.Cart.discounted',
      '55-61 function Shop.Cart.cart_test',
      '63-64 module Shop.Cart.Line',
      '66-70 function Shop.Cart.Line.price',
      '72-76 class String.Chars',
      '78-79 module Shop.CartTest',
      '81-91 test Shop.CartTest.add/3',
    ]);
  });
});
