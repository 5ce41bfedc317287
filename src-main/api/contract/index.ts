/**
 * The contract: one table of procedures and event streams. Every transport (message port, HTTP, control
 * channel) carries this table; the console, the browser console and the command line are its clients.
 * Arguments are validated against it once, and the caller's role (`meta.role`) is checked there too.
 */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import {
  binding,
  folderPath,
  serverName,
  serverSettings,
  settingsDocument,
  smartHost,
} from '../../settings/schema';
import { administrator, callerVias, operator, roles, viewer } from './base';
import { certificates } from './certificates';
import { changes } from './changes';
import { checks } from './checks';
import { collections } from './collections';
import { diagnostics } from './diagnostics';
import { dkim } from './dkim';
import { ldap } from './ldap';
import { messages } from './messages';
import { oauth } from './oauth';
import { accounts, operators, systemOperators } from './people';
import { queue } from './queue';
import { search } from './search';
import { trace } from './trace';
import {
  badmailCount,
  dialogueLine,
  domainRow,
  endedSessionRow,
  liveChange,
  lockOutRow,
  mailrootFolders,
  page,
  queueId,
  serverId,
  serverSummary,
  sessionRow,
  systemStatus,
  testEvent,
} from './values';

export * from '../../settings/schema';
export { callerVias, type Role, roles, roleWithArticle } from './base';
export * from './certificates';
export * from './changes';
export * from './checks';
export * from './collections';
export * from './diagnostics';
export * from './dkim';
export * from './errors';
export * from './ldap';
export * from './messages';
export * from './oauth';
export * from './people';
export * from './queue';
export * from './search';
export * from './smart-host-plan';
export * from './smart-host-presets';
export * from './trace';
export * from './values';

const ofServer = z.object({ serverId });
const nothing = z.object({});
const total = z.number().int();
/** Base64 of 25 MB. */
const mostAttachedCharacters = 35_000_000;
const testMessage = z.object({
  from: z.string().max(320),
  to: z.array(z.string().max(320)).min(1, 'Name at least one recipient.').max(100, 'At most 100 recipients.'),
  subject: z.string().max(500).default('Test message'),
  text: z.string().max(100_000).default('This is a test message.'),
  /** Get the message too, and are named in its header. */
  cc: z.array(z.string().max(320)).max(100, 'At most 100 recipients.').optional(),
  /** Get the message too, and are named nowhere in it. */
  bcc: z.array(z.string().max(320)).max(100, 'At most 100 recipients.').optional(),
  /** Stands beside the text: mail programs show one of them. */
  html: z.string().max(1_000_000).optional(),
  headers: z
    .array(
      z.object({
        name: z.string().regex(/^[!-9;-~]{1,76}$/, 'The name of a header field has no space and no colon.'),
        value: z.string().max(2000),
      }),
    )
    .max(50)
    .optional(),
  attachments: z
    .array(
      z.object({
        name: z.string().min(1).max(255),
        type: z.string().max(100),
        contentBase64: z.string().max(mostAttachedCharacters, 'Attachments have at most 25 MB together.'),
      }),
    )
    .max(20, 'At most 20 attachments.')
    .refine(
      (all) => all.reduce((sum, each) => sum + each.contentBase64.length, 0) <= mostAttachedCharacters,
      'Attachments have at most 25 MB together.',
    )
    .optional(),
});
const sortBy = <const T extends readonly [string, ...string[]]>(columns: T) =>
  z.object({ column: z.enum(columns), isDescending: z.boolean() });

export const contract = {
  system: {
    status: viewer.output(systemStatus),
    /** Yields at once and then whenever something changed, at most four times a second. */
    watch: viewer.output(eventIterator(liveChange)),
    /** Who is calling, and what that person may do. */
    me: viewer.output(z.object({ name: z.string(), role: z.enum(roles), via: z.enum(callerVias) })),
    /** Facts for the wizards: this computer's name and addresses, and a folder for the next virtual server. */
    suggest: viewer.output(
      z.object({
        fullyQualifiedDomainName: z.string(),
        addresses: z.array(z.string()),
        /** Its addresses on networks, with the prefix: "192.0.2.2/24". */
        networks: z.array(z.string()),
        homeDirectory: z.string(),
        port: z.number(),
        separator: z.string(),
      }),
    ),
    /** Sub-folders of a folder, for choosing one where no system dialog is at hand. */
    folders: administrator.input(z.object({ path: z.string().max(1000) })).output(
      z.object({
        path: z.string(),
        parent: z.string().optional(),
        folders: z.array(z.string()),
        isCut: z.boolean(),
      }),
    ),
  },
  servers: {
    list: viewer.output(z.array(serverSummary)),
    get: viewer.input(ofServer).output(
      z.object({
        summary: serverSummary,
        settings: serverSettings,
        folders: mailrootFolders,
        isRestartNeeded: z.boolean(),
        badmailCounts: z.array(badmailCount),
      }),
    ),
    /** Refuses with field and reason; writes nothing. For validation at the field. */
    check: administrator
      .input(
        z.object({
          serverId: serverId.optional(),
          name: z.string().max(1000).optional(),
          bindings: z.array(binding).optional(),
          homeDirectory: z.string().max(2000).optional(),
          defaultDomain: z.string().max(1000).optional(),
        }),
      )
      .output(
        z.object({
          faults: z.array(z.object({ field: z.string(), reason: z.string() })),
          warnings: z.array(z.object({ field: z.string(), reason: z.string() })),
        }),
      ),
    create: administrator
      .input(
        z.object({
          name: serverName,
          bindings: z.array(binding).min(1),
          homeDirectory: folderPath,
          defaultDomain: z.string(),
          isStarted: z.boolean().default(true),
        }),
      )
      .output(serverSummary),
    /** `patch` holds only what changes; all or nothing. `isRestartNeeded` tells that a part waits for a restart. */
    set: administrator
      .input(ofServer.extend({ patch: z.record(z.string(), z.unknown()) }))
      .output(z.object({ settings: serverSettings, isRestartNeeded: z.boolean() })),
    start: operator.input(ofServer).output(serverSummary),
    stop: operator.input(ofServer).output(serverSummary),
    pause: operator.input(ofServer).output(serverSummary),
    resume: operator.input(ofServer).output(serverSummary),
    /** Stop and start; one that was paused is paused again. It stays meant to run when the start fails. */
    restart: operator.input(ofServer).output(serverSummary),
    rename: administrator.input(ofServer.extend({ name: serverName })).output(serverSummary),
    /** Folders and queued files stay on disk. */
    delete: administrator.input(ofServer).output(nothing),
  },
  domains: {
    /** Sorted and filtered by the engine; without `sort` in the order of the settings. */
    list: viewer
      .input(
        ofServer.extend({
          ...page.shape,
          sort: sortBy(['name', 'type', 'destination']).optional(),
          /** Part of a name, without case. */
          filter: z.string().max(255).optional(),
        }),
      )
      .output(z.object({ rows: z.array(domainRow), total })),
    get: viewer.input(ofServer.extend({ name: z.string().max(1000) })).output(domainRow),
    create: administrator
      .input(
        ofServer.extend({
          type: z.enum(['alias', 'remote']),
          name: z.string().max(1000),
          isRelayAllowed: z.boolean().optional(),
          smartHost: smartHost.optional(),
          holdsForTrigger: z.boolean().optional(),
          turnAccounts: z.array(z.string().max(255)).max(100).optional(),
        }),
      )
      .output(domainRow),
    set: administrator
      .input(ofServer.extend({ name: z.string(), patch: z.record(z.string(), z.unknown()) }))
      .output(domainRow),
    rename: administrator
      .input(ofServer.extend({ name: z.string(), newName: z.string().max(1000) }))
      .output(domainRow),
    setDefault: administrator.input(ofServer.extend({ name: z.string() })).output(z.array(domainRow)),
    delete: administrator.input(ofServer.extend({ name: z.string() })).output(nothing),
  },
  sessions: {
    /** Sorted by the engine; without `sort` the oldest connection first. */
    list: viewer
      .input(
        ofServer.extend({
          ...page.shape,
          sort: sortBy(['user', 'from', 'connectedAt', 'messages', 'bytes', 'tls', 'state']).optional(),
        }),
      )
      .output(z.object({ rows: z.array(sessionRow), total })),
    /** Sessions that are over, the latest first; in memory, so a restart forgets them. */
    recent: viewer
      .input(ofServer.extend(page.shape))
      .output(z.object({ rows: z.array(endedSessionRow), total })),
    /** What was said in a session that is open or remembered. */
    dialogue: viewer
      .input(ofServer.extend({ sessionId: z.string().max(100) }))
      .output(z.object({ session: z.union([endedSessionRow, sessionRow]), lines: z.array(dialogueLine) })),
    terminate: operator.input(ofServer.extend({ sessionId: z.string().max(100) })).output(nothing),
    /** Those of them that are still open; the count is theirs. */
    terminateMany: operator
      .input(ofServer.extend({ sessionIds: z.array(z.string().max(100)).min(1).max(10_000) }))
      .output(z.object({ count: z.number() })),
    terminateAll: operator.input(ofServer).output(z.object({ count: z.number() })),
    /** Addresses that are locked out after failed log-ins, the latest first; 10,000 at most. */
    lockOuts: viewer.input(ofServer).output(z.array(lockOutRow)),
    /** Lets them connect again; the count is of those that were locked out. */
    liftLockOuts: operator
      .input(ofServer.extend({ addresses: z.array(z.string().max(100)).min(1).max(10_000) }))
      .output(z.object({ count: z.number() })),
  },
  queue,
  messages,
  search,
  checks,
  trace,
  test: {
    /** Accepts a test message through the one door. */
    send: operator.input(ofServer.extend(testMessage.shape)).output(z.object({ queueId })),
    /**
     * Sends a test message and yields what happens, until every recipient has an outcome or waits for its next
     * attempt; at most a few minutes. 'smtp' talks to the virtual server's own listener from this computer, as a
     * program would; 'direct' goes straight into the queue.
     */
    run: operator
      .input(
        ofServer.extend({
          ...testMessage.shape,
          via: z.enum(['smtp', 'direct']).default('smtp'),
          /** Log in before sending, with 'smtp'. */
          user: z.string().max(320).optional(),
          password: z.string().max(1000).optional(),
        }),
      )
      .output(eventIterator(testEvent)),
  },
  collections,
  certificates,
  dkim,
  ldap,
  oauth,
  accounts,
  operators,
  systemOperators,
  diagnostics,
  changes,
  settings: {
    /** The whole document; secrets are left out (`keptSecret`). */
    export: administrator.output(settingsDocument),
    /** Replaces the whole document; refused as a whole when anything in it is wrong. */
    import: administrator
      .input(z.object({ document: z.unknown() }))
      .output(z.object({ restartNeeded: z.array(serverId) })),
    /** Writes the settings in force over a settings file that a person broke; the broken one is kept beside. */
    restore: administrator.output(z.object({ path: z.string(), keptAs: z.string().optional() })),
    validate: viewer
      .input(z.object({ document: z.unknown() }))
      .output(z.object({ faults: z.array(z.object({ field: z.string(), reason: z.string() })) })),
    schema: viewer.output(z.unknown()),
  },
};
export type Contract = typeof contract;
