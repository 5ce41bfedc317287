/** DKIM keys of a virtual server (RFC 6376, RFC 8463). */
import { z } from 'zod';
import { entry } from './entry';
import { domainName, secretKey } from './values';

export const dkimAlgorithms = ['rsa-sha256', 'ed25519-sha256'] as const;
export type DkimAlgorithm = (typeof dkimAlgorithms)[number];

const selector = z
  .string()
  .max(255, 'A selector has at most 255 characters.')
  .refine(
    (value) => domainName.safeParse(value).success,
    'Enter a short name such as mailroot: letters, digits, hyphens and dots.',
  );

export const dkimKey = z.strictObject({
  domain: entry(domainName, {
    title: 'Domain',
    text: 'Outgoing mail with a From address of this domain is signed.',
    applies: 'live',
  }),
  selector: entry(selector, {
    title: 'Selector',
    text: 'Name of the key in DNS: <selector>._domainkey.<domain>.',
    applies: 'live',
  }),
  algorithm: entry(z.enum(dkimAlgorithms).default('rsa-sha256'), {
    title: 'Algorithm',
    text: 'rsa-sha256 is understood everywhere; ed25519-sha256 is shorter, and not everybody checks it.',
    applies: 'live',
  }),
  privateKey: entry(secretKey, {
    title: 'Private key',
    text: 'PKCS#8 in base64. Kept encrypted, never shown and never exported.',
    applies: 'live',
  }),
  isSigning: entry(z.boolean().default(false), {
    title: 'Sign mail',
    text: 'Off: the key waits until its DNS record is published.',
    applies: 'live',
  }),
});
export type DkimKey = z.infer<typeof dkimKey>;

export const dkimKeys = entry(z.array(dkimKey).max(1000, 'At most 1000 keys.').default([]), {
  title: 'DKIM keys',
  text: 'Keys that sign outgoing mail. Several keys of one domain all sign.',
  applies: 'live',
});
