import { Ansis } from 'ansis';
import type { CliEnvironment, OutputStream } from './environment.ts';

/** The two output streams: results go to stdout and nothing else does; what is said about them goes to stderr. */
export class Terminal {
  /** Colours for stdout: plain text unless it is a terminal and NO_COLOR is not set (https://no-color.org). */
  readonly colours: Ansis;
  readonly stderr: OutputStream;
  readonly #stdout: OutputStream;
  readonly #onReaderGone: () => void;
  #readerGone = false;

  /** `onReaderGone`: the reader of stdout has closed it (`| head`); nothing more need be found out. */
  constructor(environment: Pick<CliEnvironment, 'stdout' | 'stderr' | 'variables'>, onReaderGone: () => void) {
    this.#stdout = environment.stdout;
    this.stderr = environment.stderr;
    this.#onReaderGone = onReaderGone;
    const wantsColour = this.#stdout.isTTY === true && !environment.variables['NO_COLOR'];
    this.colours = new Ansis(wantsColour && environment.variables['TERM'] !== 'dumb' ? 1 : 0);
    this.#stdout.on('error', this.#onStdoutError);
    this.stderr.on('error', ignoreClosedPipe);
  }

  /** True once the reader of stdout has gone. */
  get readerGone(): boolean {
    return this.#readerGone;
  }

  /** Resolves when the text was handed to the system, so that a slow reader slows the writer down, not fills memory. */
  async write(text: string): Promise<void> {
    if (this.#readerGone) return;
    await new Promise<void>((resolve) => {
      // A failed write is reported by the stream's error event as well.
      this.#stdout.write(text, () => {
        resolve();
      });
    });
  }

  /** One line for people. */
  note(text: string): void {
    this.stderr.write(`${text}\n`);
  }

  dispose(): void {
    this.#stdout.off('error', this.#onStdoutError);
    this.stderr.off('error', ignoreClosedPipe);
  }

  readonly #onStdoutError = (error: NodeJS.ErrnoException): void => {
    if (!isClosedPipe(error)) throw error;
    this.#readerGone = true;
    this.#onReaderGone();
  };
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (!isClosedPipe(error)) throw error;
}

/** Windows says EOF where POSIX systems say EPIPE. */
function isClosedPipe({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EOF' || code === 'ERR_STREAM_DESTROYED';
}

/** Text of a file or path, safe to show: control characters (a terminal obeys them) replaced, tabs kept. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\t]/gu, '\ufffd');
}
