/** Why a message lies in Badmail and what can be done about it, in words. Pure. */
import type { MessageRow } from '../../src-main/api/contract';

export type BadmailCause = NonNullable<MessageRow['cause']>;

export interface BadmailWords {
  /** For the list: a few words. */
  readonly title: string;
  /** One or two sentences: what happened. */
  readonly explanation: string;
  /** What a person can do now. */
  readonly advice: string;
}

const words: Record<BadmailCause, BadmailWords> = {
  'bad-pickup-file': {
    title: 'Pickup file unusable',
    explanation: 'A file in the Pickup folder could not be made into a message.',
    advice: 'Correct the program that wrote the file, then put a corrected copy into Pickup.',
  },
  'no-recipients': {
    title: 'No recipients',
    explanation: 'The message names nobody to deliver it to.',
    advice:
      'Add an X-Receiver line or a To header, then put the message into Pickup. Correct the program that sent it.',
  },
  'hop-count-exceeded': {
    title: 'Too many hops',
    explanation: 'The message has passed through too many servers. It probably goes round in a loop.',
    advice: 'Look at the Received headers for servers that repeat, and correct the routing between them.',
  },
  'notification-undeliverable': {
    title: 'Notification undeliverable',
    explanation:
      'The message could not be delivered, and it came with the null sender: nobody can be told. Mostly it is a notification; programs send mail so as well.',
    advice:
      'Mend the recipient and send it again, or delete it. A notification went to the address that a program uses as its sender: check that address. To receive such reports, set "Send copy of Non-Delivery Report to" in the properties, tab Messages.',
  },
  'general-failure': {
    title: 'Could not be processed',
    explanation: 'The message could not be delivered, and its sender could not be notified.',
    advice: 'The reason above tells what to correct. Then save the message and put it into Pickup.',
  },
  'damaged-queue-file': {
    title: 'Queue file damaged',
    explanation: 'A file in the Queue folder could not be read after a start, and was set aside.',
    advice: 'Check the disk. If the message below is whole, save it and put it into Pickup.',
  },
};

const unknown: BadmailWords = {
  title: 'Unknown cause',
  explanation: 'The reason file that belongs to this message is missing or unreadable.',
  advice: 'Read the message below. If it is still wanted, save it and put it into Pickup.',
};

export function describeBadmail(cause: BadmailCause | undefined): BadmailWords {
  return cause === undefined ? unknown : words[cause];
}
