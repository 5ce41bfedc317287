/** What is filled in to send messages again, what is wrong with it, and what will be sent in words. Pure. */
import type { MessageEnvelope } from '../../src-main/api/contract';
import { formatCount, formatSender } from '../ui/format';
import { checkWay, emptyWay, type WayDraft, type WayFault, wayOf } from '../ui/way-choice';
import type { ResendInput, resendFile, SentFile } from './resend';

export interface ResendDraft {
  /** Of one message: its envelope. */
  readonly sender: string;
  /** One address a line. */
  readonly recipients: string;
  /** Of several: this address is replaced by that one; empty: none is. */
  readonly from: string;
  readonly to: string;
  readonly way: WayDraft;
  readonly serverId: number | undefined;
  readonly isRemovedAfter: boolean;
}

export const emptyDraft: ResendDraft = {
  sender: '',
  recipients: '',
  from: '',
  to: '',
  way: emptyWay,
  serverId: undefined,
  isRemovedAfter: false,
};

const mostRecipients = 1000;

/** What the dialog begins with: of a message from a folder nothing is known yet. */
export function draftFor(file: SentFile | undefined): ResendDraft {
  if (file === undefined) return emptyDraft;
  const { sender, recipients, serverId } = file;
  return { ...emptyDraft, serverId, sender, recipients: recipients.slice(0, mostRecipients).join('\n') };
}

/** Those that have the message already do not get it again unless somebody says so. */
export function recipientsOf({ recipients }: MessageEnvelope): string[] {
  const open = recipients.filter(({ outcome }) => outcome !== 'relayed' && outcome !== 'dropped');
  return (open.length > 0 ? open : recipients).map(({ address }) => address);
}

export const linesOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[\n,;]+/)
      .map((line) => line.trim().replace(/^<|>$/g, ''))
      .filter((line) => line !== ''),
  ),
];

const isAddress = (text: string): boolean => /^[^\s@<>]+@[^\s@<>]+$/.test(text);

export interface ResendFault {
  readonly field: 'sender' | 'recipients' | 'from' | 'to' | WayFault['field'];
  readonly text: string;
}

const addressFault = 'Enter an address such as ann@corp.test.';

/** The first thing that is wrong; undefined: it can be sent. */
export function checkDraft(draft: ResendDraft, isOne: boolean): ResendFault | undefined {
  const { sender, from, to } = draft;
  if (isOne) {
    if (sender.trim() !== '' && !isAddress(sender.trim()))
      return { field: 'sender', text: `${addressFault} Empty is the null sender.` };
    const lines = linesOf(draft.recipients);
    if (lines.length === 0) return { field: 'recipients', text: 'Enter at least one recipient.' };
    if (lines.length > mostRecipients)
      return { field: 'recipients', text: `No more than ${mostRecipients.toLocaleString()} recipients.` };
    const wrong = lines.find((line) => !isAddress(line));
    if (wrong !== undefined) return { field: 'recipients', text: `"${wrong}" is no address.` };
  } else if (from.trim() !== '' || to.trim() !== '') {
    if (!isAddress(from.trim())) return { field: 'from', text: addressFault };
    if (!isAddress(to.trim())) return { field: 'to', text: addressFault };
  }
  return checkWay(draft.way);
}

/** As the engine takes it, of a draft without a fault. Says only what differs from what the messages have. */
export function inputOf(draft: ResendDraft, isOne: boolean): ResendInput {
  const way = wayOf(draft.way);
  return {
    ...(isOne && { sender: draft.sender.trim(), recipients: linesOf(draft.recipients) }),
    ...(!isOne &&
      draft.from.trim() !== '' && { replaced: [{ from: draft.from.trim(), to: draft.to.trim() }] }),
    ...(way !== null && { way }),
    ...(draft.serverId !== undefined && { serverId: draft.serverId }),
    ...(draft.isRemovedAfter && { isRemovedAfter: true }),
  };
}

/** Of a message from a file: everything has to be said. */
export function fileInputOf(draft: ResendDraft, serverId: number): Parameters<typeof resendFile>[2] {
  const way = wayOf(draft.way);
  return {
    serverId: draft.serverId ?? serverId,
    sender: draft.sender.trim(),
    recipients: linesOf(draft.recipients),
    ...(way !== null && { way }),
  };
}

const wayWords: Record<WayDraft['kind'], (way: WayDraft) => string> = {
  settings: () => 'the way that the settings say',
  'smart-host': () => 'to the smart host',
  mx: () => 'by DNS',
  drop: () => 'into Drop',
  'remote-domain': ({ name }) => `by the route of ${name.trim() || '…'}`,
  host: ({ host, port }) => `to ${host.trim() || '…'}:${port}`,
};

/** What will be sent, in sentences. */
export function describeDraft(draft: ResendDraft, count: number): string[] {
  const way = wayWords[draft.way.kind](draft.way);
  if (count === 1) {
    const lines = linesOf(draft.recipients);
    const [first, ...others] = lines;
    const whom =
      first === undefined ? 'nobody yet' : others.length === 0 ? first : `${first} and ${others.length} more`;
    return [`From ${formatSender(draft.sender.trim())} to ${whom}, ${way}.`];
  }
  const { from, to } = draft;
  return [
    `${formatCount(count, 'message')}, each from its own sender to its own recipients, ${way}.`,
    ...(from.trim() === '' ? [] : [`${to.trim() || '…'} gets what was for ${from.trim()}.`]),
  ];
}
