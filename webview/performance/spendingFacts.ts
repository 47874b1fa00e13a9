import type { SpendingStatus, Spent } from '../../src/protocol/costs.ts';
import { fill } from '../shared/format.ts';
import type { Fact, FactWords } from './facts.ts';

/** Less is shown as nothing by the format of money. */
const leastDollars = 0.0001;

/** The running meter; empty while nothing was ever spent and there is no budget. */
export function spendingFacts(
  { budgetTokens, workspace, run, today, month }: SpendingStatus,
  words: FactWords,
): Fact[] {
  const { strings } = words;
  if (budgetTokens === undefined && [workspace, month].every(({ requests }) => requests === 0)) return [];
  const fact = (key: string, name: string, spent: Spent, hint: string): Fact => ({
    ...{ key, name },
    value: spentText(spent, words),
    hint: `${hint}\n${strings.spentPriceHint}`,
  });
  return [
    fact('spentWorkspace', strings.spentWorkspace, workspace, strings.spentWorkspaceHint),
    budgetFact(budgetTokens, workspace, words),
    fact('spentRun', strings.spentRun, run, strings.spentRunHint),
    fact('spentToday', strings.spentToday, today, strings.spentTodayHint),
    fact('spentMonth', strings.spentMonth, month, strings.spentMonthHint),
  ];
}

function budgetFact(budget: number | undefined, { tokens }: Spent, { strings, format }: FactWords): Fact {
  const about = { key: 'budget', name: strings.budget, hint: strings.budgetHint };
  if (budget === undefined) return { ...about, value: strings.budgetNone };
  const share = budget === 0 ? 1 : Math.min(1, tokens / budget);
  return { ...about, value: fill(strings.budgetValue, format.percent(share), format.integer(budget)), share };
}

function spentText({ requests, tokens, dollars, unpricedTokens }: Spent, { strings, format }: FactWords): string {
  const counts = fill(strings.spentCounts, format.integer(tokens), format.integer(requests));
  if (tokens === 0 || (dollars < leastDollars && unpricedTokens < tokens)) return counts;
  if (unpricedTokens === tokens) return fill(strings.spentUnpriced, counts);
  const money = format.dollars(dollars);
  return fill(unpricedTokens === 0 ? strings.spentPriced : strings.spentPartlyPriced, counts, money);
}
