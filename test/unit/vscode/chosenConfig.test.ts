import assert from 'node:assert/strict';
import { defaultConfig } from '../../../src/protocol/config.ts';
import { chosenConfig } from '../../../src/vscode/chosenConfig.ts';

describe('the settings of a chosen provider', () => {
  const present = {
    ...defaultConfig.embedding,
    ...{ provider: 'openai' as const, baseUrl: 'https://gateway.example/v1', model: 'old', dimensions: 256 },
    ...{ queryPrefix: 'old: ', timeoutMs: 5, headers: { 'X-Gateway-Key': 'secret' }, organization: 'org' },
  };

  it('keep how requests are made, not what belongs to the former model', () => {
    const { dimensions, model, queryPrefix, timeoutMs } = chosenConfig(present, {
      baseUrl: present.baseUrl,
      model: { name: 'new' },
    });
    assert.deepEqual([dimensions, model, queryPrefix, timeoutMs], [undefined, 'new', '', 5]);
  });

  it('give no endpoint the headers and the organization of another one', () => {
    const other = chosenConfig(present, { baseUrl: 'https://elsewhere.example/v1', model: { name: 'new' } });
    assert.deepEqual([other.headers, other.organization], [{}, undefined]);
    assert.ok(!JSON.stringify(other).includes('secret'));
    const same = chosenConfig(present, { baseUrl: `${present.baseUrl}/`, model: { name: 'new' } });
    assert.deepEqual([same.headers, same.organization], [present.headers, 'org']);
  });
});
