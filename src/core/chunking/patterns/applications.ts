import type { LanguagePatterns } from '../patternOutline.ts';
import { cFunction, cTypes, hashComment, minor, pattern, slashComment } from './pattern.ts';

const swiftModifiers = String.raw`(?:(?:@[\w.]+(?:\([^)]*\))?|public|private|internal|fileprivate|open|package|static|class|final|override|mutating|nonmutating|lazy|weak|unowned(?:\(\w+\))?|required|convenience|dynamic|optional|indirect|nonisolated|isolated|prefix|postfix|infix|async)(?:\(set\))?\s+)*`;
const swift = (rest: string): RegExp => new RegExp(`^${swiftModifiers}${rest}`);

/** Languages of applications that have no grammar here. */
export const applicationPatterns: Readonly<Record<string, LanguagePatterns>> = {
  swift: {
    definitions: [
      pattern('class', swift(String.raw`extension\s+(?<name>[\w.]+)`), { reopens: true }),
      pattern('class', swift(String.raw`(?:class|actor)\s+(?<name>(?!func\b|var\b|let\b|subscript\b)\w+)`)),
      pattern('struct', swift(String.raw`struct\s+(?<name>\w+)`)),
      pattern('enum', swift(String.raw`enum\s+(?<name>\w+)`)),
      pattern('interface', swift(String.raw`protocol\s+(?<name>\w+)`)),
      pattern('function', swift(String.raw`func\s+(?<name>[\w+\-*/<>=!&|^~%.?]+?)\s*[<(]`)),
      pattern('method', swift(String.raw`(?<name>init|deinit|subscript)\b[?!]?\s*[<({]`)),
      pattern('type', swift(String.raw`(?:typealias|associatedtype)\s+(?<name>\w+)`), minor),
      pattern('property', swift(String.raw`(?:let|var|case)\s+(?<name>\w+)`), { minor: true, inside: 'function' }),
    ],
    comment: slashComment,
    attached: /^@\w+(?:\([^)]*\))?\s*$|^#if\b/,
  },
  dart: {
    definitions: [
      pattern('test', /^(?:test|testWidgets|group)\(\s*(?<name>'[^']*'|"[^"]*")/),
      pattern('class', /^(?:(?:abstract|base|sealed|final|interface|mixin)\s+)*class\s+(?<name>\w+)/),
      pattern('class', /^(?:mixin|extension(?:\s+type)?)\s+(?<name>\w+)/),
      pattern('enum', /^enum\s+(?<name>\w+)/),
      pattern('type', /^typedef\s+(?<name>\w+)/, minor),
      pattern('property', /^(?:external\s+|static\s+)*[\w<>?,. ]*\b(?:get|set)\s+(?<name>\w+)/, { inside: 'function' }),
      pattern('method', /^(?:const\s+)?factory\s+(?<name>[\w.]+)\s*\(/),
      pattern('method', /^(?:[\w<>?]+\s+)?(?<name>operator\s*[^\s(\w]+)\s*\(/),
      cFunction,
      pattern('property', /^(?:(?:static|late|final|const|var)\s+)+(?:[\w<>?,.]+\s+)?(?<name>\w+)\s*(?:=|;)/, minor),
    ],
    comment: slashComment,
    attached: /^@\w+(?:\(.*\))?\s*$/,
  },
  'objective-c': objectiveC(),
  'objective-cpp': objectiveC(),
  vb: {
    definitions: [
      pattern('class', /^(?:\w+\s+)*(?:class|structure)\s+(?<name>\w+)/i, { end: /^end (?:class|structure)\b/i }),
      pattern('module', /^(?:\w+\s+)*(?:module|namespace)\s+(?<name>[\w.]+)/i, { end: /^end (?:module|namespace)\b/i }),
      pattern('function', /^(?!end\b|declare\b|exit\b)(?:\w+\s+)*(?:sub|function)\s+(?<name>\w+)/i, {
        end: /^end (?:sub|function)\b/i,
      }),
      pattern('property', /^(?!end\b)(?:\w+\s+)*property\s+(?:get\s+|set\s+|let\s+)?(?<name>\w+)/i, minor),
    ],
    comment: /^'/,
    attached: /^<\w.*>\s*_?$/,
  },
  groovy: {
    definitions: [
      ...cTypes,
      pattern('test', /^(?:def\s+)?(?<name>'[^']+'|"[^"]+")\s*\(.*\)\s*\{/),
      pattern('function', /^(?:task|tasks\.register|tasks\.named|stage)\s*\(?\s*(?<name>['"]?[\w ]+['"]?)/),
      cFunction,
    ],
    comment: slashComment,
    attached: /^@\w+/,
  },
  gdscript: {
    definitions: [
      pattern('class', /^class(?:_name)?\s+(?<name>\w+)/),
      pattern('function', /^(?:static\s+)?func\s+(?<name>\w+)/),
      pattern('enum', /^enum\s+(?<name>\w+)/),
      pattern('property', /^(?:@\w+\s+)*(?:signal|const|var)\s+(?<name>\w+)/, minor),
    ],
    comment: hashComment,
    attached: /^@\w+(?:\(.*\))?\s*$/,
  },
  vala: {
    definitions: [...cTypes, pattern('module', /^namespace\s+(?<name>[\w.]+)/), cFunction],
    comment: slashComment,
  },
  d: {
    definitions: [
      ...cTypes,
      pattern('test', /^(?<name>unittest)\b/),
      pattern('function', /^template\s+(?<name>\w+)/),
      cFunction,
    ],
    comment: slashComment,
  },
  haxe: {
    definitions: [...cTypes, pattern('function', /^(?:@:?\w+(?:\([^)]*\))?\s+|\w+\s+)*function\s+(?<name>\w+)/)],
    comment: slashComment,
    attached: /^@:?\w+(?:\(.*\))?\s*$/,
  },
  coffeescript: {
    definitions: [
      pattern('class', /^(?:export\s+(?:default\s+)?)?class\s+(?<name>[\w.@]+)/),
      pattern('test', /^(?:describe|it|test)\s+(?<name>'[^']*'|"[^"]*")/),
      pattern('function', /^(?<name>@?[\w.$]+)\s*[=:]\s*(?:\([^)]*\)\s*)?[-=]>/),
    ],
    comment: hashComment,
  },
  astro: { definitions: [pattern('function', /^(?:export\s+)?(?:async\s+)?function\s+(?<name>\w+)/)] },
  qml: {
    definitions: [pattern('function', /^function\s+(?<name>\w+)/), pattern('class', /^(?<name>[A-Z]\w*)\s*\{/)],
    comment: slashComment,
  },
};

function objectiveC(): LanguagePatterns {
  return {
    definitions: [
      pattern('class', /^@(?:interface|implementation)\s+(?<name>\w+)/, { end: /^@end\b/ }),
      pattern('interface', /^@protocol\s+(?<name>\w+)(?!\s*[;,])/, { end: /^@end\b/ }),
      pattern('method', /^[-+]\s*\([^)]*\)\s*(?<name>\w+:?)/),
      pattern('property', /^@property\b.*?(?<name>\w+)\s*;/, minor),
      pattern('enum', /^typedef\s+NS_(?:ENUM|OPTIONS)\s*\(\s*\w+\s*,\s*(?<name>\w+)/),
      pattern('function', /^(?!@)(?:[\w*]+\s+)+\**(?<name>\w+)\s*\((?!.*;\s*$)/),
    ],
    comment: slashComment,
  };
}
