/** By what an account may log in, in words. Pure. */
import type { AccountRow } from '../../src-main/api/contract';

export type Method = AccountRow['methods'][number];

/** In the order of the boxes. */
export const methodWords: readonly {
  readonly method: Method;
  readonly title: string;
  readonly text: string;
}[] = [
  {
    method: 'basic',
    title: 'Basic',
    text: 'AUTH PLAIN and LOGIN: what nearly every program and device can do. Needs TLS to be safe.',
  },
  {
    method: 'scram-sha-256',
    title: 'SCRAM-SHA-256',
    text: 'The password never crosses the network.',
  },
  {
    method: 'cram-md5',
    title: 'CRAM-MD5',
    text: 'For older programs; the password is kept encrypted on this computer.',
  },
  {
    method: 'ntlm',
    title: 'NTLM',
    text: 'Windows programs with "Integrated"; a hash of the password is kept encrypted.',
  },
  {
    method: 'kerberos',
    title: 'Kerberos',
    text: 'A domain user of the same name, such as ann@EXAMPLE.COM. Needs no password here.',
  },
];

export const methodTitle = (method: Method): string =>
  methodWords.find((each) => each.method === method)?.title ?? method;

export const needsPassword = (methods: ReadonlySet<Method>): boolean =>
  [...methods].some((method) => method !== 'kerberos');
