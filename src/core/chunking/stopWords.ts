/**
 * Words of a question that say nothing about the code sought: articles, pronouns, prepositions, question words, and
 * the verbs of asking. Names of code things (`function`, `class`, `error`) are not among them.
 */
export const stopWords: ReadonlySet<string> = new Set(
  (
    'a about all also am an and any are as at be been being both but by can could did do does doing done each every ' +
    'exactly explain find for from get gets getting give given had has have having here hers his how however i if in ' +
    'into is it its itself just let like locate look looking made make makes making many may me might more most much must my need ' +
    'needs no not of on one ones only or other our out over own please same see shall she he should show so some such ' +
    'tell than that the their them then there these they this those through to too under until up upon us use used uses ' +
    'using very want wants was we were what when where wherever whether which while who whom whose why will with within would you your'
  ).split(' '),
);
