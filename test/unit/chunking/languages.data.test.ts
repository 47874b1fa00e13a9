import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { outlineOf } from '../../support/fixtureChunks.ts';

describe('Configuration and data', () => {
  it('names TOML tables', async () => {
    assert.deepEqual(await outlineOf('package.toml'), [
      '1-6 section package',
      '8-10 section features',
      '12-14 section dependencies',
      '16-31 section dependencies.tokio, bench, profile.release',
    ]);
  });

  it('names YAML keys by their path', async () => {
    assert.deepEqual(await outlineOf('pipeline.yaml'), [
      '1-10 property name, on, env',
      '12-24 property jobs.test',
      '25-37 property jobs.publish',
    ]);
  });

  it('names Terraform blocks by their address', async () => {
    assert.deepEqual(await outlineOf('network.tf'), [
      '1-2 section terraform',
      '4-10 property terraform.required_providers.aws',
      '12-16 constant variable.cidr',
      '18-21 constant locals',
      '23-23 class data.aws_availability_zones.all',
      '25-30 class aws_vpc.main',
      '32-45 class aws_subnet.private',
      '47-50 module module.database',
      '52-54 constant output.vpc_id',
    ]);
  });

  it('names Protocol Buffers messages and services', async () => {
    assert.deepEqual(await outlineOf('inventory.proto'), [
      '1-5 block',
      '7-20 struct Item',
      '22-29 interface Inventory',
    ]);
  });

  it('takes an SQL statement for a unit, bodies between dollar signs included', async () => {
    assert.deepEqual(await outlineOf('schema.sql'), [
      '1-2 block',
      '4-9 struct orders',
      '11-11 property orders_by_customer',
      '13-15 function order_total',
      '16-29 function order_total',
      '31-35 struct open_orders',
      '37-39 function orders_touch',
      '41-42 block',
      '44-48 function close_old_orders',
    ]);
  });
});
