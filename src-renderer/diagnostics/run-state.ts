/** What is known of a test message so far, built from what the engine tells. Pure. */
import type { TestEvent } from '../../src-main/api/contract';
import { dialogueTexts } from '../ui/dialogue-text';

type Line = Extract<TestEvent, { kind: 'line' }>['line'];
type RecipientEvent = Extract<TestEvent, { kind: 'recipient' }>;

export interface RunState {
  readonly submission: readonly Line[];
  readonly delivery: readonly Line[];
  readonly queueId: string | undefined;
  /** Why the virtual server did not take it, or not for everybody. */
  readonly refusal: string | undefined;
  /** The last word about each recipient, in the order in which they were heard of. */
  readonly recipients: readonly RecipientEvent[];
  /** Set once it is over. */
  readonly end: string | undefined;
}

export const emptyRun: RunState = {
  submission: [],
  delivery: [],
  queueId: undefined,
  refusal: undefined,
  recipients: [],
  end: undefined,
};

export function withEvent(state: RunState, event: TestEvent): RunState {
  switch (event.kind) {
    case 'line':
      return { ...state, [event.leg]: [...state[event.leg], event.line] };
    case 'accepted':
      return { ...state, queueId: event.queueId };
    case 'refused':
      return { ...state, refusal: event.text };
    case 'recipient': {
      const others = state.recipients.filter((each) => each.recipient !== event.recipient);
      return { ...state, recipients: [...others, event] };
    }
    case 'end':
      return { ...state, end: event.text };
  }
}

/** How the test came in, as the next question may take it: which address, and whether TLS was on at the end. Pure. */
export function readConnection({ submission }: RunState): {
  readonly clientAddress: string;
  readonly isEncrypted: boolean;
} {
  const notes = submission.filter(({ side }) => side === 'note').map(({ text }) => text);
  // An attempt may begin again, then without TLS.
  const last = notes.findLastIndex((text) => connecting.test(text));
  // A program that calls an address of its own computer comes from that address.
  const address = connecting.exec(notes[last] ?? '')?.[1];
  return {
    clientAddress: address ?? '127.0.0.1',
    isEncrypted: notes.slice(last + 1).some((text) => /^TLS\S* begins,/.test(text)),
  };
}

const connecting = /^Connecting to (?:\S+ \()?([\da-f.:]+)\)?, port /i;

export type RunMood = 'busy' | 'good' | 'waiting' | 'bad';

/** How it stands, in one word for the eye and one sentence. */
export function describeRun(state: RunState): { readonly mood: RunMood; readonly headline: string } {
  const { end, queueId, refusal, recipients } = state;
  if (end === undefined) {
    if (queueId === undefined) return { mood: 'busy', headline: 'Handing the message over' };
    return { mood: 'busy', headline: 'Accepted; on its way' };
  }
  if (queueId === undefined) return { mood: 'bad', headline: 'The message was not accepted' };
  const has = (...outcomes: readonly string[]): boolean =>
    recipients.some((each) => outcomes.includes(each.outcome));
  if (refusal !== undefined || has('bounced', 'expired', 'badmail', 'deleted'))
    return { mood: 'bad', headline: 'Not everybody gets the message' };
  if (recipients.length === 0 || has('deferred'))
    return { mood: 'waiting', headline: 'The message waits in Queue' };
  return {
    mood: 'good',
    headline: recipients.every((each) => each.outcome === 'dropped')
      ? 'The message lies in Drop'
      : 'The message was delivered',
  };
}

/** "Handed to mail.far.test (192.0.2.1): 250 2.0.0 OK" */
export function describeRecipient({ outcome, status, remote, nextAttemptAt }: RecipientEvent): string {
  const answer = `${status.code} ${status.enhanced} ${status.text}`;
  const host =
    remote === undefined
      ? ''
      : remote.address && remote.address !== remote.name
        ? `${remote.name} (${remote.address})`
        : remote.name;
  switch (outcome) {
    case 'dropped':
      return 'In the Drop folder.';
    case 'relayed':
      return `Handed to ${host || 'the next hop'}: ${answer}`;
    case 'expanded':
      return `Expanded by the directory: ${answer}`;
    case 'deferred':
      return `Waits${nextAttemptAt === undefined ? '' : ` until ${new Date(nextAttemptAt).toLocaleTimeString()}`}: ${answer}`;
    case 'bounced':
    case 'expired':
      return `Returned with a notification${host === '' ? '' : `; ${host} said`}: ${answer}`;
    case 'badmail':
      return `Moved to Badmail: ${answer}`;
    case 'deleted':
      return 'Deleted.';
  }
}

/** The dialogues as text, for the clipboard. */
export function formatDialogue(state: RunState): string {
  const part = (title: string, lines: readonly Line[]): string[] =>
    lines.length === 0 ? [] : [title, ...dialogueTexts(lines), ''];
  return [
    ...part('With this virtual server', state.submission),
    ...part('With the next hop', state.delivery),
    ...(state.refusal === undefined ? [] : [state.refusal]),
    ...state.recipients.map((each) => `${each.recipient}: ${describeRecipient(each)}`),
  ].join('\n');
}
