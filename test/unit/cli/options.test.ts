import assert from 'node:assert/strict';
import { mergeIndexOptions, toEngineConfig } from '../../../src/cli/options.ts';
import { defaultConfig } from '../../../src/protocol/config.ts';

describe('options of an index', () => {
  it('are the defaults of the engine when nothing is said', () => {
    assert.deepEqual(toEngineConfig({}, []), defaultConfig);
  });

  it('are remembered until something else is said', () => {
    const remembered = { provider: 'openai', model: 'tiny', exclude: ['old/**'] } as const;
    assert.deepEqual(mergeIndexOptions(remembered, {}), remembered);
    assert.deepEqual(mergeIndexOptions(remembered, { exclude: [] }), { ...remembered, exclude: [] });
  });

  it('ask for the openai provider when an endpoint or a model is named', () => {
    assert.equal(mergeIndexOptions({}, { baseUrl: 'http://localhost/v1' }).provider, 'openai');
    assert.equal(mergeIndexOptions({ provider: 'embedded' }, { model: 'tiny' }).provider, 'openai');
    assert.equal(mergeIndexOptions({}, { provider: 'embedded', model: 'tiny' }).provider, 'embedded');
  });

  it('forget what belonged to another provider, and keep which files are wanted', () => {
    const remembered = { provider: 'openai', model: 'tiny', dimensions: 8, include: ['src/**'] } as const;
    assert.deepEqual(mergeIndexOptions(remembered, { provider: 'embedded' }), {
      provider: 'embedded',
      include: ['src/**'],
    });
  });

  it('forget what belonged to another model, and keep its endpoint', () => {
    const remembered = {
      provider: 'openai',
      baseUrl: 'http://localhost/v1',
      model: 'tiny',
      dimensions: 8,
      queryPrefix: 'query: ',
    } as const;
    assert.deepEqual(mergeIndexOptions(remembered, { model: 'large' }), {
      provider: 'openai',
      baseUrl: 'http://localhost/v1',
      model: 'large',
    });
  });
});
