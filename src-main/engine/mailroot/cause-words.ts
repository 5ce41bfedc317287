/** What a cause of Badmail means, and what to do about it; for people. Pure. */
import { causeSentences } from './badmail-reason';
import type { TableCause } from './folder-table';

/** One sentence. */
export const causeText = (cause: TableCause): string =>
  cause === 'unknown'
    ? 'A message that another program or a person laid here, with no cause that could be read.'
    : causeSentences[cause];

const advices: Readonly<Record<TableCause, string>> = {
  'bad-pickup-file':
    'Read the reason, mend the program that writes the file, and send the message again with its sender and recipients.',
  'no-recipients': 'Send the message again with recipients, and let the program that wrote it name them.',
  'hop-count-exceeded':
    'Two servers hand this mail to each other. Look at its Received lines, mend the route or the domain that sends it back, then send it again.',
  'notification-undeliverable':
    'The reason has the last answer of the other server. Mend the recipient and send the message again; a report to somebody who does not exist, often about spam, can be deleted.',
  'general-failure':
    'The reason has the last answer of the other server. Mend the address or the route, then send the message again.',
  'damaged-queue-file':
    'The disk failed, or another program changed the Queue folder. Check the disk; what is left of the message can be sent again with its sender and recipients.',
  unknown: 'Look at the message; to send it again its sender and recipients may have to be named.',
};

export const causeAdvice = (cause: TableCause): string => advices[cause];
