import { LocalModel } from '../../src/core/embedding/local/localModel.ts';
import { readModelFile } from '../../src/core/embedding/local/modelFile.ts';
import type { EmbeddingDocument } from '../../src/core/providerPorts.ts';

/** Texts whose vectors are recorded: code and prose, several scripts, the empty, the long and the odd. */
const documents: readonly EmbeddingDocument[] = [
  ['src/upload.ts', 'retryUpload', 'function', 'async function retryUpload(file) {\n  await sendFile(file, 5);\n}'],
  ['app/session.py', 'SessionStore.expire', 'method', 'def expire(self, now):\n    del self.sessions[key]'],
  [
    'net/http.go',
    'parseHTTP2Header, writeFrame',
    'function',
    'func parseHTTP2Header(b []byte) (v3 uint32) { return 0x1F }',
  ],
  ['lib/ignore.rb', 'Ignore::Rule.match?', 'method', 'def match?(path) = File.fnmatch(@glob, path)'],
  ['docs/guide.md', 'Guide > Install > On Linux', 'section', '# On Linux\n\nRun the installer, then check `PATH`.'],
  ['data/größe.txt', '', 'block', 'Größe naïve Ünïcode 日本語のテキスト данные 한국어 \u0301 😀'],
  ['kebab-case/x86_64-unknown.rs', 'sha256_init', 'function', 'let x = a-b - c--d; // sha256, 64bit, e.g. --no-cache'],
  ['', '', 'block', '{ } [ ] ( ) ;;; --- => !=='],
  ['', '', 'block', ''],
  ['a/b/c/long.json', 'many', 'block', Array.from({ length: 3_000 }, (_, n) => `word${n} ${n}`).join(' ')],
  ['again.ts', 'again', 'function', 'again '.repeat(5_000)],
].map(([path, symbol, kind, text]) => ({ path, symbol, kind, text }) as EmbeddingDocument);
const queries: readonly string[] = [
  'where do we retry failed uploads?',
  'SessionStore.expire',
  'TypeError: cannot read properties of undefined',
  'how is the HTTP/2 header parsed',
  'Größe einer Datei lesen',
  '設定ファイルを読む',
  '=>',
  'x',
  'the of and',
];

/** The vectors of all texts, one after the other, as the machine holds them (little-endian everywhere we run). */
export function goldenVectors(model: Uint8Array, pooling: WebAssembly.Module): Uint8Array {
  const local = new LocalModel(readModelFile(model), pooling);
  const vectors = [
    ...documents.map((document) => local.embedDocument(document).vector),
    ...queries.map((query) => local.embedQuery(query).vector),
  ];
  const all = new Float32Array(vectors.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const vector of vectors) {
    all.set(vector, end);
    end += vector.length;
  }
  return new Uint8Array(all.buffer);
}
