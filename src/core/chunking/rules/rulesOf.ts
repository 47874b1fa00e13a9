import type { GrammarName } from '../grammars.ts';
import { bashRules } from './bash.ts';
import { cRules } from './c.ts';
import { csharpRules } from './csharp.ts';
import { cssRules } from './css.ts';
import { elixirRules } from './elixir.ts';
import { goRules } from './go.ts';
import { haskellRules } from './haskell.ts';
import { hclRules } from './hcl.ts';
import { htmlRules } from './html.ts';
import { javaRules } from './java.ts';
import { javascriptRules } from './javascript.ts';
import { juliaRules } from './julia.ts';
import { kotlinRules } from './kotlin.ts';
import { luaRules } from './lua.ts';
import { ocamlRules } from './ocaml.ts';
import { phpRules } from './php.ts';
import { pythonRules } from './python.ts';
import { rubyRules } from './ruby.ts';
import type { LanguageRules } from './rule.ts';
import { rustRules } from './rust.ts';
import { scalaRules } from './scala.ts';
import { tomlRules } from './toml.ts';
import { yamlRules } from './yaml.ts';
import { zigRules } from './zig.ts';

/** How the trees of each grammar are read. */
export const rulesOf: Readonly<Record<GrammarName, LanguageRules>> = {
  bash: bashRules,
  c: cRules,
  cpp: cRules,
  csharp: csharpRules,
  css: cssRules,
  elixir: elixirRules,
  go: goRules,
  haskell: haskellRules,
  hcl: hclRules,
  html: htmlRules,
  java: javaRules,
  javascript: javascriptRules,
  julia: juliaRules,
  kotlin: kotlinRules,
  lua: luaRules,
  ocaml: ocamlRules,
  ocamlInterface: ocamlRules,
  php: phpRules,
  python: pythonRules,
  ruby: rubyRules,
  rust: rustRules,
  scala: scalaRules,
  svelte: htmlRules,
  terraform: hclRules,
  toml: tomlRules,
  tsx: javascriptRules,
  typescript: javascriptRules,
  yaml: yamlRules,
  zig: zigRules,
};
