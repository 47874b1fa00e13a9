import assert from 'node:assert/strict';
import { readEndpoint } from '../../../src/core/embedding/endpointProfile.ts';
import { listPrice } from '../../../src/util/embeddingPrices.ts';
import { providerPresets } from '../../../src/vscode/providerPresets.ts';

describe('providerPresets', () => {
  for (const { id, baseUrl, isFixed, key, models, listsModels } of providerPresets) {
    it(`of ${id} fit together`, () => {
      if (baseUrl !== '') assert.equal(readEndpoint(baseUrl).baseUrl, baseUrl.toLowerCase());
      // Whose address is fixed is paid for: key and prices are known.
      if (isFixed) {
        assert.equal(key, 'required');
        assert.equal(readEndpoint(baseUrl).isLocal, false);
        for (const { name } of models) assert.ok(listPrice(name, 1e6) !== undefined, name);
      }
      if (key === 'none') assert.ok(readEndpoint(baseUrl).isLocal);
      assert.ok(listsModels || models.length > 0);
      assert.equal(new Set(models.map(({ name }) => name)).size, models.length);
    });
  }
});
