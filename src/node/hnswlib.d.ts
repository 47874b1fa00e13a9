/** The Emscripten factory inside hnswlib-wasm 0.8.2 (pinned: the file's name has the build's hash), which has no types of its own. */
declare module 'hnswlib-wasm/dist/hnswlib-317962d7.js' {
  export default function createModule(options: {
    print: (line: string) => void;
    printErr: (line: string) => void;
  }): Promise<unknown>;
}
