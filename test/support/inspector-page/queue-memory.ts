/**
 * A queue in the page's memory behind `queue.*` and `collections.*`: filters, sorts, counts and changes as the
 * engine's contract says, so that the console can be driven without an engine. `mailbox.queue` is where it lies.
 */
import {
  type ChosenMail,
  type QueueDestination,
  type QueueFilter,
  type QueueGroupRow,
  type QueueRow,
  queueAgesMs,
} from '../../../src-main/api/contract';
import type { ConsoleClient } from '../../../src-renderer/client';
import type { Mailbox } from './mailbox';

type Entry = Mailbox['queue'][number];
type Recipient = QueueRow['recipients'][number];

const waiting = (row: QueueRow): Recipient[] => row.recipients.filter(({ outcome }) => outcome === undefined);

function groupsOf({ row }: Entry, frozen: readonly string[]): QueueGroupRow[] {
  const destinations = [...new Set(waiting(row).map(({ destination }) => destination))];
  return destinations.map((destination) => {
    const members = waiting(row).filter((each) => each.destination === destination);
    const [first] = members;
    if (first === undefined) throw new Error('A destination without a recipient.');
    const last = members.find((each) => each.last !== undefined)?.last;
    return {
      queueId: row.queueId,
      destination,
      arrivedAt: row.arrivedAt,
      sender: row.sender,
      subject: row.subject,
      sizeBytes: row.sizeBytes,
      recipients: members.slice(0, 5).map(({ address }) => address),
      recipientCount: members.length,
      route: first.route,
      attempts: Math.max(...members.map(({ attempts }) => attempts)),
      nextAttemptAt: Math.min(...members.map(({ nextAttemptAt }) => nextAttemptAt)),
      isActive: row.isActive,
      isHeld: members.every(({ isHeld }) => isHeld === true),
      isFrozen: frozen.includes(destination),
      isPaced: first.isPaced === true,
      ...(first.held !== undefined && { heldFor: first.held.host }),
      ...(last !== undefined && { last }),
    };
  });
}

function stateOf(row: QueueGroupRow, now: number): string {
  if (row.isActive) return 'active';
  if (row.isHeld) return 'held';
  if (row.isFrozen) return 'frozen';
  if (row.heldFor !== undefined) return 'for-trigger';
  return row.nextAttemptAt <= now ? 'due' : 'waiting';
}

function matches(row: QueueGroupRow, filter: QueueFilter, now: number): boolean {
  const has = (text: string, part: string | undefined): boolean =>
    part === undefined || text.toLowerCase().includes(part.toLowerCase());
  const age = now - row.arrivedAt;
  return (
    (filter.isWholeDestination === true
      ? row.destination === filter.destination
      : has(row.destination, filter.destination)) &&
    has(row.sender, filter.sender) &&
    has(row.recipients.join(' '), filter.recipient) &&
    has(row.last?.status.text ?? '', filter.error) &&
    (filter.state === undefined || stateOf(row, now) === filter.state) &&
    age >= (filter.minAgeMs ?? 0) &&
    age < (filter.maxAgeMs ?? Number.POSITIVE_INFINITY)
  );
}

/** Lists, figures and changes of the queue; each change is written down in `mailbox.calls`. */
export function createQueueCalls(
  mailbox: Mailbox,
  later: <Value>(value: Value) => Promise<Value>,
): Pick<ConsoleClient, 'queue' | 'collections'> {
  const frozen = (): string[] => {
    mailbox.frozen ??= [];
    return mailbox.frozen;
  };
  const all = (): QueueGroupRow[] => mailbox.queue.flatMap((entry) => groupsOf(entry, frozen()));
  const changed = (name: string, input: unknown): void => void mailbox.calls.push({ name, input });

  /** Calls `change` with each recipient that is meant; answers with the number of messages. */
  const forChosen = (
    chosen: ChosenMail | undefined,
    change: (recipient: Recipient, row: QueueRow) => Recipient | undefined,
  ): { count: number } => {
    const now = Date.now();
    const names = new Set<string>();
    const nameOf = (queueId: string, destination: string): string => `${queueId}/${destination}`;
    for (const row of all()) {
      const isMeant =
        chosen === undefined ||
        ('filter' in chosen
          ? matches(row, chosen.filter, now)
          : 'queueIds' in chosen
            ? chosen.queueIds.includes(row.queueId)
            : chosen.groups.some(
                (each) => each.queueId === row.queueId && each.destination === row.destination,
              ));
      if (isMeant) names.add(nameOf(row.queueId, row.destination));
    }
    let count = 0;
    mailbox.queue = mailbox.queue.flatMap((entry) => {
      let isTouched = false;
      const recipients = entry.row.recipients.flatMap((recipient) => {
        if (recipient.outcome !== undefined) return [recipient];
        if (!names.has(nameOf(entry.row.queueId, recipient.destination))) return [recipient];
        const next = change(recipient, entry.row);
        if (next !== recipient) isTouched = true;
        return next === undefined ? [] : [next];
      });
      if (isTouched) count += 1;
      const row = { ...entry.row, recipients };
      return waiting(row).length === 0 ? [] : [{ ...entry, row }];
    });
    return { count };
  };

  const totals = () => {
    const now = Date.now();
    const found = new Map<string, QueueDestination & { byAge: number[] }>();
    for (const row of all()) {
      const one = found.get(row.destination) ?? {
        destination: row.destination,
        title: row.route,
        isFrozen: row.isFrozen,
        groups: 0,
        recipients: 0,
        oldestArrivedAt: row.arrivedAt,
        nextAttemptAt: row.nextAttemptAt,
        byAge: [...queueAgesMs, 0].map(() => 0),
      };
      const age = now - row.arrivedAt;
      const band = queueAgesMs.findIndex((limit) => age < limit);
      const at = band < 0 ? queueAgesMs.length : band;
      one.byAge[at] = (one.byAge[at] ?? 0) + 1;
      found.set(row.destination, {
        ...one,
        groups: one.groups + 1,
        recipients: one.recipients + row.recipientCount,
        oldestArrivedAt: Math.min(one.oldestArrivedAt, row.arrivedAt),
        nextAttemptAt: Math.min(one.nextAttemptAt ?? row.nextAttemptAt, row.nextAttemptAt),
        ...(row.last !== undefined && {
          lastError: `${row.last.status.code} ${row.last.status.enhanced} ${row.last.status.text}`,
        }),
      });
    }
    return {
      destinations: [...found.values()].toSorted((a, b) => b.groups - a.groups).slice(0, 200),
      others: 0,
      messages: mailbox.queue.length,
      counted: mailbox.counted ?? mailbox.queue.length,
      frozen: frozen(),
    };
  };

  type Sort = { column: string; isDescending: boolean } | undefined;
  const sorted = (rows: QueueGroupRow[], sort: Sort): QueueGroupRow[] => {
    const key = sort?.column === 'size' ? 'sizeBytes' : (sort?.column ?? 'arrivedAt');
    const value = (row: QueueGroupRow): string | number => row[key as 'arrivedAt'];
    const sign = sort?.isDescending === true ? -1 : 1;
    return rows.toSorted((a, b) => sign * (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0));
  };

  const calls = {
    queue: {
      groups: (input: { offset: number; limit: number; filter?: QueueFilter; sort?: Sort }) => {
        const now = Date.now();
        const rows = sorted(
          all().filter((row) => matches(row, input.filter ?? {}, now)),
          input.sort,
        );
        return later({
          rows: rows.slice(input.offset, input.offset + input.limit),
          total: rows.length,
          messages: mailbox.queue.length,
          counted: mailbox.queue.length,
        });
      },
      totals: () => later(totals()),
      show: async ({ queueId }: { queueId: string }) => {
        const entry = mailbox.queue.find(({ row }) => row.queueId === queueId);
        if (entry === undefined) throw new Error('This message is no longer in the queue.');
        return later(entry.row);
      },
      retry: (input: { chosen?: ChosenMail }) => {
        changed('queue.retry', input);
        return later(forChosen(input.chosen, (recipient) => ({ ...recipient, nextAttemptAt: Date.now() })));
      },
      hold: (input: { chosen: ChosenMail }) => {
        changed('queue.hold', input);
        return later(forChosen(input.chosen, (recipient) => ({ ...recipient, isHeld: true })));
      },
      release: (input: { chosen: ChosenMail }) => {
        changed('queue.release', input);
        return later(
          forChosen(input.chosen, (recipient) => {
            const { isHeld, ...rest } = recipient;
            return isHeld === true ? rest : recipient;
          }),
        );
      },
      delete: (input: { chosen: ChosenMail; isReturned: boolean }) => {
        changed('queue.delete', input);
        return later(forChosen(input.chosen, () => undefined));
      },
      setWay: (input: { chosen: ChosenMail; way: Recipient['way'] | null }) => {
        changed('queue.setWay', input);
        return later(
          forChosen(input.chosen, ({ way: _, ...rest }) => (input.way ? { ...rest, way: input.way } : rest)),
        );
      },
      setRecipient: (input: { chosen: ChosenMail; from: string; to: string }) => {
        changed('queue.setRecipient', input);
        return later(
          forChosen(input.chosen, (recipient) =>
            recipient.address === input.from ? { ...recipient, address: input.to } : recipient,
          ),
        );
      },
      freeze: (input: { destination: string }) => {
        changed('queue.freeze', input);
        mailbox.frozen = [...new Set([...frozen(), input.destination])];
        return later({});
      },
      thaw: (input: { destination: string }) => {
        changed('queue.thaw', input);
        mailbox.frozen = frozen().filter((each) => each !== input.destination);
        return later({});
      },
      releaseForTrigger: (input: { domain: string }) => {
        changed('queue.releaseForTrigger', input);
        return later({ count: 1 });
      },
    },
    collections: {
      list: () => later(mailbox.collections ?? []),
      ask: (input: { name: string }) => {
        changed('collections.ask', input);
        return later({ isOk: true, text: `250 2.0.0 Queuing for ${input.name} started` });
      },
    },
  };
  return calls as unknown as Pick<ConsoleClient, 'queue' | 'collections'>;
}
