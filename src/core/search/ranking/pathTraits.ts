/** What a file is for, as its path tells by the conventions of many languages. */
export interface PathTraits {
  readonly isTest: boolean;
  readonly isExample: boolean;
  readonly isVendored: boolean;
  readonly isCompatibility: boolean;
  /** A file that stands for its directory: `index.ts`, `__init__.py`, `mod.rs`. */
  readonly isEntry: boolean;
  readonly isDocument: boolean;
  readonly isConfiguration: boolean;
  /** Path segments, the file name included. */
  readonly depth: number;
}

const test =
  /(?:^|\/)(?:tests?|__tests__|specs?|testing|testdata|fixtures?|mocks?|e2e)(?:\/|$)|[._-](?:test|spec|tests)\.[a-z]+$|(?:^|\/)test_[^/]*$/iu;
/** `FooTest.java`, `FooTests.cs`: by case, so that `Latest.java` is none. */
const testClass = /Tests?\.(?:java|kt|cs|swift|scala|php)$/u;
const example = /(?:^|\/)_?(?:examples?|samples?|demos?|docs?|tutorials?|benchmarks?|bench)(?:\/|$)/iu;
const vendored =
  /(?:^|\/)(?:vendor|third_party|3rdparty|external|deps|node_modules|generated|gen|dist)(?:\/|$)|\.(?:min|pb|g|generated)\./iu;
const compatibility = /(?:^|\/)_?(?:compat|legacy|deprecated)/iu;
const entry = /(?:^|\/)(?:index\.[jt]sx?|__init__\.py|mod\.rs|lib\.rs|package-info\.java|init\.lua)$/u;
const document = /\.(?:md|mdx|rst|txt|adoc)$/iu;
const configuration = /\.(?:json|ya?ml|toml|xml|html|css|gradle|cfg|ini)$/iu;

export function pathTraits(path: string): PathTraits {
  return {
    isTest: isTestPath(path),
    isExample: example.test(path),
    isVendored: vendored.test(path),
    isCompatibility: compatibility.test(path),
    isEntry: entry.test(path),
    isDocument: document.test(path),
    isConfiguration: configuration.test(path),
    depth: path.split('/').length,
  };
}

/** {@link PathTraits.isTest} by itself. */
export function isTestPath(path: string): boolean {
  return test.test(path) || testClass.test(path);
}
