import { type SettingKey, settingTable } from '../settingTable.ts';
import { hostClass, modelClass } from './redaction.ts';

/**
 * The product's settings that differ from their defaults, by name. Numbers and choices as they are; of an address which
 * service it is, of headers the names, of lists how long they are, of other texts that there is one.
 */
export function settingLines(read: (key: SettingKey) => unknown): [name: string, value: string][] {
  return (Object.keys(settingTable) as SettingKey[]).flatMap((key): [string, string][] => {
    const { schema } = settingTable[key];
    const value = read(key);
    if (value === undefined || JSON.stringify(value) === JSON.stringify(schema.default)) return [];
    return [[key, settingText(key, value)]];
  });
}

function settingText(key: SettingKey, value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `${value.length} entries`;
  if (typeof value === 'object') {
    const names = Object.keys(value).filter((name) => /^[A-Za-z][A-Za-z-]{0,40}$/u.test(name));
    return `${Object.keys(value).length} entries: ${names.join(', ')}`;
  }
  if (typeof value !== 'string') return 'of a wrong type';
  const { schema } = settingTable[key];
  if ('enum' in schema && schema.enum?.includes(value) === true) return value;
  if (key.endsWith('.baseUrl')) return hostClass(value);
  if (key.endsWith('.model')) return modelClass(value);
  return `a text of ${value.length} characters`;
}
