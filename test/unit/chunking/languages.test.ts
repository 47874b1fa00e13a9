import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { grammars, languageGrammars, parserRuntime } from '../../../src/core/chunking/grammars.ts';
import { languageOf } from '../../../src/core/chunking/languages.ts';

describe('languageOf', () => {
  const byPath: Record<string, string> = {
    'src/a.ts': 'typescript',
    'src/a.d.ts': 'typescript',
    'a.tsx': 'typescriptreact',
    'a.mjs': 'javascript',
    'a.jsx': 'javascriptreact',
    'a.py': 'python',
    'a.cs': 'csharp',
    'a.CPP': 'cpp',
    'C:\\code\\Main.java': 'java',
    'deploy.sh': 'shellscript',
    '.bashrc': 'shellscript',
    'main.tf': 'terraform',
    'a.mli': 'ocaml.interface',
    Dockerfile: 'dockerfile',
    'Dockerfile.dev': 'dockerfile',
    Makefile: 'makefile',
    'CMakeLists.txt': 'cmake',
    Gemfile: 'ruby',
    'tools/BUILD': 'python',
    'tools/build': 'plaintext',
    '.env.local': 'dotenv',
    'notes.unknown': 'plaintext',
    LICENSE: 'plaintext',
    '': 'plaintext',
  };
  for (const [path, language] of Object.entries(byPath)) {
    it(`takes ${path || 'no name'} for ${language}`, () => assert.equal(languageOf(path), language));
  }

  it('reads the first line of a file without extension', () => {
    const byHead: Record<string, string> = {
      '#!/bin/sh\n': 'shellscript',
      '#!/usr/bin/env python3\n': 'python',
      '#!/usr/bin/env -S deno run --allow-read\n': 'typescript',
      '#!/usr/local/bin/node24\n': 'javascript',
      '#! /usr/bin/perl -w\r\n': 'perl',
      '#!/opt/unknown\n': 'plaintext',
      'no mark\n': 'plaintext',
    };
    for (const [head, language] of Object.entries(byHead)) assert.equal(languageOf('bin/run', head), language, head);
  });

  it('tells C from C++ and Objective-C in a header', () => {
    assert.equal(languageOf('a.h'), 'cpp');
    assert.equal(languageOf('a.h', '#include <vector>\nclass A {\n'), 'cpp');
    assert.equal(languageOf('a.h', '#ifdef __cplusplus\nextern "C" {\n#endif\nint f(void);\n'), 'c');
    assert.equal(languageOf('a.h', '@interface A : NSObject\n'), 'objective-c');
    assert.equal(languageOf('a.h', '// only a licence\n'), 'cpp');
  });

  it('tells MATLAB from Objective-C', () => {
    assert.equal(languageOf('a.m', 'function y = f(x)\n'), 'matlab');
    assert.equal(languageOf('a.m', '#import <Foundation/Foundation.h>\n'), 'objective-c');
  });
});

describe('grammars', () => {
  it('are all installed', () => {
    for (const { package: name, path } of [...Object.values(grammars), parserRuntime]) {
      assert.ok(existsSync(join(import.meta.dirname, '../../../node_modules', name, path)), `${name}/${path}`);
    }
  });

  it('have file names of their own, and a language that uses them', () => {
    const files = [...Object.values(grammars), parserRuntime].map(({ wasm }) => wasm);
    assert.equal(new Set(files).size, files.length);
    const used = Object.values(languageGrammars).flatMap(({ main, script }) => [main, script]);
    for (const name of Object.keys(grammars)) assert.ok((used as string[]).includes(name), name);
  });
});
