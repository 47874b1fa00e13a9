import { english } from '../../protocol/phrase.ts';
import { probeTable } from '../../util/probeReport.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { jsonText } from '../jsonText.ts';
import { credentialsOf, mergeIndexOptions, pickIndexOptions, toEngineConfig } from '../options.ts';
import { withEngine } from '../session.ts';

/** `codeweaver probe`: what an endpoint does with a model, stored as their profile for all indexes of the data directory. */
export async function probeCommand(json: boolean, context: CommandContext): Promise<ExitCode> {
  const { environment, options, signal, terminal } = context;
  const config = toEngineConfig(mergeIndexOptions({}, pickIndexOptions(options)), []);
  const probe = await withEngine(context, async (engine) => {
    await engine.configure(config, credentialsOf(environment.variables), { remoteProvider: true }, signal);
    engine.on('activity', ({ step }) => {
      if (options.progress) terminal.note(`Probing ${english(step)} …`);
    });
    return engine.probe(signal);
  });
  await terminal.write(json ? `${jsonText(probe, 2)}\n` : `${probeTable(probe)}\n`);
  terminal.note(`Stored as the profile of ${probe.model} at ${probe.endpoint}: the next command keeps to it.`);
  return exitCodes.ok;
}
