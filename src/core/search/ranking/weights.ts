import type { FeatureName } from './features.ts';

/*
 * Fitted by training/ranking/fit.py to 419 questions about 21 repositories; not to be edited by hand. Held-out
 * nDCG@10 (cross-validated by repository) is in training/ranking/README.md.
 */

// fitted >
export const weights: Readonly<Record<FeatureName, number>> = {
  defines: 0.433,
  definesType: 0.241,
  depth: -0.228,
  directoryCoverage: 0.316,
  directoryPrecision: 1.255,
  fileBest: 1.49,
  fileCoverage: 0.111,
  fileFound: -0.026,
  fileNamed: 0.286,
  filePrecision: 0.959,
  fileRank: -0.397,
  fileSum: 0.441,
  inCompatibility: -1.685,
  inConfiguration: -1.455,
  inDocument: -2.196,
  inEntry: 0.516,
  inExample: -1.147,
  inTest: -1.331,
  inVendored: -0.91,
  isBlock: 0.317,
  isFunction: 0.265,
  isTestCase: -1.036,
  isType: 0.218,
  nameCoverage: 0.336,
  namePrecision: 0.464,
  relevance: 1.692,
  scopeCoverage: -0.519,
  scopePrecision: 0.375,
  symbolDefined: 0.786,
  symbolFile: 1.284,
  symbolPrefix: -0.582,
  symbolType: 0.559,
};
export const bias = -4.984;
// < fitted

/** Step by which each further chunk of one file is lowered, in the unit of the weights (log odds). */
export const saturation = 2;
