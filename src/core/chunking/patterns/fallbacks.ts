import type { LanguagePatterns } from '../patternOutline.ts';
import { cFunction, cTypes, dashComment, hashComment, minor, pattern, slashComment } from './pattern.ts';

const cFamily: LanguagePatterns = {
  definitions: [...cTypes, pattern('module', /^(?:export\s+)?namespace\s+(?<name>[\w.:]+)/), cFunction],
  comment: slashComment,
  attached: /^(?:@\w[\w.]*(?:\([^)]*\))?|\[\w.*\]|template\s*<.*>)\s*$/,
};

const script: LanguagePatterns = {
  definitions: [
    pattern('test', /^(?:describe|context|it|test)(?:\.\w+)*\(\s*(?<name>'[^']*'|"[^"]*"|`[^`]*`)/),
    pattern('function', /^(?:export\s+)?(?:default\s+)?(?:async\s+)?function\s*\*?\s*(?<name>[\w$]+)/),
    pattern(
      'function',
      /^(?:export\s+)?(?:const|let|var)\s+(?<name>[\w$]+)\s*(?::[^=]+)?=\s*(?:async\s*)?(?:function\b|\([^)]*\)\s*(?::[^=]+)?=>|\w+\s*=>)/,
    ),
    pattern('type', /^(?:export\s+)?(?:declare\s+)?type\s+(?<name>\w+)\s*(?:<[^=]*>)?\s*=/),
    ...cFamily.definitions,
    pattern('constant', /^(?:export\s+)?(?:const|let|var)\s+(?<name>[\w$]+)/, minor),
  ],
  comment: slashComment,
  attached: /^@\w[\w.]*(?:\(.*\))?\s*$/,
};

const shell: LanguagePatterns = {
  definitions: [
    pattern('function', /^(?:function\s+)?(?<name>[\w:.-]+)\s*\(\)/),
    pattern('function', /^function\s+(?<name>[\w:.-]+)/),
  ],
  comment: hashComment,
};

const blocks: LanguagePatterns = {
  definitions: [
    pattern('class', /^(?:resource|data)\s+(?<name>"[^"]+"\s+"[^"]+")/, minor),
    pattern('section', /^(?<name>[\w-]+(?:\s+"[^"]+")*)\s*\{/, minor),
  ],
  comment: hashComment,
};

/**
 * What is guessed of languages that have a grammar, for the file whose grammar failed: too large, too slow, or it killed
 * its process.
 */
export const fallbackPatterns: Readonly<Record<string, LanguagePatterns>> = {
  c: cFamily,
  cpp: cFamily,
  csharp: cFamily,
  'cuda-cpp': cFamily,
  elixir: {
    definitions: [
      pattern('module', /^(?:defmodule|defprotocol|defimpl)\s+(?<name>[\w.]+)/),
      pattern('test', /^(?:describe|test)\s+(?<name>"[^"]*")/),
      pattern('function', /^(?:def|defp|defmacro|defmacrop|defguard|defdelegate)\s+(?<name>[\w?!]+)/),
    ],
    comment: hashComment,
    attached: /^@(?:doc|spec|impl|deprecated)\b/,
    clauses: true,
  },
  go: {
    definitions: [
      pattern('method', /^func\s+\([^)]*?(?<name>\w+)(?:\[[^\]]*\])?\s*\)\s*\w+/),
      pattern('function', /^func\s+(?<name>\w+)/),
      pattern('struct', /^type\s+(?<name>\w+)(?:\[[^\]]*\])?\s+struct\b/),
      pattern('interface', /^type\s+(?<name>\w+)(?:\[[^\]]*\])?\s+interface\b/),
      pattern('type', /^type\s+(?<name>\w+)/, minor),
      pattern('constant', /^(?:const|var)\s+(?<name>\w+)/, minor),
    ],
    comment: slashComment,
  },
  haskell: {
    definitions: [
      pattern('type', /^(?:data|newtype|type)\s+(?<name>[A-Z]\w*)/),
      pattern('interface', /^class\s+(?:.*=>\s*)?(?<name>[A-Z]\w*)/),
      pattern('class', /^instance\s+(?:.*=>\s*)?(?<name>[A-Z]\w*)/),
      pattern(
        'function',
        /^(?!module|import|infix|foreign|where|then|else|in\b|let\b|if\b|case\b)(?<name>[a-z_]\w*'?)\b[^:=]*(?:=|$)/,
      ),
    ],
    comment: dashComment,
    attached: /^[a-z_]\w*'?\s*::/,
    clauses: true,
  },
  hcl: blocks,
  java: cFamily,
  javascript: script,
  javascriptreact: script,
  julia: {
    definitions: [
      pattern('module', /^(?:bare)?module\s+(?<name>\w+)/),
      pattern('struct', /^(?:mutable\s+)?struct\s+(?<name>\w+)/),
      pattern('function', /^(?:function|macro)\s+(?:\w+\.)*(?<name>[\w!]+)/),
      pattern('function', /^(?:\w+\.)*(?<name>[\w!]+)\([^=]*\)\s*(?:where\s+[^=]+)?=(?!=)/),
    ],
    comment: hashComment,
  },
  kotlin: {
    definitions: [
      pattern('function', /^(?:\w+\s+)*fun\s+(?:<[^>]*>\s*)?(?<name>[\w.]+)/),
      pattern('class', /^(?:\w+\s+)*(?:class|object)\s+(?<name>\w+)/),
      pattern('interface', /^(?:\w+\s+)*interface\s+(?<name>\w+)/),
      pattern('property', /^(?:\w+\s+)*(?:val|var)\s+(?<name>\w+)/, minor),
    ],
    comment: slashComment,
    attached: /^@\w[\w.]*(?:\([^)]*\))?\s*$/,
  },
  lua: {
    definitions: [
      pattern('function', /^(?:local\s+)?function\s+(?<name>[\w.:]+)/),
      pattern('function', /^(?:local\s+)?(?<name>[\w.]+)\s*=\s*function\b/),
    ],
    comment: dashComment,
  },
  ocaml: ocaml(),
  'ocaml.interface': ocaml(),
  php: {
    definitions: [
      ...cTypes,
      pattern('function', /^(?:(?:public|protected|private|static|abstract|final)\s+)*function\s+&?(?<name>\w+)/),
    ],
    comment: slashComment,
    attached: /^#\[/,
  },
  python: {
    definitions: [
      pattern('class', /^class\s+(?<name>\w+)/),
      pattern('function', /^(?:async\s+)?def\s+(?<name>\w+)/),
      pattern('constant', /^(?<name>[A-Z_][A-Z0-9_]*)\s*(?::[^=]+)?=/, minor),
    ],
    comment: hashComment,
    attached: /^@\w/,
  },
  ruby: {
    definitions: [
      pattern('module', /^module\s+(?<name>[\w:]+)/),
      pattern('class', /^class\s+(?<name>[\w:]+)/),
      pattern('function', /^(?:(?:private|public|protected)\s+)?def\s+(?:self\.)?(?<name>[\w?!=<>+\-*/[\]]+)/),
      pattern('test', /^(?:RSpec\.)?(?:describe|context|it|specify)\s+(?<name>'[^']*'|"[^"]*"|[\w:]+)/),
    ],
    comment: hashComment,
  },
  rust: {
    definitions: [
      pattern(
        'function',
        /^(?:pub(?:\([^)]*\))?\s+|const\s+|async\s+|unsafe\s+|extern\s+(?:"[^"]*"\s+)?)*fn\s+(?<name>\w+)/,
      ),
      pattern(
        'class',
        /^(?:unsafe\s+)?impl\b(?:<[^{]*?>)?\s+(?:[^{]*?\bfor\s+)?&?(?:mut\s+)?(?<name>[A-Za-z_][\w:]*)/,
        { reopens: true },
      ),
      pattern('struct', /^(?:pub(?:\([^)]*\))?\s+)?(?:struct|union)\s+(?<name>\w+)/),
      pattern('enum', /^(?:pub(?:\([^)]*\))?\s+)?enum\s+(?<name>\w+)/),
      pattern('interface', /^(?:pub(?:\([^)]*\))?\s+)?(?:unsafe\s+)?trait\s+(?<name>\w+)/),
      pattern('module', /^(?:pub(?:\([^)]*\))?\s+)?mod\s+(?<name>\w+)\s*\{/),
      pattern('function', /^macro_rules!\s*(?<name>\w+)/),
      pattern('constant', /^(?:pub(?:\([^)]*\))?\s+)?(?:const|static|type)\s+(?:mut\s+)?(?<name>\w+)/, minor),
    ],
    comment: slashComment,
    attached: /^#!?\[/,
  },
  scala: {
    definitions: [
      pattern('function', /^(?:\w+\s+)*def\s+(?<name>[^\s([:]+)/),
      pattern('class', /^(?:\w+\s+)*(?:class|object)\s+(?<name>\w+)/),
      pattern('interface', /^(?:\w+\s+)*trait\s+(?<name>\w+)/),
      pattern('enum', /^(?:\w+\s+)*enum\s+(?<name>\w+)/),
    ],
    comment: slashComment,
    attached: /^@\w+(?:\([^)]*\))?\s*$/,
  },
  shellscript: shell,
  terraform: blocks,
  typescript: script,
  typescriptreact: script,
  yaml: { definitions: [pattern('property', /^(?:-\s+)?(?<name>[\w./"'-]+):(?:\s|$)/, minor)], comment: hashComment },
  zig: {
    definitions: [
      pattern('function', /^(?:(?:pub|export|extern|inline)\s+)*fn\s+(?<name>\w+)/),
      pattern('struct', /^(?:pub\s+)?const\s+(?<name>\w+)\s*=\s*(?:extern\s+|packed\s+)?(?:struct|union|enum)\b/),
      pattern('test', /^test\s+(?<name>"[^"]*"|\w+)/),
    ],
    comment: slashComment,
  },
};

function ocaml(): LanguagePatterns {
  return {
    definitions: [
      pattern('module', /^module\s+(?:type\s+|rec\s+)?(?<name>\w+)/),
      pattern('type', /^type\s+(?:[^=\n]*\s)?(?<name>[a-z_]\w*)\s*(?:=|$)/),
      pattern('function', /^(?:let|and|val|external)\s+(?:rec\s+)?(?<name>[a-z_]\w*'?)/),
    ],
    comment: /^\(\*/,
  };
}
