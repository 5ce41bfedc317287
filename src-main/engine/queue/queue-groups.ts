/** Groups of waiting recipients as consoles see them: those of one message that share a destination. Pure. */
import { destinationName, type Hold, holdOf, type QueueRoute } from '../core/delivery';
import type { AttemptNote, Envelope, Recipient } from '../core/envelope';
import { formatStatus } from '../core/smtp-status';
import type { GroupFacts } from './catalogue-table';
import { inSlices } from './slices';

/** What is known of a group besides its envelope, by the queue's time. */
export interface LiveFacts {
  readonly isActive: boolean;
  /** Its destination waits until then; 0: it is due. Absent: the envelope says when. */
  readonly waitsUntil?: number;
  /** It waits for a rate limit. */
  readonly isPaced: boolean;
  /** What others of the destination heard. */
  readonly note?: AttemptNote;
}

export interface QueueGroup {
  readonly envelope: Envelope;
  readonly destination: string;
  readonly indices: readonly number[];
  readonly route: QueueRoute;
  readonly attempts: number;
  readonly nextAttemptAt: number;
  readonly isActive: boolean;
  readonly isHeld: boolean;
  readonly isFrozen: boolean;
  readonly isPaced: boolean;
  readonly hold: Hold | undefined;
  readonly last: AttemptNote | undefined;
}

export interface GroupContext {
  readonly routeOf: (envelope: Envelope, index: number) => QueueRoute;
  /** Undefined: nothing is known of the message. The answer holds for this moment. */
  readonly live: (queueId: string) => ((destination: string) => LiveFacts | undefined) | undefined;
  readonly isFrozen: (destination: string) => boolean;
}

interface Members {
  /** Of one that is tried by itself, where there is one. */
  route: QueueRoute;
  readonly indices: number[];
}

/** Waiting recipients by the name of their destination. A message may have 50,000. */
function* collectMembers(
  { recipients }: Envelope,
  routeOf: (index: number) => QueueRoute,
): Generator<void, Map<string, Members>> {
  const found = new Map<string, Members>();
  for (let index = 0; index < recipients.length; index++) {
    yield;
    if (recipients[index]?.outcome !== undefined) continue;
    const route = routeOf(index);
    const name = destinationName(route);
    const known = found.get(name);
    if (known) {
      known.indices.push(index);
      if (holdOf(known.route) && !holdOf(route)) known.route = route;
    } else found.set(name, { route, indices: [index] });
  }
  return found;
}

/** The reply as the other side gave it, or our own words. */
const errorOf = ({ status }: AttemptNote): string => status.reply ?? formatStatus(status);

export function* collectFacts(
  envelope: Envelope,
  routeOf: GroupContext['routeOf'],
): Generator<void, GroupFacts[]> {
  const members = yield* collectMembers(envelope, (index) => routeOf(envelope, index));
  const facts: GroupFacts[] = [];
  for (const [destination, { route, indices }] of members) {
    yield;
    const recipients = indices.map((index) => envelope.recipients[index] as Recipient);
    const last = lastOf(recipients);
    facts.push({
      destination,
      sender: envelope.sender,
      recipients: recipients.map(({ address }) => address),
      error: last ? errorOf(last) : '',
      lastAt: last?.at ?? 0,
      arrivedAt: envelope.arrivedAt,
      nextAttemptAt: earliest(recipients),
      sizeBytes: envelope.sizeBytes,
      attempts: most(recipients),
      isHeld: recipients.every(({ isHeld }) => isHeld),
      isForTrigger: holdOf(route) !== undefined,
    });
  }
  return facts;
}

/** The groups of a message by destination; undefined: nobody waits for that one any more. */
export async function findGroups(
  envelope: Envelope,
  context: GroupContext,
): Promise<(destination: string) => QueueGroup | undefined> {
  const found = await inSlices(collectMembers(envelope, (index) => context.routeOf(envelope, index)));
  const live = context.live(envelope.queueId);
  return (destination) => {
    const members = found.get(destination);
    return members && describe(envelope, { destination, ...members, facts: live?.(destination) }, context);
  };
}

function describe(
  envelope: Envelope,
  group: Members & { readonly destination: string; readonly facts: LiveFacts | undefined },
  { isFrozen }: Pick<GroupContext, 'isFrozen'>,
): QueueGroup {
  const { destination, route, indices, facts } = group;
  const recipients = indices.map((index) => envelope.recipients[index] as Recipient);
  const own = earliest(recipients);
  return {
    envelope,
    destination,
    indices,
    route,
    attempts: most(recipients),
    nextAttemptAt: facts?.waitsUntil ? facts.waitsUntil : own,
    isActive: facts?.isActive ?? false,
    isHeld: recipients.every(({ isHeld }) => isHeld),
    isFrozen: isFrozen(destination),
    isPaced: facts?.isPaced ?? false,
    hold: holdOf(route),
    last: lastOf(recipients) ?? facts?.note,
  };
}

const lastOf = (recipients: readonly Recipient[]): AttemptNote | undefined =>
  recipients.find(({ last }) => last)?.last;

function earliest(recipients: readonly Recipient[]): number {
  let at = Number.POSITIVE_INFINITY;
  for (const { nextAttemptAt } of recipients) at = Math.min(at, nextAttemptAt);
  return at;
}

function most(recipients: readonly Recipient[]): number {
  let count = 0;
  for (const { attempts } of recipients) count = Math.max(count, attempts);
  return count;
}
