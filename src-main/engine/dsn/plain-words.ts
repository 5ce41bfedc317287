/**
 * What a status means, in words for a person who has never seen a status code, and what that person can do.
 * Pure. By the enhanced code (RFC 3463, and the codes that IIS 6 used); unknown codes by their subject.
 */
import type { SmtpStatus } from '../core/smtp-status';

export interface PlainWords {
  readonly happened: string;
  readonly advice: string;
}

const checkAddress = 'Check the address for typing errors, or ask the recipient for the right one.';
const tryLater = 'Send the message again later.';
const askAdministrator = 'Tell the administrator of your mail server, and show this message.';
const askRecipient = 'Reach the recipient another way and show this message to their administrator.';

const byCode: Readonly<Record<string, PlainWords>> = {
  '1.1': { happened: 'The recipient is not known at the receiving server.', advice: checkAddress },
  '1.2': { happened: 'The domain of the address does not exist or takes no mail.', advice: checkAddress },
  '1.3': { happened: 'The address is not written correctly.', advice: checkAddress },
  '1.6': { happened: 'The recipient has moved and left no new address.', advice: checkAddress },
  '1.8': { happened: 'Your address was not accepted: its domain does not exist.', advice: askAdministrator },
  '1.10': { happened: 'The domain of the address says that it takes no mail.', advice: checkAddress },
  '2.1': { happened: "The recipient's mailbox is closed.", advice: askRecipient },
  '2.2': { happened: "The recipient's mailbox is full.", advice: tryLater },
  '2.3': {
    happened: "The message is too large for the recipient's mailbox.",
    advice: 'Send a smaller message, or share large files in another way.',
  },
  '3.1': { happened: 'The server had no room left.', advice: tryLater },
  '3.2': {
    happened: 'The message was removed from the queue by an administrator.',
    advice: askAdministrator,
  },
  '3.4': {
    happened: 'The message is too large for the receiving server.',
    advice: 'Send a smaller message, or share large files in another way.',
  },
  '4.1': { happened: 'The receiving server did not answer.', advice: askRecipient },
  '4.2': { happened: 'The connection to the receiving server broke.', advice: tryLater },
  '4.3': { happened: 'The name of the receiving server could not be looked up.', advice: tryLater },
  '4.4': { happened: 'No way to the receiving server was found.', advice: checkAddress },
  '4.6': { happened: 'The message runs in a circle between servers.', advice: askAdministrator },
  '4.7': {
    happened: 'The message could not be delivered in time, and it is not tried any longer.',
    advice: 'Send the message again, or reach the recipient another way.',
  },
  '5.2': { happened: 'The receiving server did not understand ours.', advice: askAdministrator },
  '6.3': {
    happened: 'The receiving server cannot take this kind of content.',
    advice: 'Send the message again as plain text, or with files attached.',
  },
  '6.7': {
    happened: 'The receiving server cannot take addresses with letters outside of English.',
    advice: 'Ask the recipient for an address in plain English letters.',
  },
  '7.1': {
    happened: 'The receiving server refuses to take this message from you.',
    advice: askAdministrator,
  },
};

const bySubject: Readonly<Record<string, PlainWords>> = {
  '1': { happened: 'There is something wrong with the address.', advice: checkAddress },
  '2': { happened: "The recipient's mailbox does not take the message.", advice: askRecipient },
  '3': { happened: 'The receiving server cannot take the message.', advice: askRecipient },
  '4': { happened: 'The message could not be brought to the receiving server.', advice: tryLater },
  '5': { happened: 'The two servers did not understand each other.', advice: askAdministrator },
  '6': { happened: 'The receiving server cannot take this kind of content.', advice: askRecipient },
  '7': { happened: 'The receiving server refuses the message.', advice: askAdministrator },
};

const unknownWords: PlainWords = {
  happened: 'The receiving server did not take the message.',
  advice: askRecipient,
};

export function explainStatus(status: SmtpStatus): PlainWords {
  const [, subject = '', detail = ''] = status.enhanced.split('.');
  const exact = Object.hasOwn(byCode, `${subject}.${detail}`) ? byCode[`${subject}.${detail}`] : undefined;
  const wide = Object.hasOwn(bySubject, subject) ? bySubject[subject] : undefined;
  return exact ?? wide ?? unknownWords;
}
