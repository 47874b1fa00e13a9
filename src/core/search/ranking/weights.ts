import type { FeatureName } from './features.ts';

/*
 * Fitted by training/ranking/fit.py to 419 questions about 21 repositories; not to be edited by hand. Held-out
 * nDCG@10 (cross-validated by repository) is in training/ranking/README.md.
 */

// fitted >
export const weights: Readonly<Record<FeatureName, number>> = {
  defines: 0.665,
  definesType: 0.155,
  depth: -0.343,
  directoryCoverage: 0.28,
  directoryPrecision: 1.399,
  fileBest: 2.34,
  fileCoverage: -0.188,
  fileFound: -0.141,
  fileNamed: 0.365,
  filePrecision: 1.123,
  fileRank: -0.242,
  fileSum: 0.545,
  inCompatibility: -1.225,
  inConfiguration: -1.399,
  inDocument: -2.161,
  inEntry: 0.683,
  inExample: -1.372,
  inTest: -1.643,
  inVendored: -0.931,
  isBlock: 0.198,
  isFunction: 0.281,
  isTestCase: -0.829,
  isType: 0.347,
  nameCoverage: 0.206,
  namePrecision: 0.052,
  onlyHere: 3.773,
  quotes: 6.33,
  relevance: 3.33,
  scopeCoverage: 0.066,
  scopePrecision: 0.3,
  symbolDefined: 1.158,
  symbolFile: 2.441,
  symbolPrefix: -0.551,
  symbolType: 0.017,
};
export const bias = -6.551;

/** Step by which each further chunk of one file is lowered, in the unit of the weights (log odds). */
export const saturation = 3.027;
// < fitted
