import type { FeatureName } from './features.ts';

/*
 * Fitted by training/ranking/fit.py to 419 questions about 21 repositories; not to be edited by hand. Held-out
 * nDCG@10 (cross-validated by repository) is in training/ranking/README.md.
 */

// fitted >
export const weights: Readonly<Record<FeatureName, number>> = {
  defines: 0.688,
  definesType: 0.159,
  depth: -0.355,
  directoryCoverage: 0.289,
  directoryPrecision: 1.451,
  fileBest: 2.424,
  fileCoverage: -0.195,
  fileFound: -0.146,
  fileNamed: 0.379,
  filePrecision: 1.165,
  fileRank: -0.252,
  fileSum: 0.566,
  inCompatibility: -1.27,
  inConfiguration: -1.452,
  inDocument: -2.242,
  inEntry: 0.708,
  inExample: -1.423,
  inTest: -1.703,
  inVendored: -0.965,
  isBlock: 0.203,
  isFunction: 0.288,
  isTestCase: -0.86,
  isType: 0.358,
  nameCoverage: 0.213,
  namePrecision: 0.056,
  relevance: 3.455,
  scopeCoverage: 0.068,
  scopePrecision: 0.309,
  symbolDefined: 1.198,
  symbolFile: 2.532,
  symbolPrefix: -0.568,
  symbolType: 0.017,
};
export const bias = -6.699;

/** Step by which each further chunk of one file is lowered, in the unit of the weights (log odds). */
export const saturation = 3.138;
// < fitted
