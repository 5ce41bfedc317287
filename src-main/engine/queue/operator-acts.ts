/**
 * What operators do with waiting mail: hold, release, another way, another address, give up.
 *
 * Promises: an act is answered when its change is on disk; a crash leaves the message as it was before or after. Acts
 *   and settlements of one message follow one another, whoever acts at once. An attempt under way goes on when its
 *   recipients are held, released or get another way: the act is true for what the attempt leaves waiting. When their
 *   address is replaced or they are given up it is broken off; whoever was reached nevertheless stays reached.
 * Fails: never by itself; what cannot be written is tried again (queue/finish), and answered then.
 */
import { destinationName, holdOf, type QueueRoute } from '../core/delivery';
import { createStatus } from '../core/smtp-status';
import { createGroup, type Entry, type PendingAct } from './entry';
import type { Mover } from './mover';
import { concerns, decideAct, type OperatorAct, recordsOf } from './operator-change';

/** Names of destinations, in lower case. */
export type Names = ReadonlySet<string>;

/** Stands in the group of recipients that are being changed. */
const actRoute: QueueRoute = {
  kind: 'refuse',
  destination: 'refuse',
  rule: 'changed by an operator',
  status: createStatus(451, '4.3.0', 'An operator changes this recipient'),
};

interface Pending extends PendingAct {
  readonly act: OperatorAct;
  /** Undefined: all destinations. */
  readonly names: Names | undefined;
  /** Recipients that were changed. */
  readonly changed: Set<number>;
  /** It could not be done: the message is being deleted, or the runner stops. */
  isGivenUp: boolean;
}

export class OperatorActs {
  readonly #mover: Mover;

  constructor(mover: Mover) {
    this.#mover = mover;
  }

  /** Resolves with the number of recipients that were changed, when that is on disk. Never rejects. */
  async apply(entry: Entry, names: Names | undefined, act: OperatorAct): Promise<number> {
    const mover = this.#mover;
    if (mover.isStopped) return 0;
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const pending: Pending = {
      act,
      names,
      changed: new Set(),
      isUnderWay: false,
      isGivenUp: false,
      end: () => {
        const others = entry.acts?.filter((other) => other !== pending) ?? [];
        entry.acts = others.length > 0 ? others : undefined;
        end();
      },
    };
    entry.acts = [...(entry.acts ?? []), pending];
    if (!entry.envelope) await mover.shelf.load(entry);
    if (entry.envelope && !mover.isStopped && mover.has(entry)) {
      if (act.kind === 'retry') this.#retry(entry, pending);
      mover.review(entry);
      mover.pump();
    } else if (entry.acts?.includes(pending)) pending.end();
    await ended;
    return pending.changed.size;
  }

  /** Nothing is written: after a restart all mail is tried anyway. */
  #retry(entry: Entry, pending: Pending): void {
    const indices = entry.idleIndices().filter((index) => {
      if (!concerns(pending.act, entry.recipient(index))) return false;
      const route = this.#mover.routeOf(entry, index);
      return isChosen(route, pending.names) && !this.#mover.frozen.has(route);
    });
    for (const index of indices) pending.changed.add(index);
    pending.end();
    const { trace, clock } = this.#mover.options;
    for (const record of recordsOf(pending.act, entry.present, indices, clock.now()))
      void trace?.write(record);
    this.#mover.retries.some(entry, indices, { endsWaits: true });
  }

  /** Does what can be done now of what is wanted; called with the envelope in memory. */
  review(entry: Entry): void {
    for (const act of [...(entry.acts ?? [])]) this.#step(entry, act as Pending);
  }

  #step(entry: Entry, pending: Pending): void {
    if (pending.isUnderWay || pending.act.kind === 'retry') return;
    const mover = this.#mover;
    const { act, names } = pending;
    const chosen: number[] = [];
    entry.present.recipients.forEach((recipient, index) => {
      if (!pending.isGivenUp && concerns(act, recipient) && isChosen(mover.routeOf(entry, index), names))
        chosen.push(index);
    });
    const groups = entry.groupsByIndex();
    const isExclusive = act.kind === 'delete' || act.kind === 'readdress';
    const busy = isExclusive ? chosen.filter((index) => groups.get(index)?.state === 'active') : [];
    for (const index of busy) groups.get(index)?.controller?.abort();
    const indices = busy.length === 0 ? chosen : chosen.filter((index) => !busy.includes(index));
    if (indices.length === 0) {
      // What is busy comes back here when its attempt is settled.
      if (busy.length === 0) pending.end();
      return;
    }
    pending.isUnderWay = true;
    mover.withdraw(entry, indices);
    const { generation } = mover.routes;
    const group = createGroup({ entry, route: actRoute, generation, indices, state: 'active' });
    void mover.work.track(this.#settle(pending, mover.activate(group)));
    mover.hurryWrites();
  }

  async #settle(pending: Pending, group: ReturnType<typeof createGroup>): Promise<void> {
    const mover = this.#mover;
    const { entry } = group;
    const { act } = pending;
    let changed: readonly number[] = [];
    let isDone = false;
    try {
      isDone = await mover.settle(
        group,
        (envelope) => {
          const change = decideAct(act, envelope, group.indices, mover.options.clock.now());
          changed = change.changed;
          return change.settlement;
        },
        () => {
          if (act.kind === 'release') this.#letGo(entry, changed);
        },
      );
    } finally {
      pending.isUnderWay = false;
      if (isDone) for (const index of changed) pending.changed.add(index);
      else pending.isGivenUp = true;
      if (!mover.has(entry) || !entry.envelope) pending.end();
      else {
        mover.review(entry);
        mover.pump();
      }
    }
  }

  /** Tried at once, whatever is known of the destination: it must not expire in the moment of its release. */
  #letGo(entry: Entry, indices: readonly number[]): void {
    const { dispatcher, held } = this.#mover;
    const groups = entry.groupsByIndex();
    for (const index of indices) {
      if (entry.recipient(index).outcome !== undefined || groups.get(index)?.state === 'active') continue;
      const route = this.#mover.routeOf(entry, index);
      dispatcher.clearWait(route.destination);
      if (holdOf(route)) held.mark(entry, [index]);
    }
  }
}

function isChosen(route: QueueRoute, names: Names | undefined): boolean {
  return names === undefined || names.has(destinationName(route).toLowerCase());
}
