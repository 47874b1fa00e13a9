import { type Phrase, phrase } from '../../protocol/phrase.ts';
/** Files that hold a secret only sometimes, with what it looks like in them. */
const tellingContents: readonly { readonly name: RegExp; readonly secret: RegExp; readonly what: Phrase }[] = [
  {
    name: /(?:^|\/)\.npmrc$/,
    secret: /^\s*(?:\/\/\S+:)?_(?:authToken|auth|password)\s*=\s*(?!\s*["']?\$\{)\S/m,
    what: phrase`a registry token`,
  },
  {
    name: /(?:^|\/)\.yarnrc\.yml$/,
    secret: /^\s*npmAuth(?:Token|Ident):\s*(?!\s*["']?\$\{)\S/m,
    what: phrase`a registry token`,
  },
  { name: /(?:^|\/)nuget\.config$/i, secret: /key="(?:ClearText)?Password"/i, what: phrase`a registry password` },
  {
    name: /(?:^|\/)auth\.json$/i,
    secret: /"(?:github-oauth|gitlab-token|http-basic|bearer)"/,
    what: phrase`registry tokens`,
  },
  { name: /\.json$/i, secret: /"private_key"\s*:\s*"-----BEGIN/, what: phrase`a service account key` },
  // A key file by its first line; a test or a document that quotes a key starts otherwise.
  { name: /$/, secret: /^\s*-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/, what: phrase`a private key` },
];

/** What secret the content shows, for people; the content itself is never quoted. */
export function secretContent(path: string, bytes: Uint8Array): Phrase | undefined {
  const candidates = tellingContents.filter(({ name }) => name.test(path));
  // The last rule looks at the first line alone, so most files need not be decoded.
  const text = new TextDecoder().decode(candidates.length === 1 ? bytes.subarray(0, 200) : bytes);
  return candidates.find(({ secret }) => secret.test(text))?.what;
}
