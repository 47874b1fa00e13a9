/** What savingProcess.ts saves: some megabytes, so that most kills fall into the writing. */
export const savedIndex = { dimensions: 256, engine: 'hnsw' } as const;
export const savedRows = 4000;
