/** What is known of one message from its records, in whatever order they are read. Pure. */
import type { OutcomeKind } from '../engine/core/outcome';
import { describeSource } from '../engine/core/source-words';
import type { TraceRecord } from '../engine/core/trace';
import { decodeWords } from '../mail-content/words';

export type RecipientState = OutcomeKind | 'waiting' | 'refused';

/** [time of the outcome, outcome]; the time is 0 while it waits. */
type KnownRecipient = [number, RecipientState];

export interface TraceEntry {
  at: number;
  sender: string;
  subject: string;
  messageId: string;
  sizeBytes: number;
  source: string;
  /** The address and account of the client. */
  client: string;
  about: string;
  /** By address, in the order in which they were named. */
  recipients: Record<string, KnownRecipient>;
  /** Others stand for them. */
  replaced: string[];
  /** An outcome of whoever was still waiting. */
  rest: KnownRecipient | undefined;
}

export const createEntry = (at: number): TraceEntry => ({
  at,
  sender: '',
  subject: '',
  messageId: '',
  sizeBytes: 0,
  source: '',
  client: '',
  about: '',
  recipients: {},
  replaced: [],
  rest: undefined,
});

/** A client may name anybody, also what an object already has. */
const keyOf = (address: string): string => (address === '__proto__' ? '(__proto__)' : address);

/** Takes in one record. */
export function addToEntry(entry: TraceEntry, record: TraceRecord): void {
  const { recipients } = entry;
  entry.at = Math.min(entry.at, record.at);
  const name = (given: string): void => {
    const address = keyOf(given);
    if (!Object.hasOwn(recipients, address)) recipients[address] = [0, 'waiting'];
  };
  switch (record.kind) {
    case 'accepted': {
      const { source } = record;
      entry.sender = record.sender;
      entry.subject = decodeWords(record.subject).slice(0, 250);
      entry.messageId = record.messageId;
      entry.sizeBytes = record.sizeBytes;
      entry.source = describeSource(source);
      if (source.kind === 'smtp')
        entry.client = `${source.peer} ${source.helo} ${source.account ?? ''}`.trim();
      else if (source.kind === 'resend') entry.client = source.by;
      entry.about = source.kind === 'notification' ? source.about : '';
      for (const address of record.recipients) name(address);
      break;
    }
    case 'resolved':
    case 'readdressed':
      name(record.recipient);
      for (const address of record.addresses) name(address);
      if (!record.addresses.includes(record.recipient)) entry.replaced.push(record.recipient);
      break;
    case 'attempt':
      for (const address of record.recipients) name(address);
      break;
    case 'deferred':
      name(record.recipient);
      break;
    case 'outcome':
      if (record.recipient === '') entry.rest = [record.at, record.outcome];
      else {
        const key = keyOf(record.recipient);
        const before = Object.hasOwn(recipients, key) ? recipients[key] : undefined;
        if (record.at >= (before?.[0] ?? 0)) recipients[key] = [record.at, record.outcome];
      }
      break;
    case 'refused': {
      entry.sender = record.sender;
      entry.source = record.peer === '' ? 'SMTP' : `SMTP from ${record.peer}`;
      entry.client = record.peer;
      const all = record.recipient === undefined ? (record.recipients ?? []) : [record.recipient];
      for (const address of all) recipients[keyOf(address)] = [record.at, 'refused'];
      if (all.length === 0) entry.rest = [record.at, 'refused'];
      break;
    }
    default:
      break;
  }
}

/** Those that the message is for now, each with what became of it. */
export function recipientsOf({
  recipients,
  replaced,
  rest,
}: TraceEntry): { address: string; outcome: RecipientState }[] {
  return Object.entries(recipients).flatMap(([address, [, outcome]]) => {
    if (outcome !== 'waiting') return [{ address, outcome }];
    if (replaced.includes(address)) return [];
    return [{ address, outcome: rest?.[1] ?? outcome }];
  });
}

/** Each outcome once. */
export function outcomesOf(entry: TraceEntry): RecipientState[] {
  const found = new Set(recipientsOf(entry).map(({ outcome }) => outcome));
  if (found.size === 0) found.add(entry.rest?.[1] ?? 'waiting');
  return [...found];
}
