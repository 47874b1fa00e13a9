import { type Phrase, phrase } from '../../protocol/phrase.ts';
/** Endings of keys, certificates, key stores and recorded state that holds passwords in the clear. */
const secretExtensions = new Set(
  (
    'pem key crt cer der csr p7b p7c p8 p12 pfx pkcs12 ppk jks jceks bks keystore truststore keychain kdb kdbx ' +
    'gpg pgp agekey ovpn tfstate'
  ).split(' '),
);

const secretNames = new Set(
  (
    'id_rsa id_dsa id_ecdsa id_ecdsa_sk id_ed25519 id_ed25519_sk .netrc _netrc .git-credentials .pgpass pgpass.conf ' +
    '.my.cnf .mylogin.cnf .htpasswd .htdigest .pypirc .dockercfg .s3cfg .boto .vault-token .vault_pass .envrc'
  ).split(' '),
);

const secretPlaces =
  /(?:^|\/)(?:\.(?:ssh|gnupg)\/|\.aws\/(?:credentials|config)$|\.kube\/config$|\.docker\/config\.json$)/;

/** `.env`, `.env.production`, `production.env`. */
const environmentFile = /^\.env(?:\..*)?$|.\.env$/;

/** Data files and files without extension alone: `credentials.ts` or `secrets.py` is code about credentials. */
const dataExtension = /\.(?:json|ya?ml|xml|ini|toml|cfg|conf|properties|csv|txt|enc|bak|old|tfvars)$/;
const noExtension = /^\.?[^.]+$/;
const credentialStem =
  /^\.?(?:.*[-_.])?(?:credentials|secrets?)(?:\..*)?$|^credentials?(?:[-_.].*)?$|^client_secrets?(?:[-_.].*)?$/;
const serviceAccount = /^(?:.*[-_.])?service[-_]?account(?:[-_.].*)?\.json$/;

/** Made to be shared: `.env.example`, `sample.env`, `credentials.template.json`. */
const sample = /(?:^|[-_.])(?:examples?|samples?|template|tmpl|tpl|dist|schema|defaults?)(?=[-_.]|$)/;

/**
 * Does the name say that the content is secret? Such files are never read. Not secret: public keys (`id_rsa.pub`) and
 * samples of environment and credential files (`.env.example`), which exist to be read.
 *
 * @returns What in the name says so, for people.
 */
export function secretPath(path: string): Phrase | undefined {
  const lower = path.toLowerCase();
  const name = lower.slice(lower.lastIndexOf('/') + 1);
  if (name.endsWith('.pub')) return undefined;
  if (secretNames.has(name)) return phrase`${name} files hold credentials`;
  if (secretPlaces.test(lower)) return phrase`files of this directory hold keys or credentials`;
  const extension = /.\.([^.]+)$/.exec(name)?.[1];
  if (extension !== undefined && secretExtensions.has(extension))
    return phrase`.${extension} files hold keys or credentials`;
  if (sample.test(name)) return undefined;
  if (environmentFile.test(name)) return phrase`.env files hold credentials`;
  const isData = dataExtension.test(name) || noExtension.test(name);
  if (isData && credentialStem.test(name.replace(dataExtension, ''))) return phrase`named after credentials`;
  return serviceAccount.test(name) ? phrase`named after a service account key` : undefined;
}
