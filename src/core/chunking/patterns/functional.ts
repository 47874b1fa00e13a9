import type { LanguagePatterns } from '../patternOutline.ts';
import { hashComment, minor, pattern, percentComment, semicolonComment, slashComment } from './pattern.ts';

const lispName = String.raw`\(?(?:\^\S+\s+)*(?<name>[^\s()'"]+)`;

const lisp: LanguagePatterns = {
  definitions: [
    pattern('test', new RegExp(String.raw`^\((?:ert-deftest|deftest|define-test|test-case|test)\s+${lispName}`)),
    pattern(
      'class',
      new RegExp(
        String.raw`^\((?:defclass|define-class|cl-defstruct|defstruct|struct|define-record-type|define-condition)\s+${lispName}`,
      ),
    ),
    pattern(
      'module',
      new RegExp(String.raw`^\((?:defpackage|in-package|define-library|module)\s+[:#]*${lispName}`),
      minor,
    ),
    pattern(
      'constant',
      new RegExp(
        String.raw`^\((?:defvar|defvar-local|defconst|defparameter|defconstant|defcustom|defface|defgroup)\s+${lispName}`,
      ),
      minor,
    ),
    pattern(
      'function',
      new RegExp(
        String.raw`^\((?:cl-)?(?:defun|defmacro|defmethod|defgeneric|defsubst|define|define\*|define-syntax|define-public|define-minor-mode|define-derived-mode|defalias|definline)\s+${lispName}`,
      ),
    ),
  ],
  comment: semicolonComment,
};

const typedEquations: LanguagePatterns = {
  definitions: [
    pattern('type', /^(?:type\s+alias|type|data|newtype|port)\s+(?<name>\w+)/),
    pattern('interface', /^class\s+(?:.*=>\s*)?(?<name>\w+)/),
    pattern('class', /^(?:derive\s+)?instance\s+(?<name>\w+)/),
    pattern(
      'function',
      /^(?!module|import|infix|foreign|where|then|else|in\b|let\b|if\b|case\b)(?<name>[a-z]\w*'?)(?:\s+[^=:]*)?\s*=(?!=)/,
    ),
  ],
  comment: /^(?:--|\{-)/,
  attached: /^[a-z]\w*'?\s*::?\s/,
  clauses: true,
};

/** Functional languages without a grammar here. */
export const functionalPatterns: Readonly<Record<string, LanguagePatterns>> = {
  clojure: {
    definitions: [
      pattern('module', new RegExp(String.raw`^\(ns\s+${lispName}`), minor),
      pattern('test', new RegExp(String.raw`^\(deftest\s+${lispName}`)),
      pattern('interface', new RegExp(String.raw`^\((?:defprotocol|definterface)\s+${lispName}`)),
      pattern('class', new RegExp(String.raw`^\((?:defrecord|deftype)\s+${lispName}`)),
      pattern('constant', new RegExp(String.raw`^\((?:def|defonce|s/def)\s+${lispName}`), minor),
      pattern(
        'function',
        new RegExp(String.raw`^\((?:[\w.]+/)?(?:defn-?|defmacro|defmulti|defmethod|>?defn|s/fdef)\s+${lispName}`),
      ),
    ],
    comment: semicolonComment,
  },
  elm: typedEquations,
  erlang: {
    definitions: [
      pattern('struct', /^-record\(\s*(?<name>\w+)/),
      pattern('type', /^-(?:type|opaque|callback)\s+(?<name>\w+)/, minor),
      pattern('constant', /^-define\(\s*(?<name>\w+)/, minor),
      pattern('function', /^(?<name>[a-z]\w*|'[^']+')\(.*/, { end: /[.;]\s*(?:%.*)?$/ }),
    ],
    comment: percentComment,
    attached: /^-(?:spec|doc)\b/,
    clauses: true,
  },
  fsharp: {
    definitions: [
      pattern('module', /^(?:module|namespace)\s+(?:rec\s+|private\s+|internal\s+)?(?<name>[\w.]+)/),
      pattern('type', /^(?:type|and)\s+(?:private\s+|internal\s+)?(?<name>\w+)/),
      pattern(
        'method',
        /^(?:static\s+|abstract\s+|override\s+|default\s+)*(?:member|override|abstract|default)\s+(?:inline\s+|private\s+)?(?:\w+\.)?(?<name>\w+)/,
      ),
      pattern('function', /^let\s+(?:rec\s+|inline\s+|private\s+|internal\s+)*(?<name>\w+|``[^`]+``)\s+[^=:]+=/),
      pattern('constant', /^let\s+(?:mutable\s+|private\s+)*(?<name>\w+)\s*[=:]/, minor),
    ],
    comment: /^(?:\/\/|\(\*)/,
    attached: /^\[<.*>\]\s*$/,
  },
  gleam: {
    definitions: [
      pattern('function', /^(?:pub\s+)?fn\s+(?<name>\w+)/),
      pattern('type', /^(?:pub\s+)?(?:opaque\s+)?type\s+(?<name>\w+)/),
      pattern('constant', /^(?:pub\s+)?const\s+(?<name>\w+)/, minor),
    ],
    comment: slashComment,
    attached: /^@\w+/,
  },
  lisp,
  'literate haskell': { definitions: [pattern('function', /^>\s*(?<name>[a-z]\w*'?)\s+::/)] },
  nim: {
    definitions: [
      pattern('function', /^(?:proc|func|method|template|macro|iterator|converter)\s+`?(?<name>[^\s`*([]+)/),
      pattern('test', /^(?:suite|test)\s+(?<name>"[^"]*")/),
      pattern(
        'type',
        /^(?<name>[A-Z]\w*)\*?(?:\[[^\]]*\])?(?:\s*\{[^}]*\})?\s*=\s*(?:ref\s+)?(?:object|enum|tuple|distinct|concept)/,
      ),
    ],
    comment: hashComment,
  },
  nix: { definitions: [pattern('property', /^(?<name>[\w."${}-]+)\s*=\s*/, minor)], comment: hashComment },
  prolog: {
    definitions: [pattern('function', /^(?<name>[a-z]\w*)\(.*/, { end: /\.\s*(?:%.*)?$/ })],
    comment: percentComment,
    clauses: true,
  },
  purescript: typedEquations,
  racket: lisp,
  reason: {
    definitions: [
      pattern('module', /^module\s+(?:type\s+)?(?<name>\w+)/),
      pattern('type', /^type\s+(?<name>\w+)/),
      pattern('function', /^let\s+(?:rec\s+)?(?<name>\w+)\s*=\s*(?:\(|async|\w+\s*=>)/),
      pattern('constant', /^let\s+(?<name>\w+)/, minor),
    ],
    comment: slashComment,
    attached: /^@\S+\s*$/,
  },
  rescript: {
    definitions: [
      pattern('module', /^module\s+(?:type\s+)?(?<name>\w+)/),
      pattern('type', /^(?:export\s+)?type\s+(?:rec\s+)?(?<name>\w+)/),
      pattern('function', /^(?:export\s+)?let\s+(?:rec\s+)?(?<name>\w+)\s*=\s*(?:\(|async|\w+\s*=>)/),
      pattern('constant', /^let\s+(?<name>\w+)/, minor),
    ],
    comment: slashComment,
    attached: /^@\S+\s*$/,
  },
  scheme: lisp,
};
