/** The names that a certificate is good for: DNS names, with a leading "*." if wanted, and IP addresses. Pure. */
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { Problem } from '../engine/core/problem';

export interface HostName {
  readonly type: 'dns' | 'ip';
  readonly value: string;
}

/** Of the common name (X.520, ub-common-name). */
const maxCommonNameLength = 64;
const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Reads what a person typed; twice the same is once. Throws Problem 'invalid' at "names.1". */
export function readHostNames(names: readonly string[]): HostName[] {
  const found = new Map<string, HostName>();
  names.forEach((typed, at) => {
    const name = readHostName(typed);
    if (name === undefined) {
      throw new Problem(
        'invalid',
        `${typed.trim()} is no host name. Enter a name such as mail.example.com, or an IP address.`,
        `names.${at}`,
      );
    }
    found.set(name.value, name);
  });
  const list = [...found.values()];
  const [first] = list;
  if (first === undefined) throw new Problem('invalid', 'Enter at least one name.', 'names');
  if (first.value.length > maxCommonNameLength) {
    throw new Problem(
      'invalid',
      `The first name stands in the subject, where at most ${maxCommonNameLength} characters fit. Enter a shorter one first.`,
      'names.0',
    );
  }
  return list;
}

/** undefined: no host name. */
export function readHostName(typed: string): HostName | undefined {
  const text = typed.trim().replace(/^\[(.*)\]$/, '$1');
  if (isIP(text) === 4) return { type: 'ip', value: text };
  if (isIP(text) === 6 && !text.includes('%')) return { type: 'ip', value: canonicalIp(text) };
  const wildcard = text.startsWith('*.') ? '*.' : '';
  const ascii = domainToASCII(text.slice(wildcard.length).replace(/\.$/, '')).toLowerCase();
  const labels = ascii.split('.');
  // A last label of digits alone is a mistyped address.
  const isRight =
    ascii.length <= 253 && labels.every((each) => label.test(each)) && !/^\d+$/.test(labels.at(-1) ?? '');
  return isRight ? { type: 'dns', value: wildcard + ascii } : undefined;
}

/** "fe80::1", however it was written. */
export function canonicalIp(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
