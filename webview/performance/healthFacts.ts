import type { EngineStatus, HealthReport } from '../../src/protocol/types.ts';
import { fill } from '../shared/format.ts';
import type { Fact, FactSection, FactWords } from './facts.ts';
import { folderName } from './folderName.ts';

/** Each check with what it saw, and how long all of them took. */
export function healthSection(health: HealthReport, { folders }: EngineStatus, words: FactWords): FactSection {
  const { strings, format } = words;
  const facts = health.checks.map(({ name, folderId, ok, detail }): Fact => {
    const folder = folders.length > 1 ? folders.find((one) => one.folderId === folderId) : undefined;
    const check = strings[`health_${name}`];
    return {
      key: `${name} ${folderId ?? ''}`,
      name: folder === undefined ? check : fill(strings.healthOf, check, folderName(folder.root)),
      value: fill(ok ? strings.healthCheckOk : strings.healthCheckBad, detail),
      ...{ hint: strings.healthHint, ok },
    };
  });
  return {
    key: 'health',
    title: strings.healthTitle,
    facts: [
      {
        key: 'overall',
        name: strings.healthOverall,
        value: health.ok ? strings.healthOk : strings.healthBad,
        ...{ hint: strings.healthHint, ok: health.ok },
      },
      ...facts,
      { key: 'took', name: strings.healthTook, value: format.ms(health.ms), hint: strings.healthTookHint },
    ],
  };
}
