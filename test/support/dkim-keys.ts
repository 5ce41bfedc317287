/** DKIM keys for tests: as the settings have them, and the TXT record that publishes each. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { ServerSettingsInput } from '../../src-main/settings/schema';

type DkimKeyInput = NonNullable<ServerSettingsInput['dkimKeys']>[number];

export interface TestKey {
  readonly setting: DkimKeyInput;
  readonly name: string;
  readonly record: string;
  readonly pkcs1Pem: string;
  readonly pkcs8Pem: string;
}

const base64Of = (key: KeyObject, type: 'pkcs8' | 'spki'): string =>
  (key.export({ format: 'der', type } as never) as Buffer).toString('base64');

/** One that signs; the private key is not sealed. */
export function makeDkimKey(
  domain: string,
  selector: string,
  kind: 'rsa' | 'ed25519' = 'rsa',
  bits = 2048,
): TestKey {
  const { privateKey, publicKey } =
    kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: bits }) : generateKeyPairSync('ed25519');
  const spki = Buffer.from(base64Of(publicKey, 'spki'), 'base64');
  const p = (kind === 'rsa' ? spki : spki.subarray(-32)).toString('base64');
  return {
    setting: {
      domain,
      selector,
      algorithm: kind === 'rsa' ? 'rsa-sha256' : 'ed25519-sha256',
      privateKey: base64Of(privateKey, 'pkcs8'),
      isSigning: true,
    },
    name: `${selector}._domainkey.${domain}`,
    record: `v=DKIM1; k=${kind}; p=${p}`,
    pkcs8Pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    pkcs1Pem: kind === 'rsa' ? privateKey.export({ format: 'pem', type: 'pkcs1' }).toString() : '',
  };
}

/** For the verifiers, and for a DNS server. */
export const recordsOf = (...keys: readonly TestKey[]): Record<string, string> =>
  Object.fromEntries(keys.map(({ name, record }) => [name, record]));
