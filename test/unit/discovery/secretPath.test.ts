import assert from 'node:assert/strict';
import { isLockFile } from '../../../src/core/discovery/lockFile.ts';
import { secretPath } from '../../../src/core/discovery/secretPath.ts';

describe('names that say secret', () => {
  for (const path of [
    '.env',
    'app/.env.production',
    '.env.local',
    'deploy/prod.env',
    '.envrc',
    'certs/server.PEM',
    'server.key',
    'server.key.pem',
    'ca.crt',
    'release.jks',
    'debug.keystore',
    'home/.ssh/known_hosts',
    'id_rsa',
    'keys/id_ed25519',
    '.netrc',
    '.aws/credentials',
    'credentials',
    'credentials.json',
    'aws-credentials.csv',
    'credentials-prod.yml',
    'config/secrets.yml',
    'k8s/db-secret.yaml',
    'client_secret_1234.apps.json',
    'my-service-account.json',
    'infra/terraform.tfstate',
    '.htpasswd',
  ]) {
    it(path, () => assert.notEqual(secretPath(path), undefined));
  }
});

describe('names that only sound secret', () => {
  for (const path of [
    '.env.example',
    'app/.env.sample',
    '.env.local.example',
    'example.env',
    'credentials.template.json',
    '.ssh/id_rsa.pub',
    'src/env.ts',
    'environment.ts',
    'src/credentials.ts',
    'lib/secrets.py',
    'SecretManager.java',
    'docs/credentials.md',
    'keyboard.ts',
    'monkey',
    'Documentation/git-credential.txt',
    'charts/serviceaccount.yaml',
    'src/.envoy/config.yaml',
    'pem.go',
    'key/index.js',
  ]) {
    it(path, () => assert.equal(secretPath(path), undefined));
  }
});

describe('lock files', () => {
  it('are known by their whole name, in any directory', () => {
    for (const path of ['package-lock.json', 'web/yarn.lock', 'Cargo.lock', 'go.sum', 'a/.terraform.lock.hcl']) {
      assert.ok(isLockFile(path), path);
    }
    for (const path of ['lock.ts', 'src/yarn.lock.ts', 'mutex.lock', 'package.json'])
      assert.ok(!isLockFile(path), path);
  });
});
