/** What mechanisms ask, for tests: accounts of the memory keyring, a fixed name and time. */
import type { LogOnMeans } from '../../../../src-main/engine/smtp-in/sasl-mechanism';
import { createMemoryKeyring, type MemoryKeyring } from '../../../protocol/memory-keyring';

export async function createMeans(
  change: Partial<LogOnMeans> = {},
): Promise<LogOnMeans & { readonly keyring: MemoryKeyring }> {
  const keyring = createMemoryKeyring();
  await keyring.prepareSecrets();
  return {
    now: () => 1_700_000_000_000,
    fqdn: 'mail.local.test',
    defaultLogonDomain: '',
    keytab: '',
    ...change,
    keyring,
  };
}
