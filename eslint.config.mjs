import js from '@eslint/js';
import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

/**
 * Who may import whom. Every layer lists the other layers it may reach and whether it may use Node or VS Code.
 * The same facts stand in each folder's tsconfig.json (references, types); esbuild is the third net: `vscode` is
 * external in the host bundle alone.
 */
const layers = {
  'src/protocol': { may: [] },
  'src/util': { may: ['src/protocol'] },
  'src/rpc': { may: ['src/protocol', 'src/util'] },
  'src/core': { may: ['src/protocol', 'src/util'] },
  'src/node': { may: ['src/core', 'src/protocol', 'src/rpc', 'src/util'], node: true },
  'src/worker': { may: ['src/core', 'src/node', 'src/protocol', 'src/rpc', 'src/util'], node: true },
  'src/parser': { may: ['src/core', 'src/node', 'src/protocol', 'src/rpc', 'src/util'], node: true },
  'src/highlight': { may: ['src/node', 'src/protocol', 'src/rpc', 'src/util'], node: true },
  'src/cli': { may: ['src/core', 'src/node', 'src/protocol', 'src/rpc', 'src/util'], node: true },
  'src/vscode': { may: ['src/node', 'src/protocol', 'src/rpc', 'src/util'], node: true, vscode: true },
  'webview/shared': { may: ['src/protocol', 'src/rpc', 'src/util'] },
  'webview/search': { may: ['webview/shared', 'src/protocol', 'src/rpc', 'src/util'] },
  'webview/performance': { may: ['webview/shared', 'src/protocol', 'src/rpc', 'src/util'] },
};

const isolatedRoots = ['test', 'bench', 'out', 'dist'];
const nodeBuiltins = builtinModules.filter((name) => !name.startsWith('_') && !name.startsWith('node:'));

/** The `no-restricted-imports` options of one layer. Imports are relative, so a foreign layer shows as `../<layer>/`. */
function importRules(layer, { may, node, vscode }) {
  const [top, folder] = layer.split('/');
  const foreign = Object.keys(layers).filter((other) => other !== layer && !may.includes(other));
  const patterns = [];
  for (const other of foreign) {
    const [otherTop, otherFolder] = other.split('/');
    const path = otherTop === top ? otherFolder : other;
    patterns.push({
      regex: `^(\\.\\./)+${path}(/|$)`,
      message: `${layer} may import ${may.join(', ') || 'nothing outside itself'}; not ${other}.`,
    });
  }
  patterns.push({
    regex: `^(\\.\\./)+(${isolatedRoots.join('|')})/`,
    message: `${folder} is part of the product and cannot depend on tests, benchmarks or built files.`,
  });
  if (layer !== 'src/vscode') {
    patterns.push({ regex: `^(\\.\\./)+(src/)?extension\\.ts$`, message: 'Nothing imports the composition root.' });
  }
  if (!node) {
    patterns.push({
      regex: `^(node:.*|(${nodeBuiltins.join('|')})(/.*)?)$`,
      message: `${layer} must run outside Node: go through a port (src/core/ports.ts).`,
    });
  }
  if (!vscode) {
    patterns.push({ regex: '^vscode$', message: 'Only src/vscode and src/extension.ts talk to VS Code.' });
  }
  return { patterns };
}

const useAPort = (name) => ({ name, message: 'The engine reaches its surroundings through src/core/ports.ts only.' });
const useTheClock = (name) => ({ name, message: 'Time belongs to the Clock port, so that tests can own it.' });

const surroundings = [
  ...['process', 'Buffer', 'require', 'module', 'global', '__dirname', '__filename', 'setImmediate'],
  ...['window', 'document', 'localStorage', 'indexedDB', 'navigator', 'location'],
  ...['self', 'postMessage', 'onmessage', 'importScripts', 'Worker'],
  ...['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'],
];
const timeGlobals = [
  'setTimeout',
  'setInterval',
  'clearTimeout',
  'clearInterval',
  'performance',
  'requestIdleCallback',
];

const restrictedSyntax = [
  { selector: 'TSEnumDeclaration', message: 'Use a union of strings.' },
  {
    selector: ':matches(PropertyDefinition, MethodDefinition:not([kind="constructor"]))[accessibility]',
    message: 'Use #private; public is the default and protected is not used.',
  },
];

export default tseslint.config(
  { ignores: ['.cache/', 'dist/', 'out/', 'node_modules/', 'media/', 'test/fixtures/', '**/*.d.ts'] },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      // An async method that need not wait is still right where its interface promises.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/promise-function-async': ['error', { checkArrowFunctions: false }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'interface', format: ['PascalCase'], custom: { regex: '^I[A-Z]', match: false } },
        { selector: 'class', format: ['PascalCase'], custom: { regex: '(Manager|Helper|Utils)$', match: false } },
        { selector: 'typeAlias', format: ['PascalCase'] },
      ],
      eqeqeq: ['error', 'always'],
      'max-lines': ['error', { max: 400 }],
      'no-console': 'error',
      'no-restricted-exports': [
        'error',
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
      'no-restricted-syntax': ['error', ...restrictedSyntax],
      'prefer-const': 'error',
    },
  },
  ...Object.entries(layers).map(([layer, access]) => ({
    files: [`${layer}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', importRules(layer, access)] },
  })),
  {
    files: ['src/rpc/**/*.ts', 'src/util/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...surroundings.map(useAPort)] },
  },
  {
    files: ['src/core/**/*.ts', 'src/protocol/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...surroundings.map(useAPort), ...timeGlobals.map(useTheClock)],
    },
  },
  {
    files: ['src/extension.ts'],
    rules: {
      'max-lines': ['error', { max: 150 }],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^\\.\\.?/(webview|test|bench|cli|core|worker|parser|highlight)/',
              message: 'Not part of the host bundle.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', '*.mjs', 'src/kernel/*.mjs'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['*.mjs', 'src/kernel/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly', Buffer: 'readonly' } },
    rules: { 'no-restricted-exports': 'off', '@typescript-eslint/promise-function-async': 'off' },
  },
);
