/** Procedures about LDAP routing: how it goes, and what the directory says about an address. Nothing is changed. */
import { z } from 'zod';
import { serverSettings } from '../../settings/schema';
import { administrator, viewer } from './base';
import { serverId } from './values';

const count = z.number().int().min(0);

/** Since the virtual server was started. */
const ldapCounters = z.object({
  /** Questions to the directory, and those that were answered from memory. */
  lookups: count,
  cacheHits: count,
  /** Recipients that are not in the directory. */
  unresolved: count,
  /** Addresses in several entries. */
  ambiguous: count,
  /** Entries whose address is none. */
  illegal: count,
  /** Forwardings and groups that lead back to themselves. */
  loops: count,
  groupsExpanded: count,
  /** Groups beyond the limit. */
  tooLarge: count,
  /** Connections and questions that failed. */
  failures: count,
});
export type LdapCounters = z.infer<typeof ldapCounters>;

const ldapStatus = z.object({
  isEnabled: z.boolean(),
  isRunning: z.boolean(),
  isConnected: z.boolean(),
  server: z.string().optional(),
  base: z.string().optional(),
  /** Why the directory cannot be asked at the moment; mail waits. */
  problem: z.string().optional(),
  problemSince: z.number().optional(),
  counters: ldapCounters,
});

/** The settings that a question to the directory depends on. */
export const ldapTestFields = serverSettings.pick({
  ldapServer: true,
  ldapPort: true,
  ldapEncryption: true,
  ldapVerifiesCertificate: true,
  ldapSchema: true,
  ldapFilter: true,
  ldapAddressAttribute: true,
  ldapMemberAttribute: true,
  ldapBinding: true,
  ldapDomain: true,
  ldapUserName: true,
  ldapPassword: true,
  ldapBase: true,
  ldapRefusesUnknown: true,
  ldapMaxGroupMembers: true,
});
/** Some of them, as they stand in the sheet; checked with the others that are in force. */
const ldapDraft = z.partialRecord(z.enum(Object.keys(ldapTestFields.shape)), z.unknown());

const ldapTestAnswer = z.object({
  server: z.string(),
  base: z.string(),
  result: z.enum(['unknown', 'unchanged', 'rewritten', 'expanded', 'refused']),
  /** Names of the entries behind the address. */
  entries: z.array(z.string()),
  /** Where mail would go; the first of them. */
  addresses: z.array(z.string()),
  addressCount: count,
  /** What was found, in words. */
  text: z.string(),
  /** The reply with which mail would be returned. */
  reply: z.string().optional(),
});
export type LdapTestAnswer = z.infer<typeof ldapTestAnswer>;

export const ldap = {
  status: viewer.input(z.object({ serverId })).output(ldapStatus),
  /**
   * Asks the directory about one address, over a connection of its own. With `settings`, as if these were in force;
   * `ldapPassword` may be `keptSecret`, and the stored password is used only where it would go anyhow.
   */
  test: administrator
    .input(
      z.object({
        serverId,
        address: z.string().min(1, 'Enter a mail address such as ann@corp.test.').max(320),
        settings: ldapDraft.optional(),
      }),
    )
    .output(ldapTestAnswer),
};
