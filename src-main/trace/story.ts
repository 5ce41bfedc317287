/**
 * The way of one message in plain words, from its records. Pure; journals with gaps give shorter stories.
 * Promise: a record that stands there twice (a crash in between) is told once.
 */
import type { TraceRow, TraceStep, TraceStory } from '../api/contract/trace';
import type { ChosenWay, RemoteHost } from '../engine/core/envelope';
import { formatStatus, type SmtpStatus } from '../engine/core/smtp-status';
import { describeSource } from '../engine/core/source-words';
import type { TraceRecord } from '../engine/core/trace';
import { addToEntry, createEntry, outcomesOf, recipientsOf, type TraceEntry } from './entry';

const mostRowRecipients = 5;

/** A notification about the message. */
export interface FollowingMessage {
  readonly queueId: string;
  readonly at: number;
  readonly recipients: readonly string[];
}

export function rowOf(
  entry: TraceEntry,
  facts: { readonly serverId: number; readonly id: string },
): TraceRow {
  const addresses = Object.keys(entry.recipients);
  const { at, sender, subject, messageId, sizeBytes, source } = entry;
  return {
    ...facts,
    ...(/^[0-9a-f]{24}$/.test(facts.id) ? { queueId: facts.id } : {}),
    at,
    sender,
    recipients: addresses.slice(0, mostRowRecipients),
    recipientCount: addresses.length,
    subject,
    messageId,
    sizeBytes,
    source,
    outcomes: outcomesOf(entry),
  };
}

/** @param records in the order in which they were written */
export function tellStory(
  records: readonly TraceRecord[],
  facts: {
    readonly serverId: number;
    readonly id: string;
    readonly following?: readonly FollowingMessage[];
    /** What all records come to, where some of them are left out. */
    readonly whole?: TraceEntry;
  },
): TraceStory {
  const seen = new Set<string>();
  const own = records.filter((record) => {
    const text = JSON.stringify(record);
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew;
  });
  const entry = facts.whole ?? createEntry(own[0]?.at ?? 0);
  if (!facts.whole) for (const record of own) addToEntry(entry, record);
  const session = own.find((record) => record.kind === 'session');
  const steps = own.flatMap((record, at): TraceStep[] => {
    if (record.kind === 'accepted')
      return [acceptedStep(record, session?.kind === 'session' ? session : undefined)];
    if (record.kind === 'attempt') return [attemptStep(record, own.slice(at + 1))];
    return stepOf(record) ?? [];
  });
  for (const { queueId, at, recipients } of facts.following ?? [])
    steps.push({
      at,
      kind: 'notification',
      text: `A notification was sent to ${recipients.join(', ') || 'the sender'}.`,
      recipients: [],
      lines: [],
      leadsTo: queueId,
    });
  // The sort is stable: what was written at the same time stays in its order.
  steps.sort((one, other) => one.at - other.at);
  const hasBeginning = own.some(({ kind }) => kind === 'accepted' || kind === 'refused');
  const note = facts.whole ? 'Not all steps are shown: there are too many.' : noteOf(hasBeginning, own);
  const { serverId, id } = facts;
  return {
    row: rowOf(entry, { serverId, id }),
    steps,
    recipients: recipientsOf(entry),
    ...clientOf(own),
    ...(entry.about === '' ? {} : { about: entry.about }),
    ...(note === undefined ? {} : { note }),
  };
}

function clientOf(records: readonly TraceRecord[]): Pick<TraceStory, 'client'> {
  const accepted = records.find(({ kind }) => kind === 'accepted');
  if (accepted?.kind !== 'accepted' || accepted.source.kind !== 'smtp') return {};
  const { peer, helo, account } = accepted.source;
  return { client: { peer, hello: helo, ...(account === undefined ? {} : { account }) } };
}

function noteOf(hasBeginning: boolean, records: readonly TraceRecord[]): string | undefined {
  const isPickupFault = records.length === 1 && records[0]?.kind === 'outcome' && records[0].recipient === '';
  if (!hasBeginning && !isPickupFault)
    return 'The beginning is not there: older records were removed, or lost.';
  const attempts = records.filter(({ kind }) => kind === 'attempt');
  const isSilent = attempts.every(
    (record) => record.kind === 'attempt' && (record.lines.length === 0 || record.destination === 'Drop'),
  );
  const goesOut = attempts.some((record) => record.kind === 'attempt' && record.destination !== 'Drop');
  return goesOut && isSilent ? 'What was said in the attempts was not kept (Housekeeping).' : undefined;
}

type RecordOf<Kind extends TraceRecord['kind']> = Extract<TraceRecord, { readonly kind: Kind }>;

function acceptedStep(record: RecordOf<'accepted'>, session: RecordOf<'session'> | undefined): TraceStep {
  const { source } = record;
  const account =
    source.kind === 'smtp' && source.account !== undefined ? `, logged in as ${source.account}` : '';
  const hello = source.kind === 'smtp' ? ` (${source.helo})` : '';
  const tls = session?.tls === undefined ? '' : `, encrypted with ${session.tls}`;
  const count = record.recipients.length;
  return {
    at: record.at,
    kind: 'accepted',
    text: `Accepted for ${count === 1 ? record.recipients[0] : `${count} recipients`}: ${describeSource(source)}${hello}${account}${tls}.`,
    recipients: [],
    lines: [...(session?.lines ?? [])],
  };
}

/** Host and encryption stand in what came of it. */
function attemptStep(record: RecordOf<'attempt'>, later: readonly TraceRecord[]): TraceStep {
  const { recipients, rule, destination, lines } = record;
  const result = later.find(
    (each): each is RecordOf<'deferred'> | RecordOf<'outcome'> =>
      (each.kind === 'deferred' || each.kind === 'outcome') && recipients.includes(each.recipient),
  );
  const remote = result?.remote;
  const where = destination === 'Drop' ? 'the Drop folder' : remote ? describeRemote(remote) : destination;
  const tls = result?.tls;
  return {
    at: record.startedAt,
    kind: 'attempt',
    text: `Tried to deliver to ${where}${tls ? `, encrypted with ${tls.version}` : ''}.`,
    recipients: [...recipients],
    rule,
    ...(remote ? { remote } : {}),
    ...(tls ? { tls } : {}),
    lines: [...lines],
  };
}

function stepOf(record: TraceRecord): TraceStep[] | undefined {
  switch (record.kind) {
    case 'refused':
      return [
        {
          at: record.at,
          kind: 'refused',
          text: refusedText(record),
          recipients: record.recipient === undefined ? [...(record.recipients ?? [])] : [record.recipient],
          status: plainStatus(record.status),
          lines: [...record.lines],
        },
      ];
    case 'resolved':
    case 'readdressed': {
      const to = record.addresses.join(', ') || 'nobody';
      const by = record.kind === 'resolved' ? 'The directory' : (record.by ?? 'An operator');
      const text = `${by} put ${to} in the place of ${record.recipient}.`;
      return [
        {
          at: record.at,
          kind: record.kind,
          text,
          recipients: [record.recipient, ...record.addresses],
          lines: [],
        },
      ];
    }
    case 'deferred':
      return [
        {
          ...resultStep(record),
          kind: 'deferred',
          text: `Not yet: ${wordsOf(record)}`,
          nextAttemptAt: record.nextAttemptAt,
        },
      ];
    case 'outcome':
      return [
        {
          ...resultStep(record),
          kind: 'outcome',
          text: `${outcomeWords[record.outcome]}: ${wordsOf(record)}`,
          outcome: record.outcome,
        },
      ];
    case 'operator':
      return [
        {
          at: record.at,
          kind: 'operator',
          text: `${record.by} ${actWords[record.act]}${record.way ? `: ${describeWay(record.way)}` : ''}.`,
          recipients: [...record.recipients],
          lines: [],
        },
      ];
    default:
      return undefined;
  }
}

function refusedText({ count, recipient, sender, status, peer }: RecordOf<'refused'>): string {
  const said = formatStatus(status);
  if (count !== undefined) {
    const whose = peer === '' ? '' : ` of ${peer}`;
    return `${count} more refusals${whose} that are not told one by one; the last one: ${said}`;
  }
  if (recipient !== undefined) return `Recipient ${recipient} from ${sender || '<>'} was refused: ${said}`;
  return `A message from ${sender || '<>'} was refused: ${said}`;
}

function resultStep(record: RecordOf<'deferred'> | RecordOf<'outcome'>) {
  const { at, recipient, status, remote, tls } = record;
  return {
    at,
    recipients: recipient === '' ? [] : [recipient],
    status: plainStatus(status),
    ...(status.reply === undefined ? {} : { reply: status.reply }),
    ...(remote ? { remote } : {}),
    ...(tls ? { tls } : {}),
    lines: [],
  };
}

const plainStatus = ({ code, enhanced, text, cause }: SmtpStatus) => ({
  code,
  enhanced,
  text,
  ...(cause === undefined ? {} : { cause }),
});

/** The other side's words with its name, or ours. */
function wordsOf({ status, remote }: { readonly status: SmtpStatus; readonly remote?: RemoteHost }): string {
  const said = formatStatus(status);
  if (status.reply === undefined || !remote) return said;
  return `${remote.name} said ${said}`;
}

export function describeRemote({
  name,
  address,
  port,
}: {
  readonly name: string;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
}): string {
  const where =
    address === undefined || address === name.replace(/^\[|\]$/g, '') ? name : `${name} [${address}]`;
  return port === undefined ? where : `${where}, port ${port}`;
}

const outcomeWords = {
  dropped: 'In the Drop folder',
  relayed: 'Handed over',
  expanded: 'Others stand for it',
  bounced: 'Returned to the sender',
  expired: 'Given up, and returned to the sender',
  badmail: 'In Badmail',
  deleted: 'Deleted',
} as const;

const actWords = {
  held: 'held it back',
  released: 'released it',
  retried: 'had it tried at once',
  'way-changed': 'chose another way',
} as const;

function describeWay(way: ChosenWay): string {
  switch (way.kind) {
    case 'smart-host':
      return 'the smart host';
    case 'remote-domain':
      return `as mail for ${way.name}`;
    case 'mx':
      return 'by MX';
    case 'drop':
      return 'the Drop folder';
    case 'host':
      return `${way.host}, port ${way.port}`;
  }
}
