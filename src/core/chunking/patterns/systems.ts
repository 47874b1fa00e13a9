import type { LanguagePatterns } from '../patternOutline.ts';
import { cFunction, cTypes, dashComment, minor, pattern, slashComment } from './pattern.ts';

const shader: LanguagePatterns = {
  definitions: [...cTypes, pattern('constant', /^#define\s+(?<name>\w+)/, minor), cFunction],
  comment: slashComment,
};

const verilog: LanguagePatterns = {
  definitions: [
    pattern('module', /^(?:module|program|package)\s+(?:automatic\s+|static\s+)?(?<name>\w+)/, {
      end: /^end(?:module|program|package)\b/,
    }),
    pattern('interface', /^interface\s+(?<name>\w+)/, { end: /^endinterface\b/ }),
    pattern('class', /^(?:virtual\s+)?class\s+(?<name>\w+)/, { end: /^endclass\b/ }),
    pattern('function', /^(?:(?:virtual|static|extern)\s+)*(?:function|task)\b.*?(?<name>[\w:]+)\s*[(;]/, {
      end: /^end(?:function|task)\b/,
    }),
  ],
  comment: slashComment,
};

const style: LanguagePatterns = {
  definitions: [
    pattern('function', /^@(?:mixin|function)\s+(?<name>[\w-]+)/),
    pattern('constant', /^(?<name>[$@][\w-]+)\s*:/, minor),
    pattern('section', /^(?<name>[^{};]+?)\s*\{\s*$/, minor),
  ],
  comment: slashComment,
};

const json: LanguagePatterns = { definitions: [pattern('property', /^"(?<name>[^"]{1,80})"\s*:\s*[[{]/, minor)] };

/** Schemas, hardware, shaders, older systems languages, data and style sheets without a grammar here. */
export const systemPatterns: Readonly<Record<string, LanguagePatterns>> = {
  cobol: { definitions: [pattern('section', /^(?:\d{6}\s*)?(?<name>[\w-]+)\s+(?:section|division)\s*\./i)] },
  'fortran-modern': {
    definitions: [
      pattern('module', /^(?:sub)?module\s+(?!procedure)(?:\([^)]*\)\s*)?(?<name>\w+)\s*$/i, {
        end: /^end\s*(?:sub)?module\b/i,
      }),
      pattern('function', /^program\s+(?<name>\w+)/i, { end: /^end\s*program\b/i }),
      pattern('struct', /^type\s*(?:,[^:]*)?(?:::)?\s*(?!\()(?<name>\w+)\s*$/i, { end: /^end\s*type\b/i }),
      pattern('function', /^(?!end\b)(?:[\w()*=,]+\s+)*(?:subroutine|function)\s+(?<name>\w+)/i, {
        end: /^end\s*(?:subroutine|function)?\b(?!\s*(?:if|do|select|where|associate|block|interface|forall))/i,
      }),
    ],
    comment: /^[!*c](?:\s|!|>|$)/i,
  },
  glsl: shader,
  graphql: {
    definitions: [
      pattern('interface', /^(?:extend\s+)?interface\s+(?<name>\w+)/),
      pattern('enum', /^(?:extend\s+)?enum\s+(?<name>\w+)/),
      pattern('type', /^(?:extend\s+)?(?:type|input|union|scalar|schema)\s+(?<name>\w+)/),
      pattern('function', /^(?:query|mutation|subscription|fragment|directive)\s+@?(?<name>\w+)/),
    ],
    comment: /^(?:#|""")/,
  },
  hlsl: shader,
  json,
  json5: json,
  jsonc: json,
  less: style,
  matlab: {
    definitions: [
      pattern('class', /^classdef\s+(?:\([^)]*\)\s*)?(?<name>\w+)/),
      pattern('function', /^function\s+(?:[^=]*=\s*)?(?<name>[\w.]+)/),
    ],
    comment: /^%/,
  },
  pascal: {
    definitions: [
      pattern('class', /^(?<name>\w+)\s*=\s*(?:packed\s+)?(?:class|record|object|interface)\b(?!\s*;)/i),
      pattern('function', /^(?:class\s+)?(?:procedure|function|constructor|destructor|operator)\s+(?<name>[\w.]+)/i, {
        end: /^end;\s*$/i,
      }),
    ],
    comment: /^(?:\/\/|\{|\(\*)/,
  },
  proto: {
    definitions: [
      pattern('struct', /^(?:message|extend|oneof)\s+(?<name>[\w.]+)/),
      pattern('interface', /^service\s+(?<name>\w+)/),
      pattern('enum', /^enum\s+(?<name>\w+)/),
      pattern('method', /^rpc\s+(?<name>\w+)/),
    ],
    comment: slashComment,
  },
  sass: { definitions: [pattern('function', /^(?:@mixin|@function|=)\s*(?<name>[\w-]+)/)], comment: slashComment },
  scss: style,
  shaderlab: shader,
  solidity: {
    definitions: [
      pattern('class', /^(?:abstract\s+)?(?:contract|library)\s+(?<name>\w+)/),
      pattern('interface', /^interface\s+(?<name>\w+)/),
      pattern('function', /^function\s+(?<name>\w+)/),
      pattern('function', /^modifier\s+(?<name>\w+)/),
      pattern('method', /^(?<name>constructor|receive|fallback)\s*\(/),
      pattern('struct', /^struct\s+(?<name>\w+)/),
      pattern('enum', /^enum\s+(?<name>\w+)/),
      pattern('property', /^(?:event|error|using)\s+(?<name>\w+)/, minor),
      pattern(
        'property',
        /^(?:mapping\s*\(.*\)|[a-z]\w*(?:\[\d*\])*)\s+(?:(?:public|private|internal|constant|immutable|override)\s+)+(?<name>\w+)/,
        minor,
      ),
    ],
    comment: slashComment,
  },
  stylus: style,
  systemverilog: verilog,
  thrift: {
    definitions: [
      pattern('struct', /^(?:struct|union|exception)\s+(?<name>\w+)/),
      pattern('interface', /^service\s+(?<name>\w+)/),
      pattern('enum', /^enum\s+(?<name>\w+)/),
      pattern('type', /^typedef\s+\S+\s+(?<name>\w+)/, minor),
    ],
    comment: /^(?:\/\/|\/\*|\*|#)/,
  },
  v: {
    definitions: [...cTypes, pattern('function', /^(?:pub\s+)?fn\s+(?:\([^)]*\)\s*)?(?<name>\w+)/)],
    comment: slashComment,
    attached: /^@?\[\w+.*\]\s*$/,
  },
  verilog,
  vhdl: {
    definitions: [
      pattern('interface', /^entity\s+(?<name>\w+)/i, {
        end: /^end\b(?!\s*(?:if|case|process|generate|loop|component))/i,
      }),
      pattern('class', /^architecture\s+(?<name>\w+)/i),
      pattern('module', /^package\s+(?:body\s+)?(?<name>\w+)/i),
      pattern('function', /^(?:function|procedure)\s+(?<name>\w+)/i),
      pattern('function', /^(?<name>\w+)\s*:\s*process\b/i),
    ],
    comment: dashComment,
  },
  wgsl: {
    definitions: [
      pattern('function', /^(?:@\w+(?:\([^)]*\))?\s*)*fn\s+(?<name>\w+)/),
      pattern('struct', /^struct\s+(?<name>\w+)/),
    ],
    comment: slashComment,
    attached: /^@\w+(?:\([^)]*\))?\s*$/,
  },
  gomod: { definitions: [], comment: slashComment },
};
