import type { LanguagePatterns } from '../patternOutline.ts';
import { applicationPatterns } from './applications.ts';
import { functionalPatterns } from './functional.ts';
import { scriptPatterns } from './scripts.ts';
import { systemPatterns } from './systems.ts';

const none: LanguagePatterns = { definitions: [] };

const patterns: Readonly<Record<string, LanguagePatterns>> = {
  ...applicationPatterns,
  ...functionalPatterns,
  ...scriptPatterns,
  ...systemPatterns,
};

/** How a language without a grammar is read; unknown ones by indentation and blank lines alone. */
export function patternsOf(language: string): LanguagePatterns {
  return patterns[language] ?? none;
}
