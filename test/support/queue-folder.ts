/** A Queue folder as a start would find it. */
import type { Envelope } from '../../src-main/engine/core/envelope';
import { createMessageReader, type MessageReaderOptions } from '../../src-main/engine/queue/message-reader';
import { recoverQueue } from '../../src-main/engine/queue/recovery';
import { createQueueStore } from '../../src-main/engine/queue/store';

/** Sweeps the folder, reads it whole, and answers the envelopes of all mail that waits, oldest first. */
export async function readQueue(
  folder: string,
  {
    emit = () => undefined,
    quarantine = () => Promise.reject(new Error('nothing should be damaged')),
  }: Partial<Pick<MessageReaderOptions, 'emit' | 'quarantine'>> = {},
): Promise<readonly Envelope[]> {
  const options = { store: createQueueStore({ folder }), serverId: 1, emit, quarantine };
  const read = createMessageReader(options);
  const found: Envelope[] = [];
  for (const queueId of await recoverQueue(options)) {
    const reading = await read(queueId, { isFirst: true });
    if (reading.kind === 'waiting') found.push(reading.envelope);
  }
  return found;
}
