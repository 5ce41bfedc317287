/**
 * "Send Test Message": sends one message and tells what happens to it, as it happens.
 *
 * Owns: the wait for the outcomes.
 * Promises: whatever is asked, it ends: when every recipient has an outcome or waits for its next attempt, when
 *   the message was refused, after `longestRunMs`, or when the caller goes away.
 * Trusts: addresses and content that were checked by its caller.
 * Fails: Problem 'unavailable' when the virtual server is not running.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from './core/clock';
import { holdOf } from './core/delivery';
import type { DialogueLine } from './core/dialogue';
import type { RemoteHost } from './core/envelope';
import type { EngineEvent } from './core/event';
import type { QueueId } from './core/ids';
import type { OutcomeKind } from './core/outcome';
import { Problem } from './core/problem';
import { createStatus, type SmtpStatus } from './core/smtp-status';
import type { TlsFacts } from './core/tls-facts';
import { decideRoute } from './routing/route';
import { describeTrigger } from './routing/route-words';
import { submitBySmtp, type TestMessage } from './test-submission';
import type { VirtualServer } from './virtual-server';

/** One thing that happened. */
export type TestRunEvent =
  | { readonly kind: 'line'; readonly leg: 'submission' | 'delivery'; readonly line: DialogueLine }
  | { readonly kind: 'accepted'; readonly at: number; readonly queueId: QueueId }
  | { readonly kind: 'refused'; readonly at: number; readonly text: string }
  | {
      readonly kind: 'recipient';
      readonly at: number;
      readonly recipient: string;
      readonly outcome: OutcomeKind | 'deferred';
      readonly status: SmtpStatus;
      readonly remote?: RemoteHost;
      readonly tls?: TlsFacts;
      readonly nextAttemptAt?: number;
    }
  | { readonly kind: 'end'; readonly at: number; readonly text: string };

export interface TestRunMeans {
  readonly server: VirtualServer;
  readonly clock: Clock;
  readonly onEvent: (listener: (event: EngineEvent) => void) => () => void;
}

const longestRunMs = 3 * 60_000;
/** More than any dialogue of one message; a caller that does not read must not fill the memory. */
const mostEvents = 5_000;
const stoppedText = 'Stopped.';

/** Runs a test. Ends early when `signal` says so. */
export async function* runTest(
  message: TestMessage,
  { server, clock, onEvent }: TestRunMeans,
  signal: AbortSignal,
): AsyncGenerator<TestRunEvent, void> {
  const { listener } = server.running;
  // Whoever is gone already would not be heard of again, and nothing needs to be sent.
  if (signal.aborted) {
    yield { kind: 'end', at: clock.now(), text: stoppedText };
    return;
  }
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  signal.addEventListener('abort', stop, { once: true });
  const events = createEventQueue();
  const waiting = new Set(message.to.map((address) => address.toLowerCase()));
  const outcomes = new Map<string, string>();
  /** Our session with the listener is known by the name it says. */
  const hello = `mailroot-test-${randomBytes(6).toString('hex')}`;
  let queueId: QueueId | undefined;
  let isSubmitted = message.via === 'direct';
  let unwatch = (): void => undefined;

  const finish = (text: string): void => events.end({ kind: 'end', at: clock.now(), text });
  const finishWhenDone = (): void => {
    if (waiting.size === 0 && isSubmitted) finish(describeEnd(outcomes));
  };
  const follow = (id: QueueId): void => {
    if (queueId !== undefined) return;
    queueId = id;
    unwatch = server.watchDelivery(id, (line) => events.push({ kind: 'line', leg: 'delivery', line }));
  };
  /** Held mail is not tried: nothing more would be heard of it. */
  const noteHeld = (): void => {
    for (const recipient of message.to) {
      const hold = holdOf(decideRoute({ recipient, sender: message.from }, server.settings));
      if (!hold || !waiting.delete(recipient.toLowerCase())) continue;
      const status = createStatus(451, '4.4.7', `${hold.host} has to ask for it (${describeTrigger(hold)})`);
      events.push({ kind: 'recipient', at: clock.now(), recipient, outcome: 'deferred', status });
      outcomes.set(recipient.toLowerCase(), 'held');
    }
    finishWhenDone();
  };
  const unlisten = onEvent((event) => {
    if (event.type === 'message-accepted' && event.serverId === server.id) {
      if (event.source.kind === 'smtp' && event.source.helo === hello) follow(event.queueId);
      if (event.queueId === queueId) {
        events.push({ kind: 'accepted', at: clock.now(), queueId });
        noteHeld();
      }
      return;
    }
    if (event.type === 'server-state' && event.serverId === server.id && event.state === 'stopping') {
      finish('The virtual server was stopped.');
      return;
    }
    if (event.type === 'recipient-resolved' && event.queueId === queueId) {
      // Others stand for it now: the test is over when they are.
      waiting.delete(event.recipient.toLowerCase());
      for (const address of event.addresses) waiting.add(address.toLowerCase());
      return;
    }
    if (event.type !== 'recipient-outcome' && event.type !== 'recipient-deferred') return;
    if (event.queueId !== queueId) return;
    const { recipient, status } = event;
    const at = clock.now();
    const tls = event.tls ? { tls: event.tls } : {};
    if (event.type === 'recipient-outcome') {
      const { outcome, remote } = event;
      events.push({
        kind: 'recipient',
        at,
        recipient,
        outcome,
        status,
        ...(remote ? { remote } : {}),
        ...tls,
      });
      outcomes.set(recipient.toLowerCase(), outcome);
    } else {
      const { nextAttemptAt } = event;
      events.push({ kind: 'recipient', at, recipient, outcome: 'deferred', status, nextAttemptAt, ...tls });
      outcomes.set(recipient.toLowerCase(), 'deferred');
    }
    waiting.delete(recipient.toLowerCase());
    finishWhenDone();
  });
  const cancelTimer = clock.startTimer(
    () => finish('Not finished after three minutes. Queue shows how it goes on.'),
    longestRunMs,
  );
  stopping.signal.addEventListener('abort', () => finish(stoppedText), { once: true });

  const submit = async (): Promise<void> => {
    if (message.via === 'direct') {
      await acceptTestMessage(server, message, follow);
      return;
    }
    const refusal = await submitBySmtp(message, {
      server,
      clock,
      hello,
      ports: listener.boundPorts(),
      tell: (line) => events.push({ kind: 'line', leg: 'submission', line }),
      signal: stopping.signal,
    });
    isSubmitted = true;
    for (const address of refusal.refusedRecipients) waiting.delete(address.toLowerCase());
    if (refusal.text !== undefined) {
      events.push({ kind: 'refused', at: clock.now(), text: refusal.text });
      if (queueId === undefined) finish('The message was not accepted.');
    }
    finishWhenDone();
  };

  try {
    submit().catch((error: unknown) => events.fail(error));
    for (;;) {
      const event = await events.next();
      if (event === undefined) return;
      yield event;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stopping.abort();
    cancelTimer();
    unlisten();
    unwatch();
  }
}

/** "2 dropped, 1 waits for its next attempt." */
function describeEnd(outcomes: ReadonlyMap<string, string>): string {
  const words: Record<string, string> = {
    dropped: 'in the Drop folder',
    relayed: 'handed to the next hop',
    expanded: 'expanded by the directory',
    bounced: 'returned with a notification',
    expired: 'expired',
    badmail: 'in Badmail',
    deleted: 'deleted',
    deferred: 'waiting for the next attempt',
    held: 'waiting to be asked for',
  };
  const counts = new Map<string, number>();
  for (const outcome of outcomes.values()) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const parts = [...counts].map(([outcome, count]) => `${count} ${words[outcome] ?? outcome}`);
  return parts.length === 0 ? 'Nobody was to get the message.' : `${parts.join(', ')}.`;
}

/**
 * Takes a test message in through the one door, past the listener; resolves to its name when it is accepted.
 *
 * @param onOpen told the name before the message is accepted, to miss nothing of what becomes of it
 * @throws Problem 'unavailable' when the virtual server is not running, 'disk-full' when nothing is taken
 */
export async function acceptTestMessage(
  server: VirtualServer,
  { from, to, content }: Pick<TestMessage, 'from' | 'to' | 'content'>,
  onOpen: (id: QueueId) => void = () => undefined,
): Promise<QueueId> {
  const { intake } = server.running;
  const refusal = intake.refusal();
  if (refusal) throw new Problem('disk-full', refusal.text);
  const transaction = intake.open(
    {
      serverId: server.id,
      sender: from,
      recipients: to.map((address) => ({ address })),
      body: '8bitmime',
      source: { kind: 'test' },
    },
    { receivedFrom: 'from Mailroot console' },
  );
  try {
    onOpen(transaction.queueId);
    await transaction.write(content);
    const { queueId } = await transaction.commit();
    return queueId;
  } catch (error) {
    await transaction.abort();
    throw error;
  }
}

/** What happened and was not read yet; closed by `end` or `fail`, after which nothing more gets in. */
function createEventQueue() {
  const queue: TestRunEvent[] = [];
  let isClosed = false;
  let failure: { readonly error: unknown } | undefined;
  let wake = (): void => undefined;
  return {
    push(event: TestRunEvent): void {
      if (isClosed || queue.length >= mostEvents) return;
      queue.push(event);
      wake();
    },
    end(event: TestRunEvent): void {
      if (isClosed) return;
      queue.push(event);
      isClosed = true;
      wake();
    },
    fail(error: unknown): void {
      if (isClosed) return;
      failure = { error };
      isClosed = true;
      wake();
    },
    /** Undefined: that was all. */
    async next(): Promise<TestRunEvent | undefined> {
      for (;;) {
        const event = queue.shift();
        if (event) return event;
        if (failure) throw failure.error;
        if (isClosed) return undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
