import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };

/** The .vsix that `npm run package` wrote. */
export const packagedVsix = join(import.meta.dirname, '../..', `${manifest.name}-${manifest.version}.vsix`);
