/**
 * The Queue folder of a virtual server that does not run: what waits there, read from the files as they are.
 *
 * Promises: changes nothing. Envelopes that cannot be read are left out; recovery deals with them at start.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Envelope } from '../core/envelope';
import { isQueueId, type QueueId, timeOfQueueId } from '../core/ids';
import { parseEnvelope } from './envelope-file';
import { envelopeSuffix } from './file-names';

/** Names of the messages in the folder, oldest first; none when there is no folder. */
export async function listRestingMessages(folder: string): Promise<QueueId[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(envelopeSuffix))
    .map((name) => name.slice(0, -envelopeSuffix.length))
    .filter(isQueueId)
    .sort();
}

/** The envelope of a message; undefined when it is gone or cannot be read. */
export async function readRestingEnvelope(folder: string, queueId: QueueId): Promise<Envelope | undefined> {
  try {
    const parsed = parseEnvelope(await readFile(join(folder, queueId + envelopeSuffix)), queueId);
    return parsed.isValid ? parsed.envelope : undefined;
  } catch {
    return undefined;
  }
}

/** Number of messages, and when the oldest arrived by its name. */
export async function countRestingMessages(
  folder: string,
): Promise<{ total: number; oldestArrivedAt?: number }> {
  const [oldest, ...others] = await listRestingMessages(folder);
  return oldest === undefined
    ? { total: 0 }
    : { total: others.length + 1, oldestArrivedAt: timeOfQueueId(oldest) };
}
