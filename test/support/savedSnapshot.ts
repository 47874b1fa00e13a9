/** What savingProcess.ts saves: some megabytes, so that most kills fall into the writing. */
export const savedOptions = { spaceId: 'saved', dimensions: 256 };
export const savedRows = 4000;
