/** Waiting mail. */
import { isEnvelopeAddress, normaliseDomain } from '../../engine/core/address';
import { Problem } from '../../engine/core/problem';
import { describeSource } from '../../engine/core/source-words';
import {
  destinationOfDomain,
  findQueued,
  isFrozen,
  listQueue,
  listQueueGroups,
  type QueueViewEntry,
  type QueueViewGroup,
  sumQueue,
} from '../../engine/queue-view';
import { describeRoute } from '../../engine/server-summary';
import type { VirtualServer } from '../../engine/virtual-server';
import type { QueueGroupRow, QueueRow, ServerSettings } from '../contract';
import type { Implementer } from '../implementer';
import { readWay } from './chosen-way';
import { withServer } from './servers';
import type { Services } from './services';

export function createQueueHandlers(os: Implementer, { engine, changeSettings }: Services) {
  const find = async (server: VirtualServer, queueId: string) => {
    const entry = await findQueued(server, queueId);
    if (!entry) throw new Problem('not-found', 'This message is no longer in the queue.', 'queueId');
    return entry;
  };
  const runnerOf = (serverId: number) => engine.server(serverId).running.runner;
  const setFrozen = async (serverId: number, wanted: string, isToBeFrozen: boolean): Promise<void> => {
    const destination = nameOfDestination(wanted);
    const { settings } = engine.server(serverId);
    const isAlready = isFrozen(destination, settings);
    if (!isToBeFrozen && !isAlready)
      throw new Problem('refused', `${destination} is not frozen.`, 'destination');
    if (isAlready) {
      if (isToBeFrozen) return;
    } else refuseOtherName(destination, settings);
    await changeSettings((now) =>
      withServer(now, serverId, (server) => {
        const others = server.frozenDestinations.filter(
          (name) => name.toLowerCase() !== destination.toLowerCase(),
        );
        return { ...server, frozenDestinations: isToBeFrozen ? [...others, destination] : others };
      }),
    );
  };
  return {
    list: os.queue.list.handler(async ({ input }) => {
      const server = engine.server(input.serverId);
      const { rows, total } = await listQueue(server, { offset: input.offset, limit: input.limit });
      return { rows: rows.map((entry) => queueRowOf(server, entry)), total };
    }),
    groups: os.queue.groups.handler(async ({ input }) => {
      const server = engine.server(input.serverId);
      const { filter, sort, offset, limit } = input;
      const { rows, ...counts } = await listQueueGroups(server, { filter, sort }, { offset, limit });
      return { rows: rows.map((group) => groupRowOf(server, group)), ...counts };
    }),
    show: os.queue.show.handler(async ({ input }) => {
      const server = engine.server(input.serverId);
      return queueRowOf(server, await find(server, input.queueId));
    }),
    totals: os.queue.totals.handler(async ({ input }) => {
      const server = engine.server(input.serverId);
      const { destinations, ...rest } = await sumQueue(server);
      return {
        destinations: destinations.map((each) => ({ ...each, title: titleOf(each.destination) })),
        ...rest,
        frozen: server.settings.frozenDestinations,
      };
    }),
    retry: os.queue.retry.handler(async ({ input, context }) => {
      const runner = runnerOf(input.serverId);
      if (!input.chosen) return { count: runner.retry() };
      return { count: await runner.act(input.chosen, { kind: 'retry', by: context.caller.name }) };
    }),
    hold: os.queue.hold.handler(async ({ input, context }) => ({
      count: await runnerOf(input.serverId).act(input.chosen, { kind: 'hold', by: context.caller.name }),
    })),
    release: os.queue.release.handler(async ({ input, context }) => ({
      count: await runnerOf(input.serverId).act(input.chosen, { kind: 'release', by: context.caller.name }),
    })),
    delete: os.queue.delete.handler(async ({ input, context }) => {
      const act = { kind: 'delete', isReturned: input.isReturned, by: context.caller.name } as const;
      return { count: await runnerOf(input.serverId).act(input.chosen, act) };
    }),
    setWay: os.queue.setWay.handler(async ({ input, context }) => {
      const { settings } = engine.server(input.serverId);
      const way = input.way ? readWay(input.way, settings) : undefined;
      const act = { kind: 'set-way', way, by: context.caller.name } as const;
      return { count: await runnerOf(input.serverId).act(input.chosen, act) };
    }),
    setRecipient: os.queue.setRecipient.handler(async ({ input, context }) => {
      const { from, to } = input;
      if (!isEnvelopeAddress(to))
        throw new Problem('invalid', 'Enter an address such as user@example.com.', 'to');
      if (from === to) throw new Problem('invalid', 'This is the address that it has already.', 'to');
      const act = { kind: 'readdress', from, to, by: context.caller.name } as const;
      return { count: await runnerOf(input.serverId).act(input.chosen, act) };
    }),
    freeze: os.queue.freeze.handler(async ({ input }) => {
      await setFrozen(input.serverId, input.destination, true);
      return {};
    }),
    thaw: os.queue.thaw.handler(async ({ input }) => {
      await setFrozen(input.serverId, input.destination, false);
      return {};
    }),
    releaseForTrigger: os.queue.releaseForTrigger.handler(({ input }) => {
      const runner = runnerOf(input.serverId);
      const domain = normaliseDomain(input.domain.trim());
      if (domain === '') throw new Problem('invalid', 'Enter a domain.', 'domain');
      const answer = runner.releaseHeld([domain], false);
      return { count: answer.kind === 'started' ? answer.messageCount : 0 };
    }),
  };
}

/** A domain whose mail goes to a smart host is no destination: freezing it would keep nothing back. */
function refuseOtherName(name: string, settings: ServerSettings): void {
  if (fixedNames.includes(name) || name.includes(':')) return;
  const other = destinationOfDomain(name, settings);
  if (other.toLowerCase() !== name)
    throw new Problem(
      'refused',
      `Mail for ${name} goes to ${other}. Freeze ${other}; that holds back all mail that goes there.`,
      'destination',
    );
}

const fixedNames = ['Drop', 'LDAP routing', 'No route'];

/** As lists have it: domains and hosts in lower case. */
function nameOfDestination(wanted: string): string {
  const name = wanted.trim().toLowerCase();
  if (name === '') throw new Problem('invalid', 'Enter a destination as the queue names it.', 'destination');
  return fixedNames.find((fixed) => fixed.toLowerCase() === name) ?? name;
}

/** Where a name leads, for people: smart hosts have a port in it. */
function titleOf(destination: string): string {
  if (fixedNames.includes(destination)) return destination;
  return /:\d+$/.test(destination) ? `smart host ${destination}` : `${destination} by MX`;
}

export function queueRowOf(
  server: VirtualServer,
  { envelope, isActive, pacedUntil }: QueueViewEntry,
): QueueRow {
  return {
    queueId: envelope.queueId,
    arrivedAt: envelope.arrivedAt,
    sender: envelope.sender,
    subject: envelope.subject,
    sizeBytes: envelope.sizeBytes,
    source: describeSource(envelope.source),
    isActive,
    recipients: envelope.recipients.map((recipient, index) => {
      const { outcome, way } = recipient;
      const { text, hold, destination, isFrozen: isCold } = describeRoute(server, envelope, recipient);
      const isWaiting = outcome === undefined;
      return {
        address: recipient.address,
        outcome,
        attempts: recipient.attempts,
        nextAttemptAt: recipient.nextAttemptAt,
        last: recipient.last,
        destination,
        route: text,
        ...(hold && isWaiting ? { held: { ...hold } } : {}),
        ...(recipient.isHeld && isWaiting ? { isHeld: true } : {}),
        ...(isCold && isWaiting ? { isFrozen: true } : {}),
        ...(way ? { way } : {}),
        ...(pacedUntil?.has(index) ? { isPaced: true } : {}),
      };
    }),
  };
}

const shownRecipients = 5;

function groupRowOf(server: VirtualServer, group: QueueViewGroup): QueueGroupRow {
  const { envelope, indices, destination, hold, last } = group;
  const recipients = indices.flatMap((index) => envelope.recipients[index] ?? []);
  const [first] = recipients;
  return {
    queueId: envelope.queueId,
    destination,
    arrivedAt: envelope.arrivedAt,
    sender: envelope.sender,
    subject: envelope.subject,
    sizeBytes: envelope.sizeBytes,
    recipients: recipients.slice(0, shownRecipients).map(({ address }) => address),
    recipientCount: recipients.length,
    route: first ? describeRoute(server, envelope, first).text : group.route.rule,
    attempts: group.attempts,
    nextAttemptAt: group.nextAttemptAt,
    isActive: group.isActive,
    isHeld: group.isHeld,
    isFrozen: group.isFrozen,
    ...(hold && { heldFor: hold.host }),
    isPaced: group.isPaced,
    ...(last && { last }),
  };
}
