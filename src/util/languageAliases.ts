/** What people call a language where its id is longer or another. Lower case. */
const aliases: Readonly<Record<string, string>> = {
  bash: 'shellscript',
  'c#': 'csharp',
  'c++': 'cpp',
  clj: 'clojure',
  cs: 'csharp',
  docker: 'dockerfile',
  ex: 'elixir',
  'f#': 'fsharp',
  golang: 'go',
  hs: 'haskell',
  js: 'javascript',
  jsx: 'javascriptreact',
  kt: 'kotlin',
  make: 'makefile',
  md: 'markdown',
  objc: 'objective-c',
  pl: 'perl',
  protobuf: 'proto',
  ps: 'powershell',
  ps1: 'powershell',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  rst: 'restructuredtext',
  sh: 'shellscript',
  shell: 'shellscript',
  tex: 'latex',
  tf: 'terraform',
  ts: 'typescript',
  tsx: 'typescriptreact',
  yml: 'yaml',
  zsh: 'shellscript',
};

/** The language id (as VS Code's) that a name or an id means, in any case. Ids that are not known here stay as they are. */
export function languageId(name: string): string {
  const lower = name.toLowerCase();
  return Object.hasOwn(aliases, lower) ? (aliases[lower] ?? lower) : lower;
}
