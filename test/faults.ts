/** `npm run test:faults`: the command line is killed 200 times while it indexes (`npm test` does it 20 times). */
process.env['CODEWEAVER_KILLS'] ??= '200';
process.argv.push('build', 'cli', '--grep', 'kill -9');
await import('./run.ts');
