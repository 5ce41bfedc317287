/**
 * Sends notifications: builds one by today's settings and takes it in through the one door.
 *
 * Promises: when it resolves, the notification is accepted (durable). The copy for the operators ("Send copy of
 *   Non-Delivery Report to") is a second recipient of the same message: both are accepted together or not at all. It
 *   has the null reverse-path like its original, so a copy that cannot be delivered goes to Badmail, once, and nobody
 *   is told of that.
 * Fails: with Problem 'disk-full', 'folder-unusable' or 'unavailable' of the door; with the system's error when the
 *   message cannot be read.
 */
import { randomBytes } from 'node:crypto';
import type { ServerSettings } from '../settings/schema';
import type { Clock } from './core/clock';
import type { MessageIntake } from './core/intake';
import type { NotificationRequest } from './core/notification';
import { buildNotification } from './dsn/notification';

export interface NotificationSenderOptions {
  readonly serverId: number;
  readonly settings: () => ServerSettings;
  readonly clock: Clock;
  readonly fqdn: () => string;
  readonly defaultDomain: () => string;
  readonly intake: MessageIntake;
}

export async function sendNotification(
  request: NotificationRequest,
  options: NotificationSenderOptions,
): Promise<void> {
  const settings = options.settings();
  const { postmasterAddress, returnedContent, maxReturnedKb, sendNdrTo } = settings;
  const built = await buildNotification(request, {
    fqdn: options.fqdn(),
    postmaster: postmasterAddress === '' ? `postmaster@${options.defaultDomain()}` : postmasterAddress,
    now: options.clock.now(),
    boundarySeed: randomBytes(12).toString('hex'),
    returnedContent,
    maxReturnedBytes: maxReturnedKb === null ? Number.POSITIVE_INFINITY : maxReturnedKb * 1024,
  });
  // For failures only, and not twice to the same person.
  const copyTo = request.recipients[0]?.action === 'failed' ? sendNdrTo : '';
  const isCopied = copyTo !== '' && copyTo.toLowerCase() !== built.recipient.toLowerCase();
  const transaction = options.intake.open(
    {
      serverId: options.serverId,
      sender: '',
      recipients: [built.recipient, ...(isCopied ? [copyTo] : [])].map((address) => ({ address })),
      body: built.body,
      ...(built.isUtf8 ? { isUtf8: true } : {}),
      source: { kind: 'notification', about: request.envelope.queueId },
    },
    {},
  );
  try {
    for await (const piece of built.stream()) await transaction.write(piece);
    await transaction.commit();
  } catch (error) {
    await transaction.abort();
    throw error;
  }
}
