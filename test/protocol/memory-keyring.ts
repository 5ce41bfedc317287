/** Accounts and certificates in memory; notes which names were asked for, never a password. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyKeyring, type Keyring, type TlsCredentials } from '../../src-main/engine/core/keyring';

/** The number of the certificate that every test listener knows. */
export const testCertificate = '00000000000000aa';

const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../fixtures/tls', `self-signed.${name}.pem`), 'utf8');

const selfSigned: TlsCredentials = {
  keyPem: read('key'),
  certificatePem: read('cert'),
  fingerprint: 'self-signed',
};

export interface MemoryKeyring extends Keyring {
  /** Name to password. */
  readonly accounts: Map<string, string>;
  readonly certificates: Map<string, TlsCredentials>;
  /** Names that were asked for, in order. */
  readonly asked: string[];
  failure: Error | undefined;
}

export function createMemoryKeyring(): MemoryKeyring {
  const accounts = new Map([
    ['ann', 'secret'],
    ['bob@corp.test', 'two words'],
    ['CORP\\carl', 'gr\u00fcn'],
  ]);
  const certificates = new Map([[testCertificate, selfSigned]]);
  const asked: string[] = [];
  const keyring: MemoryKeyring = {
    ...emptyKeyring,
    accounts,
    certificates,
    asked,
    failure: undefined,
    async authenticate(user, password) {
      asked.push(user);
      if (keyring.failure) throw keyring.failure;
      return accounts.get(user) === password ? user : undefined;
    },
    findAccount: (user) => (accounts.has(user) ? user : undefined),
    tlsCredentials: (id) => certificates.get(id),
  };
  return keyring;
}
