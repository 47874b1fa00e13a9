import type { LanguagePatterns } from '../patternOutline.ts';
import { hashComment, minor, pattern, slashComment } from './pattern.ts';

/** Scripting languages without a grammar here, and build files. */
export const scriptPatterns: Readonly<Record<string, LanguagePatterns>> = {
  bat: { definitions: [pattern('function', /^:(?<name>[A-Za-z]\w*)/)], comment: /^(?:rem\b|::)/i },
  bats: {
    definitions: [
      pattern('test', /^@test\s+(?<name>'[^']*'|"[^"]*"|\S+)/),
      pattern('function', /^(?:function\s+)?(?<name>[\w:-]+)\s*\(\)/),
      pattern('function', /^function\s+(?<name>[\w:-]+)/),
    ],
    comment: hashComment,
  },
  cmake: {
    definitions: [
      pattern('function', /^(?:function|macro)\s*\(\s*(?<name>\w+)/i, { end: /^end(?:function|macro)\b/i }),
      pattern(
        'constant',
        /^(?:add_executable|add_library|add_custom_target|option|project)\s*\(\s*(?<name>[\w:${}.-]+)/i,
        minor,
      ),
    ],
    comment: hashComment,
  },
  crystal: {
    definitions: [
      pattern('module', /^(?:private\s+)?(?:module|lib)\s+(?<name>[\w:]+)/),
      pattern('class', /^(?:private\s+|abstract\s+)*(?:class|struct|annotation)\s+(?<name>[\w:]+)/),
      pattern('enum', /^(?:private\s+)?enum\s+(?<name>[\w:]+)/),
      pattern('test', /^(?:describe|context|it)\s+(?<name>"[^"]*"|[\w:]+)/),
      pattern(
        'function',
        /^(?:private\s+|protected\s+|abstract\s+)*(?:def|macro|fun)\s+(?:self\.)?(?<name>[\w?!=<>+\-*/[\]]+)/,
      ),
    ],
    comment: hashComment,
    attached: /^@\[/,
  },
  fish: { definitions: [pattern('function', /^function\s+(?<name>[\w-]+)/)], comment: hashComment },
  just: { definitions: [pattern('function', /^@?(?<name>[\w-]+)[^:=]*:(?!=)/)], comment: hashComment },
  makefile: {
    definitions: [
      pattern('function', /^define\s+(?<name>[\w.-]+)/, { end: /^endef\b/ }),
      pattern('function', /^(?<name>[\w./%$(){}-]+(?:\s+[\w./%$(){}-]+)*)\s*::?(?![:=])/, minor),
      pattern('constant', /^(?:export\s+)?(?<name>[\w.]+)\s*(?:::?|\+|\?)?=/, minor),
    ],
    comment: hashComment,
    attached: /^\.PHONY\s*:/,
  },
  perl: {
    definitions: [
      pattern('module', /^package\s+(?<name>[\w:]+)[^{]*;/, { untilNext: true }),
      pattern('function', /^(?:my\s+|our\s+|async\s+)*(?:sub|method|fun)\s+(?<name>[\w:']+)/),
      pattern('class', /^(?:package|class|role)\s+(?<name>[\w:]+)[^;]*\{/),
      pattern('test', /^(?:subtest|describe|it)\s+(?<name>'[^']*'|"[^"]*")/),
      pattern('property', /^has\s+'?(?<name>\+?\w+)/, minor),
      pattern('constant', /^(?:our|use constant)\s+[$@%]?(?<name>\w+)/, minor),
    ],
    comment: hashComment,
  },
  powershell: {
    definitions: [
      pattern('function', /^(?:function|filter|workflow)\s+(?:global:|script:)?(?<name>[\w-]+)/i),
      pattern('class', /^class\s+(?<name>\w+)/i),
      pattern('enum', /^enum\s+(?<name>\w+)/i),
      pattern('test', /^(?:describe|context|it)\s+(?<name>'[^']*'|"[^"]*")/i),
      pattern('method', /^(?:(?:static|hidden)\s+)*(?:\[[\w.[\]]+\]\s*)?(?<name>\w+)\s*\([^)]*\)\s*\{/),
    ],
    comment: /^(?:#|<#)/,
  },
  r: {
    definitions: [
      pattern('class', /^(?<name>[\w.]+)\s*(?:<-|=)\s*(?:R6::)?(?:R6Class|setRefClass|setClass|new_class)\s*\(/),
      pattern('class', /^set(?:Class|RefClass)\s*\(\s*(?<name>["'][^"']+["'])/),
      pattern('function', /^set(?:Method|Generic|Validity)\s*\(\s*(?<name>["'][^"']+["'])/),
      pattern('test', /^(?:test_that|describe|it)\s*\(\s*(?<name>"[^"]*"|'[^']*')/),
      pattern('function', /^(?<name>`[^`]+`|["'][^"']+["']|[\w.]+)\s*(?:<<?-|=)\s*(?:function\s*\(|\\\()/),
      pattern('constant', /^(?<name>[\w.]+)\s*(?:<-)/, minor),
    ],
    comment: hashComment,
  },
  raku: {
    definitions: [
      pattern('class', /^(?:unit\s+)?(?:class|role|grammar)\s+(?<name>[\w:-]+)/),
      pattern('module', /^(?:unit\s+)?(?:module|package)\s+(?<name>[\w:-]+)/),
      pattern(
        'function',
        /^(?:our\s+|my\s+|multi\s+|proto\s+)*(?:sub|method|submethod|token|rule|regex)\s+(?<name>[\w:!-]+)/,
      ),
    ],
    comment: hashComment,
  },
  starlark: {
    definitions: [pattern('function', /^def\s+(?<name>\w+)/), pattern('constant', /^(?<name>\w+)\s*=/, minor)],
    comment: hashComment,
  },
  tcl: {
    definitions: [
      pattern('function', /^(?:proc|method)\s+(?<name>[\w:]+)/),
      pattern('module', /^namespace\s+eval\s+(?<name>[\w:]+)/),
      pattern('test', /^test\s+(?<name>[\w.-]+)/),
    ],
    comment: hashComment,
  },
  viml: {
    definitions: [
      pattern('function', /^(?:fu(?:nction)?|def)!?\s+(?<name>[\w:.#<>]+)/, { end: /^(?:endf(?:unction)?|enddef)\b/ }),
      pattern('function', /^com(?:mand)?!?\s+(?:-\S+\s+)*(?<name>[A-Z]\w*)/, minor),
    ],
    comment: /^"/,
  },
  prisma: {
    definitions: [
      pattern('struct', /^(?:model|type|view)\s+(?<name>\w+)/),
      pattern('enum', /^enum\s+(?<name>\w+)/),
      pattern('constant', /^(?:datasource|generator)\s+(?<name>\w+)/, minor),
    ],
    comment: slashComment,
  },
};
