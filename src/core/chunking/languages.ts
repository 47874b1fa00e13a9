/** Extensions (lower case, no dot) of each language, by VS Code's language id where one exists. */
const extensions: Readonly<Record<string, string>> = {
  asciidoc: 'adoc asciidoc',
  astro: 'astro',
  bat: 'bat cmd',
  bibtex: 'bib',
  c: 'c i',
  clojure: 'clj cljs cljc edn',
  cmake: 'cmake',
  cobol: 'cob cbl cpy',
  coffeescript: 'coffee cson',
  cpp: 'cpp cc cxx c++ h hh hpp hxx h++ ii ino inl ipp tpp txx ixx cppm mpp',
  crystal: 'cr',
  csharp: 'cs csx cake',
  css: 'css',
  csv: 'csv tsv',
  'cuda-cpp': 'cu cuh',
  d: 'd di',
  dart: 'dart',
  diff: 'diff patch',
  dockerfile: 'dockerfile containerfile',
  dotenv: 'env',
  elixir: 'ex exs',
  elm: 'elm',
  erlang: 'erl hrl escript',
  erb: 'erb',
  'fortran-modern': 'f90 f95 f03 f08 f for f77',
  fsharp: 'fs fsi fsx fsscript',
  gdscript: 'gd',
  gleam: 'gleam',
  glsl: 'glsl vert frag geom comp',
  go: 'go',
  gomod: 'mod',
  graphql: 'graphql graphqls gql',
  groovy: 'groovy gvy gradle jenkinsfile nf',
  handlebars: 'handlebars hbs hjs',
  haskell: 'hs',
  'literate haskell': 'lhs',
  haxe: 'hx',
  hcl: 'hcl nomad',
  hlsl: 'hlsl hlsli fx fxh',
  html: 'html htm shtml xhtml xht mdoc',
  ini: 'ini cfg conf editorconfig gitconfig',
  java: 'java jav',
  javascript: 'js es6 mjs cjs pac',
  javascriptreact: 'jsx',
  jinja: 'jinja jinja2 j2',
  json: 'json webmanifest har geojson jsonld avsc',
  jsonc: 'jsonc code-workspace',
  json5: 'json5',
  jsonl: 'jsonl ndjson',
  julia: 'jl',
  kotlin: 'kt kts ktm',
  latex: 'tex ltx sty cls',
  less: 'less',
  lisp: 'lisp lsp cl asd el',
  liquid: 'liquid',
  lua: 'lua luau rockspec',
  makefile: 'mak mk make',
  markdown: 'md mkd mdwn mdown markdown markdn mdtxt mdtext workbook mdx qmd rmd',
  matlab: 'matlab',
  mojo: 'mojo 🔥',
  nim: 'nim nims nimble',
  nix: 'nix',
  'objective-c': 'm',
  'objective-cpp': 'mm',
  ocaml: 'ml',
  'ocaml.interface': 'mli',
  org: 'org',
  pascal: 'pas pp dpr lpr inc',
  perl: 'pl pm pod t psgi',
  php: 'php php4 php5 phtml ctp',
  plaintext: 'txt text',
  powershell: 'ps1 psm1 psd1 pssc psrc',
  prisma: 'prisma',
  prolog: 'pro prolog',
  properties: 'properties',
  proto: 'proto',
  pug: 'pug jade',
  purescript: 'purs',
  python: 'py pyi pyw rpy cpy gyp gypi pyx pxd bzl star',
  qml: 'qml',
  r: 'r rhistory rprofile rt',
  racket: 'rkt',
  raku: 'raku rakumod rakutest p6 pl6 pm6',
  razor: 'cshtml razor',
  reason: 're rei',
  rescript: 'res resi',
  restructuredtext: 'rst rest',
  ruby: 'rb rbx rjs gemspec rake podspec ru thor',
  rust: 'rs',
  sass: 'sass',
  scala: 'scala sc sbt mill',
  scheme: 'scm ss sld',
  scss: 'scss',
  shaderlab: 'shader cginc',
  bats: 'bats',
  shellscript: 'sh bash bashrc bash_aliases bash_profile bash_login ebuild zsh ksh mksh command zshrc',
  fish: 'fish',
  solidity: 'sol',
  sql: 'sql dsql ddl dml psql plsql pgsql mysql',
  starlark: 'starlark',
  stylus: 'styl',
  svelte: 'svelte',
  swift: 'swift swiftinterface',
  systemverilog: 'sv svh',
  tcl: 'tcl',
  terraform: 'tf tfvars tofu',
  thrift: 'thrift',
  toml: 'toml',
  twig: 'twig',
  typescript: 'ts cts mts',
  typescriptreact: 'tsx',
  v: 'vv vsh',
  vala: 'vala vapi',
  vb: 'vb vbs bas vba brs',
  verilog: 'v vh',
  vhdl: 'vhd vhdl',
  viml: 'vim vimrc',
  vue: 'vue',
  wat: 'wat wast',
  wgsl: 'wgsl',
  xml: 'xml xsd xsl xslt rng svg plist csproj vbproj fsproj props targets wsdl xaml axaml resx storyboard xib nuspec pom ui',
  yaml: 'yml yaml eyaml eyml cff',
  zig: 'zig zon',
};

/** Languages of whole file names (lower case). */
const fileNames: Readonly<Record<string, string>> = {
  '.babelrc': 'jsonc',
  '.bash_aliases': 'shellscript',
  '.bash_profile': 'shellscript',
  '.bashrc': 'shellscript',
  '.clang-format': 'yaml',
  '.clang-tidy': 'yaml',
  '.editorconfig': 'ini',
  '.emacs': 'lisp',
  '.envrc': 'shellscript',
  '.eslintrc': 'jsonc',
  '.gitconfig': 'ini',
  '.gitmodules': 'ini',
  '.npmrc': 'ini',
  '.prettierrc': 'yaml',
  '.profile': 'shellscript',
  '.vimrc': 'viml',
  '.zprofile': 'shellscript',
  '.zshenv': 'shellscript',
  '.zshrc': 'shellscript',
  apkbuild: 'shellscript',
  berksfile: 'ruby',
  brewfile: 'ruby',
  'build.bazel': 'python',
  capfile: 'ruby',
  'cmakelists.txt': 'cmake',
  containerfile: 'dockerfile',
  dangerfile: 'ruby',
  dockerfile: 'dockerfile',
  fastfile: 'ruby',
  gemfile: 'ruby',
  gnumakefile: 'makefile',
  'go.mod': 'gomod',
  'go.work': 'gomod',
  guardfile: 'ruby',
  jakefile: 'javascript',
  jenkinsfile: 'groovy',
  justfile: 'just',
  makefile: 'makefile',
  ocamlmakefile: 'makefile',
  pipfile: 'toml',
  pkgbuild: 'shellscript',
  podfile: 'ruby',
  'poetry.lock': 'toml',
  'cargo.lock': 'toml',
  procfile: 'yaml',
  rakefile: 'ruby',
  sconscript: 'python',
  sconstruct: 'python',
  snakefile: 'python',
  tiltfile: 'python',
  'tsconfig.json': 'jsonc',
  vagrantfile: 'ruby',
  'workspace.bazel': 'python',
};

/** Names that mean something only as they are written. */
const exactFileNames: Readonly<Record<string, string>> = { BUILD: 'python', WORKSPACE: 'python' };

/** Interpreter of a `#!` line (without version digits) -> language. */
const interpreters: Readonly<Record<string, string>> = {
  ash: 'shellscript',
  bash: 'shellscript',
  bats: 'bats',
  bun: 'typescript',
  crystal: 'crystal',
  dash: 'shellscript',
  deno: 'typescript',
  elixir: 'elixir',
  escript: 'erlang',
  fish: 'fish',
  groovy: 'groovy',
  julia: 'julia',
  ksh: 'shellscript',
  lua: 'lua',
  luajit: 'lua',
  make: 'makefile',
  node: 'javascript',
  nodejs: 'javascript',
  ocaml: 'ocaml',
  perl: 'perl',
  php: 'php',
  pwsh: 'powershell',
  pypy: 'python',
  python: 'python',
  raku: 'raku',
  rscript: 'r',
  ruby: 'ruby',
  runghc: 'haskell',
  runhaskell: 'haskell',
  scala: 'scala',
  sh: 'shellscript',
  swift: 'swift',
  tclsh: 'tcl',
  'ts-node': 'typescript',
  tsx: 'typescript',
  uv: 'python',
  zsh: 'shellscript',
};

const byExtension = new Map<string, string>();
for (const [language, list] of Object.entries(extensions)) {
  for (const extension of list.split(' ')) byExtension.set(extension, language);
}
const byFileName = new Map(Object.entries(fileNames));
const byInterpreter = new Map(Object.entries(interpreters));

/**
 * Language id of a file: VS Code's id where it has one, `plaintext` when unknown.
 *
 * @param path Any path; both separators are understood.
 * @param head The first characters of the text, when at hand. It decides what a name leaves open: files without
 *   extension (by their `#!` line) and `.h` (C or C++; C++ without it, as in VS Code), `.m` (Objective-C or MATLAB).
 */
export function languageOf(path: string, head?: string): string {
  const baseName = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const name = baseName.toLowerCase();
  const named = exactFileNames[baseName] ?? byFileName.get(name) ?? familyOf(name);
  if (named !== undefined) return named;
  const dot = name.lastIndexOf('.');
  const extension = dot < 0 ? '' : name.slice(dot + 1);
  const language = byExtension.get(extension);
  if (language !== undefined) return head === undefined ? language : refined(language, extension, head);
  return (head === undefined ? undefined : ofShebang(head)) ?? 'plaintext';
}

/** `Dockerfile.dev`, `Makefile.am`, `.env.local`: the first part of the name says what the file is. */
function familyOf(name: string): string | undefined {
  if (name.endsWith('.d.ts')) return 'typescript';
  if (name.startsWith('dockerfile.') || name.startsWith('containerfile.')) return 'dockerfile';
  if (name === 'makefile.am' || name === 'makefile.in' || name.startsWith('makefile.')) return 'makefile';
  if (name.startsWith('.env.')) return 'dotenv';
  return undefined;
}

const cppMark =
  /^\s*(?:class\s+\w+|namespace\b|template\s*<|using\s+(?:namespace\b|\w+\s*=)|public:|private:|enum\s+class\b|#\s*include\s*<[a-z_]+>)|\bstd::|\b(?:constexpr|nullptr|noexcept|override)\b|NAMESPACE/m;
const cMark = /^\s*typedef\s+(?:struct|enum|union)\b|^\s*extern\s+"C"|\w\s*\(void\)|^\s*struct\s+\w+\s*;/m;

function refined(language: string, extension: string, head: string): string {
  if (extension === 'h') {
    if (/^\s*@(?:interface|protocol|class|import)\b/m.test(head)) return 'objective-c';
    return !cppMark.test(head) && cMark.test(head) ? 'c' : 'cpp';
  }
  if (extension === 'm' && /^\s*(?:%|function\b|classdef\b)/m.test(head) && !/^\s*[#@]/m.test(head)) return 'matlab';
  if (extension === 'pl' && /^\s*:-/m.test(head)) return 'prolog';
  return language;
}

function ofShebang(head: string): string | undefined {
  const match = /^#!\s*(\S+)(?:[ \t]+(.*))?/.exec(head);
  if (match === null) return undefined;
  let program = match[1]?.split('/').at(-1) ?? '';
  if (program === 'env') {
    program = match[2]?.split(/\s+/).find((word) => !word.startsWith('-') && !word.includes('=')) ?? '';
  }
  return byInterpreter.get(program.toLowerCase().replace(/[\d.]+$/, ''));
}
