/** `npm run golden`: records the vectors of the embedded model, after a new model or a wanted change of what vectors are. */
import { writeGoldenRecord } from './support/goldenRecord.ts';

writeGoldenRecord();
