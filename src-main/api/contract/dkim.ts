/** Procedures about the DKIM keys of a virtual server. A private key goes in once, by `import`, and never comes out. */
import { z } from 'zod';
import { dkimAlgorithms, dkimKey } from '../../settings/schema';
import { administrator, operator, viewer } from './base';
import { serverId } from './values';

/** Lengths of RSA keys that are made here. */
export const dkimBits = [2048, 3072, 4096] as const;

/** What DNS has for a key. The first two are right. */
export const dkimRecordStates = [
  'published',
  /** Right, and it says that the domain is only testing DKIM. */
  'testing',
  'missing',
  'other-key',
  /** An empty p=: the record says that the key is not to be used any more. */
  'revoked',
  'invalid',
  /** Several records stand at the name, so none counts. */
  'several',
  /** DNS could not be asked. */
  'unknown',
] as const;
export type DkimRecordState = (typeof dkimRecordStates)[number];

export const dkimRecordCheck = z.object({
  /** When DNS was asked. */
  at: z.number(),
  state: z.enum(dkimRecordStates),
  /** In words: what was found, and what to do. */
  text: z.string(),
  /** As it stands in DNS. */
  found: z.array(z.string()),
});
export type DkimRecordCheck = z.infer<typeof dkimRecordCheck>;

/** SPF and DMARC of the domain: for information, nothing here depends on them. */
export const domainPolicy = z.object({
  state: z.enum(['found', 'missing', 'invalid', 'unknown']),
  text: z.string(),
  found: z.array(z.string()),
});
export type DomainPolicy = z.infer<typeof domainPolicy>;

export const dkimKeyRow = z.object({
  domain: z.string(),
  selector: z.string(),
  /** Place in DNS: "mail._domainkey.example.com". */
  name: z.string(),
  algorithm: z.enum(dkimAlgorithms),
  /** Of an RSA key. */
  bits: z.number().optional(),
  isSigning: z.boolean(),
  /** Why the private key cannot be used; mail that it should sign waits. */
  fault: z.string().optional(),
  /** What DNS had when it was asked last, since Mailroot was started. */
  lastCheck: dkimRecordCheck.optional(),
});
export type DkimKeyRow = z.infer<typeof dkimKeyRow>;

/** The TXT record that publishes a key. */
export const dkimRecord = z.object({
  name: z.string(),
  value: z.string(),
  /** The value in parts of at most 255 characters, for DNS servers that want it so. */
  parts: z.array(z.string()),
  /** The line for a zone file of BIND and its like. */
  zoneLine: z.string(),
  /** As in p=. */
  publicKey: z.string(),
});
export type DkimRecord = z.infer<typeof dkimRecord>;

const { domain, selector, algorithm } = dkimKey.shape;
const ofServer = z.object({ serverId });
const ofKey = ofServer.extend({ domain: z.string().max(1000), selector: z.string().max(1000) });
const newKey = ofServer.extend({ domain, selector });
const rowAndRecord = z.object({ row: dkimKeyRow, record: dkimRecord });

export const dkim = {
  /** In the order of the settings. */
  list: viewer.input(ofServer).output(z.array(dkimKeyRow)),
  /** Makes a key. It signs nothing before `set` switches it on. */
  create: administrator
    .input(
      newKey.extend({
        algorithm,
        /** Of an RSA key. */
        bits: z.union(dkimBits.map((bits) => z.literal(bits))).default(2048),
      }),
    )
    .output(rowAndRecord),
  /** A private key that was made elsewhere: PEM, PKCS #8 or PKCS #1, without a password. */
  import: administrator.input(newKey.extend({ pem: z.string().max(20_000) })).output(rowAndRecord),
  record: viewer.input(ofKey).output(dkimRecord),
  /** Asks DNS, as the virtual server asks it. */
  check: operator
    .input(ofKey)
    .output(z.object({ record: dkimRecordCheck, spf: domainPolicy, dmarc: domainPolicy })),
  /**
   * Switches signing on or off. On is refused with the field 'isConfirmed' while DNS does not have the right record:
   * what was signed would count for nothing. `isConfirmed` does it anyhow.
   */
  set: administrator
    .input(ofKey.extend({ isSigning: z.boolean(), isConfirmed: z.boolean().default(false) }))
    .output(dkimKeyRow),
  delete: administrator.input(ofKey).output(z.object({})),
};
