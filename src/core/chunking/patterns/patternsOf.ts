import type { LanguagePatterns } from '../patternOutline.ts';
import { applicationPatterns } from './applications.ts';
import { fallbackPatterns } from './fallbacks.ts';
import { functionalPatterns } from './functional.ts';
import { scriptPatterns } from './scripts.ts';
import { systemPatterns } from './systems.ts';

const none: LanguagePatterns = { definitions: [] };

const patterns: Readonly<Record<string, LanguagePatterns>> = {
  ...fallbackPatterns,
  ...applicationPatterns,
  ...functionalPatterns,
  ...scriptPatterns,
  ...systemPatterns,
};

/** How a text without a tree is read; unknown languages by indentation and blank lines alone. */
export function patternsOf(language: string): LanguagePatterns {
  return patterns[language] ?? none;
}
