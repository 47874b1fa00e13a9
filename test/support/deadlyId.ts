/** What dyingShard.ts dies of. */
export const deadlyId = 666;
