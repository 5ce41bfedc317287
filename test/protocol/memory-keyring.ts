/** Accounts and certificates in memory; notes which names were asked for, never a password. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  emptyKeyring,
  type Keyring,
  type LogOnMethod,
  type LogOnSecrets,
  logOnMethods,
  type TlsCredentials,
} from '../../src-main/engine/core/keyring';
import type { SecurityPackage } from '../../src-main/engine/core/security-package';
import { makeLogOnFields, openLogOnSecret } from '../../src-main/people/account-secrets';

/** The number of the certificate that every test listener knows. */
export const testCertificate = '00000000000000aa';

const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../fixtures/tls', `self-signed.${name}.pem`), 'utf8');

const selfSigned: TlsCredentials = {
  keyPem: read('key'),
  certificatePem: read('cert'),
  fingerprint: 'self-signed',
};

/** The secrets of a password as accounts keep them, unsealed. */
const clearBox = { seal: (text: string) => text, open: (text: string) => text };

export interface MemoryKeyring extends Keyring {
  /** Name to password. */
  readonly accounts: Map<string, string>;
  /** What an account may log in by; all when it is not in here. */
  readonly methods: Map<string, readonly LogOnMethod[]>;
  readonly certificates: Map<string, TlsCredentials>;
  /** Names that were asked for, in order. */
  readonly asked: string[];
  /** Accounts that were logged in by a method other than 'basic', in order. */
  readonly loggedOn: string[];
  failure: Error | undefined;
  securityPackage?: SecurityPackage;
  /** Makes the secrets of the accounts of this moment: `logOnSecret` knows no others. */
  prepareSecrets(): Promise<void>;
}

export function createMemoryKeyring(): MemoryKeyring {
  const accounts = new Map([
    ['ann', 'secret'],
    ['bob@corp.test', 'two words'],
    ['CORP\\carl', 'gr\u00fcn'],
  ]);
  const methods = new Map<string, readonly LogOnMethod[]>();
  const certificates = new Map([[testCertificate, selfSigned]]);
  const asked: string[] = [];
  const loggedOn: string[] = [];
  const prepared = new Map<string, Awaited<ReturnType<typeof makeLogOnFields>>>();
  const allows = (account: string, method: LogOnMethod): boolean =>
    accounts.has(account) && (methods.get(account) ?? logOnMethods).includes(method);
  const keyring: MemoryKeyring = {
    ...emptyKeyring,
    accounts,
    methods,
    certificates,
    asked,
    loggedOn,
    failure: undefined,
    async prepareSecrets() {
      for (const [name, password] of accounts)
        prepared.set(
          name,
          await makeLogOnFields(['ntlm', 'cram-md5', 'scram-sha-256'], password, {}, clearBox),
        );
    },
    async authenticate(user, password) {
      asked.push(user);
      if (keyring.failure) throw keyring.failure;
      return allows(user, 'basic') && accounts.get(user) === password ? user : undefined;
    },
    findAccount: (user) => (accounts.has(user) ? user : undefined),
    allows,
    logOnSecret<M extends keyof LogOnSecrets>(user: string, method: M) {
      asked.push(user);
      if (keyring.failure) throw keyring.failure;
      const stored = allows(user, method) ? prepared.get(user) : undefined;
      const secret = stored && openLogOnSecret(stored, method, clearBox);
      return secret && { account: user, secret };
    },
    noteLogOn: (account) => void loggedOn.push(account),
    tlsCredentials: (id) => certificates.get(id),
  };
  return keyring;
}
