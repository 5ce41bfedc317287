/** Shapes that several procedures share. Times are milliseconds since 1970 UTC, sizes bytes. */
import { z } from 'zod';
import { badmailCauses, folderNames, serverStates } from '../../engine/core/event';
import { outcomeKinds } from '../../engine/core/outcome';
import { sessionStates } from '../../engine/core/session';
import { domainSettings } from '../../settings/schema';

export const serverId = z.number().int().min(1).max(9999);
export const queueId = z
  .string()
  .regex(/^[0-9a-f]{24}$/, 'Enter the name of a message: 24 hexadecimal digits, as lists show it.');
const serverState = z.enum(serverStates);
/** Folders whose messages can be read. */
export const messageFolder = z.enum(['drop', 'queue', 'badmail', 'pickup']);
export type MessageFolder = z.infer<typeof messageFolder>;
/** Name of a message: its queue id, and in Pickup the name of the file. */
export const messageId = z
  .string()
  .min(1)
  .max(255)
  .refine(
    (id) => !/[\\/\u0000-\u001f\u007f]/.test(id) && id !== '.' && id !== '..',
    'Enter the name of a message as lists show it.',
  );
export const recipientOutcome = z.enum(outcomeKinds);
export const badmailCause = z.enum(badmailCauses);
/** How a recipient is reached in place of what the settings say. */
export const chosenWay = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('smart-host') }),
  z.object({ kind: z.literal('remote-domain'), name: z.string().max(255) }),
  z.object({ kind: z.literal('mx') }),
  z.object({ kind: z.literal('drop') }),
  z.object({
    kind: z.literal('host'),
    host: z.string().min(1).max(255),
    port: z.number().int().min(1).max(65535),
  }),
]);
export type ChosenWay = z.infer<typeof chosenWay>;
/** What people noted about a message. */
export const messageMarks = z.object({
  isRead: z.boolean(),
  isStarred: z.boolean(),
  tags: z.array(z.string()).readonly(),
});
export type MessageMarks = z.infer<typeof messageMarks>;
export const page = z.object({
  offset: z.number().int().min(0).max(10_000_000).default(0),
  limit: z.number().int().min(1).max(1000).default(200),
});

export const status = z.object({
  code: z.number(),
  enhanced: z.string(),
  text: z.string(),
  cause: z.string().optional(),
});
export const remoteHost = z.object({
  name: z.string(),
  address: z.string().optional(),
  port: z.number().optional(),
});

/** How the connection of an attempt was encrypted. */
export const tlsFacts = z.object({
  version: z.string(),
  cipher: z.string(),
  /** The certificate is valid for the host's name. */
  isVerified: z.boolean(),
  /** Why it is not. */
  fault: z.string().optional(),
  /** What asked for a valid certificate, when something did. */
  policy: z.enum(['route', 'mta-sts']).optional(),
});

/** What needs a person; `code` is stable, `action` names a console verb that helps. */
const attention = z.object({
  serverId: serverId.optional(),
  code: z.string(),
  text: z.string(),
  action: z
    .enum([
      'move-to-port-25',
      'start',
      'properties',
      'open-badmail',
      'certificates',
      'sign-ins',
      'sessions',
      'none',
    ])
    .default('none'),
});

const folderCounts = z.object({
  pickup: z.number(),
  drop: z.number(),
  queue: z.number(),
  badmail: z.number(),
  sessions: z.number(),
  domains: z.number(),
});

/** Where the folders of a virtual server are, as full paths. */
export const mailrootFolders = z.object({
  home: z.string(),
  pickup: z.string(),
  queue: z.string(),
  drop: z.string(),
  badmail: z.string(),
});

/** The first few names of a list that may be long, and its length. */
const domainNames = z.object({ first: z.array(z.string()), count: z.number() });

export const serverSummary = z.object({
  id: serverId,
  name: z.string(),
  state: serverState,
  /** Since when it is in this state. */
  since: z.number(),
  /** Why it failed to start, in words for people. */
  problem: z.string().optional(),
  bindings: z.array(
    z.object({
      address: z.string(),
      port: z.number(),
      encryption: z.enum(['starttls', 'implicit', 'none']).optional(),
    }),
  ),
  fullyQualifiedDomainName: z.string(),
  defaultDomain: z.string(),
  homeDirectory: z.string(),
  /** "Relays for: ..." in words. */
  relayPolicy: z.string(),
  /** True when anybody may relay through this server. */
  isOpenRelay: z.boolean(),
  /** "Everything else -> smart host ..." in words. */
  routePolicy: z.string(),
  /** The default domain first, then its aliases. */
  localDomains: domainNames,
  remoteDomains: domainNames,
  counts: folderCounts,
  /** Arrival time of the oldest waiting message. */
  oldestQueuedAt: z.number().optional(),
});
export type ServerSummary = z.infer<typeof serverSummary>;

/** Messages that one cause laid into Badmail since Mailroot started; `text` says the cause in a sentence. */
export const badmailCount = z.object({ cause: z.enum(badmailCauses), count: z.number(), text: z.string() });

export const systemStatus = z.object({
  product: z.string(),
  version: z.string(),
  host: z.enum(['desktop', 'service']),
  computerName: z.string(),
  dataFolder: z.string(),
  processId: z.number(),
  startedAt: z.number(),
  attention: z.array(attention),
});
export type SystemStatus = z.infer<typeof systemStatus>;

export const domainRow = z.object({
  name: z.string(),
  type: z.enum(['default', 'alias', 'remote']),
  settings: domainSettings,
});
export type DomainRow = z.infer<typeof domainRow>;

export const sessionRow = z.object({
  id: z.string(),
  user: z.string(),
  from: z.string(),
  hello: z.string(),
  tls: z.string(),
  cipher: z.string(),
  state: z.enum(sessionStates),
  connectedAt: z.number(),
  command: z.string(),
  messageCount: z.number(),
  receivedBytes: z.number(),
  localPort: z.number(),
});
export type SessionRow = z.infer<typeof sessionRow>;

/** A session that is over. */
export const endedSessionRow = sessionRow.extend({ endedAt: z.number(), lastReply: z.string() });
export type EndedSessionRow = z.infer<typeof endedSessionRow>;

/** An address that may not connect for a while, because too many log-ins failed there. */
export const lockOutRow = z.object({
  /** IPv4 address, or an IPv6 network such as "2001:db8:1:2::/64". */
  address: z.string(),
  failureCount: z.number(),
  lockedAt: z.number(),
  until: z.number(),
  /** The last name that was tried, as the client gave it. */
  lastUser: z.string(),
});
export type LockOutRow = z.infer<typeof lockOutRow>;

/** One line of an SMTP dialogue; 'note' is ours. Credentials are masked. */
export const dialogueLine = z.object({
  at: z.number(),
  side: z.enum(['client', 'server', 'note']),
  text: z.string(),
});

const queuedRecipient = z.object({
  address: z.string(),
  outcome: recipientOutcome.optional(),
  attempts: z.number(),
  nextAttemptAt: z.number(),
  last: z
    .object({ at: z.number(), status, remote: remoteHost.optional(), tls: tlsFacts.optional() })
    .optional(),
  /** Next hop by today's settings, in words. */
  route: z.string(),
  /** It has no next attempt: it waits until `host` asks for it, by ETRN, or where `canTurn` says so by ATRN or TURN. */
  held: z.object({ host: z.string(), canTurn: z.boolean() }).optional(),
  /** It waits for the rate limit of its route until `nextAttemptAt`; no attempt has failed for that. */
  isPaced: z.literal(true).optional(),
  /** An operator holds it. */
  isHeld: z.literal(true).optional(),
  /** Its destination is frozen. */
  isFrozen: z.literal(true).optional(),
  /** Key of its destination, as filters and `freeze` take it. */
  destination: z.string(),
  /** What an operator chose in place of the settings. */
  way: chosenWay.optional(),
});
export type QueuedRecipient = z.infer<typeof queuedRecipient>;
/** One message and those of its waiting recipients that share a destination. */
export const queueGroupRow = z.object({
  queueId,
  destination: z.string(),
  arrivedAt: z.number(),
  /** '' is the null reverse-path. */
  sender: z.string(),
  subject: z.string(),
  sizeBytes: z.number(),
  /** The first few. */
  recipients: z.array(z.string()),
  recipientCount: z.number(),
  /** Next hop by today's settings, in words. */
  route: z.string(),
  attempts: z.number(),
  nextAttemptAt: z.number(),
  isActive: z.boolean(),
  isHeld: z.boolean(),
  isFrozen: z.boolean(),
  /** It waits until this host asks for it. */
  heldFor: z.string().optional(),
  isPaced: z.boolean(),
  /** Of the first recipient that has one. */
  last: z
    .object({ at: z.number(), status, remote: remoteHost.optional(), tls: tlsFacts.optional() })
    .optional(),
});
export type QueueGroupRow = z.infer<typeof queueGroupRow>;
export const queueRow = z.object({
  queueId,
  arrivedAt: z.number(),
  /** '' is the null reverse-path. */
  sender: z.string(),
  subject: z.string(),
  sizeBytes: z.number(),
  source: z.string(),
  recipients: z.array(queuedRecipient),
  /** An attempt is under way now. */
  isActive: z.boolean(),
});
export type QueueRow = z.infer<typeof queueRow>;

/** One row of a folder. Header values are decoded for display, bounded, and plain text. */
export const messageRow = z.object({
  id: messageId,
  receivedAt: z.number(),
  sizeBytes: z.number(),
  from: z.string(),
  subject: z.string(),
  /** Envelope: x-sender line, or the .BDP; '' is the null reverse-path. */
  sender: z.string(),
  recipients: z.array(z.string()).readonly(),
  hasAttachments: z.boolean(),
  cause: z.enum(badmailCauses).optional(),
  /** Badmail: why, in one sentence. */
  reason: z.string().optional(),
  /** Absent while the index of mail cannot tell. */
  marks: messageMarks.optional(),
});
export type MessageRow = z.infer<typeof messageRow>;

/** One thing that happened to a test message. */
export const testEvent = z.discriminatedUnion('kind', [
  /** A line of the dialogue: with our own listener ('submission'), or of an attempt to deliver ('delivery'). */
  z.object({ kind: z.literal('line'), leg: z.enum(['submission', 'delivery']), line: dialogueLine }),
  z.object({ kind: z.literal('accepted'), at: z.number(), queueId }),
  /** The virtual server did not take the message; `text` says why and what to do. */
  z.object({ kind: z.literal('refused'), at: z.number(), text: z.string() }),
  /** Where one recipient ended up, or why it waits. */
  z.object({
    kind: z.literal('recipient'),
    at: z.number(),
    recipient: z.string(),
    outcome: z.enum([...outcomeKinds, 'deferred']),
    status,
    remote: remoteHost.optional(),
    tls: tlsFacts.optional(),
    nextAttemptAt: z.number().optional(),
  }),
  z.object({ kind: z.literal('end'), at: z.number(), text: z.string() }),
]);
export type TestEvent = z.infer<typeof testEvent>;

/** Sent when something changed; the console reads again what it shows. Coalesced by the engine. */
export const liveChange = z.object({
  servers: z.boolean(),
  settings: z.boolean(),
  /** The record of changes has a new entry. */
  changes: z.boolean().default(false),
  /** The index of mail, or what people noted in it, changed. */
  index: z.boolean().default(false),
  /** Lists that changed, by server. */
  folders: z.array(z.object({ serverId, folder: z.enum([...folderNames, 'sessions']) })),
  warnings: z.array(z.object({ serverId, code: z.string(), text: z.string() })),
});
export type LiveChange = z.infer<typeof liveChange>;
