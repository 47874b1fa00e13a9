/** Where one tree-sitter grammar comes from and what it is called as an asset of the product. */
export interface Grammar {
  /** File name in `media/grammars/`. */
  readonly wasm: string;
  /** npm package that ships the built grammar. */
  readonly package: string;
  /** Path of the file inside the package. */
  readonly path: string;
}

const grammar = (packageName: string, file: string): Grammar => ({
  wasm: `${file}.wasm`,
  package: packageName,
  path: `${file}.wasm`,
});
const official = (name: string, file = name): Grammar => grammar(`tree-sitter-${name}`, `tree-sitter-${file}`);
const community = (name: string, file = name): Grammar =>
  grammar(`@tree-sitter-grammars/tree-sitter-${name}`, `tree-sitter-${file}`);

/** The parser's own module; it lies beside the grammars. */
export const parserRuntime: Grammar = {
  wasm: 'web-tree-sitter.wasm',
  package: 'web-tree-sitter',
  path: 'web-tree-sitter.wasm',
};

/**
 * The one list of grammars, by name. The build copies exactly these files (and {@link parserRuntime}) into the package;
 * the parse process loads from it. Imports nothing, so that build scripts can read it.
 */
export const grammars = {
  bash: official('bash'),
  c: official('c'),
  cpp: official('cpp'),
  csharp: official('c-sharp', 'c_sharp'),
  css: official('css'),
  elixir: official('elixir'),
  go: official('go'),
  haskell: official('haskell'),
  hcl: community('hcl'),
  html: official('html'),
  java: official('java'),
  javascript: official('javascript'),
  julia: official('julia'),
  kotlin: community('kotlin'),
  lua: community('lua'),
  ocaml: official('ocaml'),
  ocamlInterface: official('ocaml', 'ocaml_interface'),
  php: official('php'),
  python: official('python'),
  ruby: official('ruby'),
  rust: official('rust'),
  scala: official('scala'),
  svelte: community('svelte'),
  terraform: community('hcl', 'terraform'),
  toml: community('toml'),
  tsx: official('typescript', 'tsx'),
  typescript: official('typescript'),
  yaml: community('yaml'),
  zig: community('zig'),
} as const satisfies Record<string, Grammar>;

export type GrammarName = keyof typeof grammars;

/** How a language is parsed: its grammar and, where it holds scripts, the grammar of those. */
export interface LanguageGrammar {
  readonly main: GrammarName;
  /** Grammar of the `<script>` elements. */
  readonly script?: GrammarName;
}

/** Language id ({@link languageOf}) -> grammar. Languages that are not here are chunked without one. */
export const languageGrammars: Readonly<Record<string, LanguageGrammar>> = {
  c: { main: 'c' },
  cpp: { main: 'cpp' },
  csharp: { main: 'csharp' },
  css: { main: 'css' },
  'cuda-cpp': { main: 'cpp' },
  elixir: { main: 'elixir' },
  go: { main: 'go' },
  haskell: { main: 'haskell' },
  hcl: { main: 'hcl' },
  html: { main: 'html', script: 'typescript' },
  java: { main: 'java' },
  javascript: { main: 'javascript' },
  javascriptreact: { main: 'javascript' },
  julia: { main: 'julia' },
  kotlin: { main: 'kotlin' },
  lua: { main: 'lua' },
  ocaml: { main: 'ocaml' },
  'ocaml.interface': { main: 'ocamlInterface' },
  php: { main: 'php' },
  python: { main: 'python' },
  ruby: { main: 'ruby' },
  rust: { main: 'rust' },
  scala: { main: 'scala' },
  shellscript: { main: 'bash' },
  svelte: { main: 'svelte', script: 'typescript' },
  terraform: { main: 'terraform' },
  toml: { main: 'toml' },
  typescript: { main: 'typescript' },
  typescriptreact: { main: 'tsx' },
  vue: { main: 'html', script: 'typescript' },
  yaml: { main: 'yaml' },
  zig: { main: 'zig' },
};
