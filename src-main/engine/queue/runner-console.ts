/** The queue of a running runner as consoles look at it and act on it. */
import { destinationName, type QueueRoute } from '../core/delivery';
import type { Envelope } from '../core/envelope';
import type { QueueId } from '../core/ids';
import type { QueueFilter } from './catalogue-view';
import { createDeletion, type Entry, type Group } from './entry';
import type { Mover } from './mover';
import type { Names } from './operator-acts';
import type { OperatorAct } from './operator-change';
import { QueueConsole } from './queue-console';
import type { LiveFacts } from './queue-groups';
import { directoryRoute } from './resolution';
import { Slices } from './slices';

/** Waiting mail that somebody acts on. */
export type ChosenMail =
  | { readonly groups: readonly { readonly queueId: QueueId; readonly destination: string }[] }
  | { readonly queueIds: readonly QueueId[] }
  | { readonly filter: QueueFilter };

/** Messages that one act changes at the same time: more would fill the memory, and keep the disk from the relay. */
const actsAtOnce = 8;

export function createRunnerConsole(
  mover: Mover,
  entries: ReadonlyMap<QueueId, Entry>,
  shiftMs: () => number,
): QueueConsole {
  const routeOf = (envelope: Envelope, index: number): QueueRoute => {
    const isResolved = entries.get(envelope.queueId)?.isResolved ?? envelope.isResolved === true;
    const { address = '', way } = envelope.recipients[index] ?? {};
    return (
      directoryRoute(mover.options.directory, isResolved) ??
      mover.routes.routeOf(address, envelope.sender, way)
    );
  };
  return new QueueConsole({
    routeOf,
    live: (queueId) => liveFactsOf(mover, entries.get(queueId)),
    isFrozen: (destination) => mover.frozen.hasName(destination),
    names: () => entries.keys(),
    count: () => entries.size,
    async read(queueId) {
      const entry = entries.get(queueId);
      return entry && mover.shelf.peek(entry);
    },
    isBusy: () => mover.activeGroups.size > 0,
    clock: mover.options.clock,
    shiftMs,
    keep: (catalogue) => {
      mover.catalogue = catalogue;
    },
  });
}

function liveFactsOf(
  mover: Mover,
  entry: Entry | undefined,
): ((destination: string) => LiveFacts | undefined) | undefined {
  const groups = entry?.groups ?? [];
  const [first] = groups;
  if (!first) return undefined;
  if (groups.length === 1) {
    const name = destinationName(first.route);
    return (destination) => (destination === name ? factsOfGroup(mover, first) : undefined);
  }
  const byName = new Map<string, Group>();
  for (const group of groups) {
    const name = destinationName(group.route);
    if (!byName.has(name)) byName.set(name, group);
  }
  return (destination) => {
    const group = byName.get(destination);
    return group && factsOfGroup(mover, group);
  };
}

function factsOfGroup(mover: Mover, { route, state }: Group): LiveFacts {
  if (state === 'active') return { isActive: true, isPaced: false };
  const known = mover.dispatcher.find(route.destination);
  const now = mover.options.clock.now();
  if (known?.isHeld(now))
    return {
      isActive: false,
      isPaced: false,
      waitsUntil: known.nextTryAt,
      ...(known.last && { note: known.last }),
    };
  const paced = known?.pacedUntil(now) ?? 0;
  return { isActive: false, isPaced: paced > 0, waitsUntil: paced };
}

/** Does it to all that is chosen, some messages at a time. Answers how many groups, or messages, were changed. */
export async function actOnChosen(
  chosen: ChosenMail,
  act: OperatorAct,
  means: {
    readonly mover: Mover;
    readonly entries: ReadonlyMap<QueueId, Entry>;
    readonly console: QueueConsole;
  },
): Promise<number> {
  const { mover, entries } = means;
  const targets = (await targetsOf(chosen, means.console)).entries();
  let count = 0;
  const work = async (): Promise<void> => {
    for (const [queueId, names] of targets) {
      const entry = entries.get(queueId);
      if (!entry || mover.isStopped) continue;
      if (act.kind === 'delete' && names === undefined) {
        if (await deleteEntry(mover, entry, act.isReturned)) count++;
      } else if ((await mover.acts.apply(entry, names, act)) > 0) count += names?.size ?? 1;
    }
  };
  await Promise.all(Array.from({ length: actsAtOnce }, work));
  mover.catalogue?.refresh();
  return count;
}

/** The names of the destinations that are meant of each message; undefined: all. */
async function targetsOf(
  chosen: ChosenMail,
  console: QueueConsole,
): Promise<ReadonlyMap<QueueId, Names | undefined>> {
  if ('queueIds' in chosen) return new Map(chosen.queueIds.map((queueId) => [queueId, undefined]));
  const groups = 'groups' in chosen ? chosen.groups : await console.find(chosen.filter);
  const targets = new Map<QueueId, Names>();
  /** Most messages have one destination, and share it with many. */
  const singles = new Map<string, Names>();
  const slices = new Slices();
  for (const { queueId, destination } of groups) {
    const pause = slices.next();
    if (pause) await pause;
    const name = destination.toLowerCase();
    const single = singles.get(name) ?? new Set([name]);
    singles.set(name, single);
    const known = targets.get(queueId);
    if (!known) targets.set(queueId, single);
    else if (known.size === 1) targets.set(queueId, new Set([...known, name]));
    else (known as Set<string>).add(name);
  }
  return targets;
}

/** Gives the whole message up; attempts under way are broken off. False: the runner stopped before. */
export function deleteEntry(mover: Mover, entry: Entry, isReturned: boolean): Promise<boolean> {
  if (!entry.deletion) {
    entry.deletion = createDeletion(isReturned);
    for (const group of entry.groups) group.controller?.abort();
  }
  const { ended } = entry.deletion;
  mover.review(entry);
  mover.hurryWrites();
  return ended;
}
