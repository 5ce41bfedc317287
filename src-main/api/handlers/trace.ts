/** Where is my mail? */
import { findQueued } from '../../engine/queue-view';
import { createStoryFile } from '../../trace';
import type { QueuedRecipient, TraceStep, TraceStory } from '../contract';
import type { Implementer } from '../implementer';
import { queueRowOf } from './queue';
import type { Services } from './services';

export function createTraceHandlers(os: Implementer, { trace, engine }: Pick<Services, 'trace' | 'engine'>) {
  const showStory = async (serverId: number, id: string): Promise<TraceStory> =>
    withWaiting(await trace.show(serverId, id), await stepsOfWaiting(serverId, id));

  /** Why and until when it waits is known by the queue: the journal has only what happened. */
  const stepsOfWaiting = async (serverId: number, queueId: string): Promise<TraceStep[]> => {
    const server = engine.servers.find(({ id }) => id === serverId);
    const entry = server && (await findQueued(server, queueId).catch(() => undefined));
    if (!server || !entry) return [];
    const row = queueRowOf(server, entry);
    return row.recipients
      .filter(({ outcome }) => outcome === undefined)
      .slice(0, mostWaiting)
      .map((recipient) => waitingStep(recipient, row.isActive, engine.clock.now()));
  };
  return {
    find: os.trace.find.handler(({ input: { offset, limit, ...query } }) =>
      trace.find(query, { offset, limit }),
    ),
    show: os.trace.show.handler(({ input }) => showStory(input.serverId, input.id)),
    text: os.trace.text.handler(async ({ input }) =>
      createStoryFile(await showStory(input.serverId, input.id), input.id, input.hasDialogues),
    ),
  };
}

const mostWaiting = 1000;

/** What a recipient waits for, as the queue knows it now. Pure. */
export function waitingStep(recipient: QueuedRecipient, isActive: boolean, now: number): TraceStep {
  const { address, destination, last, nextAttemptAt, held, isHeld, isFrozen, isPaced } = recipient;
  const why = isHeld
    ? 'An operator holds it.'
    : isFrozen
      ? `${destination} is frozen: nothing is sent there.`
      : held
        ? `It waits until ${held.host} asks for it.`
        : isPaced
          ? `It waits for the rate limit of ${destination}.`
          : isActive && nextAttemptAt <= now
            ? 'An attempt is under way.'
            : 'It waits for its next attempt.';
  return {
    at: now,
    kind: 'deferred',
    text: `Now in Queue: ${why}`,
    recipients: [address],
    rule: recipient.route,
    lines: [],
    ...(last && {
      status: last.status,
      ...(last.remote && { remote: last.remote }),
    }),
    ...(!isHeld && !isFrozen && !held && nextAttemptAt > now ? { nextAttemptAt } : {}),
  };
}

const withWaiting = (story: TraceStory, waiting: readonly TraceStep[]): TraceStory =>
  waiting.length === 0 ? story : { ...story, steps: [...story.steps, ...waiting] };
