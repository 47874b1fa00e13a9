import { readFile } from 'node:fs/promises';
import oniguruma from 'vscode-oniguruma';
import type { IOnigLib } from 'vscode-textmate';

/** The regular expressions grammars are written in, as WebAssembly. Call it once per thread. */
export async function loadOniguruma(wasmPath: string): Promise<IOnigLib> {
  await oniguruma.loadWASM(await readFile(wasmPath));
  return {
    createOnigScanner: (sources) => oniguruma.createOnigScanner(sources),
    createOnigString: (text) => oniguruma.createOnigString(text),
  };
}
