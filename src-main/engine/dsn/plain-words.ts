/**
 * What a status means, in words for a person who has never seen a status code, and what that person can do.
 * Pure. By a code that means one thing alone; else by what the server wrote; else by the code, roughly (RFC 3463,
 * RFC 7372, and the codes that IIS 6 and large providers use); unknown codes by their subject.
 */
import type { SmtpStatus } from '../core/smtp-status';
import { advice, type PlainWords } from './advice';
import { findPhrase } from './reply-phrases';

const { checkAddress, tryLater, askAdministrator, askRecipient, sendSmaller, mendDomain, mendLogIn } = advice;

/** Codes that everybody uses for the same thing. */
const byClearCode: Readonly<Record<string, PlainWords>> = {
  '1.1': { happened: 'The recipient is not known at the receiving server.', advice: checkAddress },
  '1.2': { happened: 'The domain of the address does not exist or takes no mail.', advice: checkAddress },
  '1.3': { happened: 'The address is not written correctly.', advice: checkAddress },
  '1.6': { happened: 'The recipient has moved and left no new address.', advice: checkAddress },
  '1.7': { happened: 'Your own address is not written correctly.', advice: askAdministrator },
  '1.90': {
    happened: 'Your account has reached the number of recipients that it may write to in a day.',
    advice: 'Send the message again tomorrow.',
  },
  '2.2': { happened: "The recipient's mailbox is full.", advice: tryLater },
  '2.3': { happened: "The message is too large for the recipient's mailbox.", advice: sendSmaller },
  '2.121': { happened: 'The recipient gets more mail from you than their server takes.', advice: tryLater },
  '2.122': {
    happened: 'The recipient gets more mail than their server takes in an hour.',
    advice: tryLater,
  },
  '3.1': { happened: 'The server had no room left.', advice: tryLater },
  '3.3': { happened: 'The receiving server had no room left.', advice: tryLater },
  '3.4': { happened: 'The message is too large for the receiving server.', advice: sendSmaller },
  '4.2': { happened: 'The connection to the receiving server broke.', advice: tryLater },
  '4.3': { happened: 'The name of the receiving server could not be looked up.', advice: tryLater },
  '4.5': { happened: 'The receiving server has too much to do.', advice: tryLater },
  '4.6': { happened: 'The message runs in a circle between servers.', advice: askAdministrator },
  '4.7': {
    happened: 'The message could not be delivered in time, and it is not tried any longer.',
    advice: 'Send the message again, or reach the recipient another way.',
  },
  '4.8': { happened: 'The message runs in a circle between servers.', advice: askAdministrator },
  '4.14': { happened: 'The message runs in a circle between servers.', advice: askAdministrator },
  '4.310': { happened: 'The domain of the address does not exist.', advice: checkAddress },
  '5.3': { happened: 'The message has too many recipients.', advice: 'Send it to fewer people at a time.' },
  '6.3': {
    happened: 'The receiving server cannot take this kind of content.',
    advice: 'Send the message again as plain text, or with files attached.',
  },
  '6.7': {
    happened: 'The receiving server cannot take addresses with letters outside of English.',
    advice: 'Ask the recipient for an address in plain English letters.',
  },
  '7.2': {
    happened: 'Only some people may write to this group, and you are not one of them.',
    advice: askRecipient,
  },
  '7.3': { happened: 'The next server wants a log-in before it takes mail.', advice: mendLogIn },
  '7.8': { happened: 'The next server did not accept user name and password.', advice: mendLogIn },
  '7.9': {
    happened: 'The next server does not accept this way to log in.',
    advice:
      'Tell the administrator of your mail server: the provider may want a password for this application, or a sign-in with OAuth2 (Outbound Security).',
  },
  '7.10': {
    happened: 'The next server takes mail over encrypted connections alone.',
    advice: 'Tell the administrator of your mail server: TLS encryption has to be switched on.',
  },
  '7.11': {
    happened: 'The next server takes a log-in over encrypted connections alone.',
    advice: 'Tell the administrator of your mail server: TLS encryption has to be switched on.',
  },
  '7.13': { happened: 'The account at the next server is disabled.', advice: askAdministrator },
  '7.14': {
    happened: 'The next server wants a person to sign in to its web page before it takes mail.',
    advice: mendLogIn,
  },
  '7.18': { happened: 'The receiving server does not trust the domain of your address.', advice: mendDomain },
  '7.20': { happened: 'The message has no DKIM signature that holds.', advice: mendDomain },
  '7.21': { happened: 'The DKIM signature of the message is not accepted.', advice: mendDomain },
  '7.22': { happened: 'The DKIM signature of the message is not from your domain.', advice: mendDomain },
  '7.23': {
    happened: 'The SPF record of your domain does not name the server that sent the message.',
    advice: mendDomain,
  },
  '7.24': { happened: 'The SPF record of your domain could not be read.', advice: mendDomain },
  '7.25': {
    happened: 'The address of your mail server has no name in DNS.',
    advice: 'Tell the administrator of your mail server: its address needs a PTR record in DNS.',
  },
  '7.26': {
    happened:
      'The receiving server could not make sure that the message comes from your domain (SPF, DKIM or DMARC failed).',
    advice: mendDomain,
  },
  '7.27': {
    happened: 'The domain of your address says in DNS that it takes no mail, so nobody could answer you.',
    advice: askAdministrator,
  },
  '7.28': { happened: 'Too much mail came from your server in a short time.', advice: tryLater },
  '7.57': {
    happened: 'Microsoft 365 takes mail for others after a log-in alone.',
    advice: mendLogIn,
  },
  '7.60': {
    happened: 'The account that your mail server logs in with may not send under your address.',
    advice:
      'Tell the administrator of your mail server: give that account "Send As" permission for your address, or let the server send as that account ("Send as" in Outbound Security).',
  },
  '7.64': {
    happened: 'Microsoft 365 does not know your mail server as one of its own organisation.',
    advice:
      'Tell the administrator of your mail server: its connector in Microsoft 365 has to name its address or certificate.',
  },
  '7.124': {
    happened: 'Only some people may write to this group, and you are not one of them.',
    advice: askRecipient,
  },
  '7.133': {
    happened: 'Only people of the same organisation may write to this group.',
    advice: askRecipient,
  },
  '7.134': {
    happened: 'Only people of the same organisation may write to this recipient.',
    advice: askRecipient,
  },
  '7.136': {
    happened: 'Only people of the same organisation may write to this recipient.',
    advice: askRecipient,
  },
  '7.509': {
    happened: 'The domain of your address asks to refuse such messages (DMARC).',
    advice: mendDomain,
  },
  '7.520': {
    happened: 'The organisation of the recipient does not allow mail to be forwarded to outside.',
    advice: askRecipient,
  },
  '7.708': {
    happened: 'Microsoft 365 takes no mail from the address of your mail server.',
    advice: askAdministrator,
  },
  '7.750': {
    happened: 'The domain of your address is not registered in your Microsoft 365 organisation.',
    advice: askAdministrator,
  },
};

/** Codes that servers use for many things: what they wrote says more. */
const byVagueCode: Readonly<Record<string, PlainWords>> = {
  '1.0': { happened: 'There is something wrong with the address.', advice: checkAddress },
  '1.8': { happened: 'Your address was not accepted: its domain does not exist.', advice: askAdministrator },
  '1.10': { happened: 'The domain of the address says that it takes no mail.', advice: checkAddress },
  '2.1': { happened: "The recipient's mailbox is closed.", advice: askRecipient },
  '3.2': { happened: 'The receiving server takes no mail at the moment.', advice: tryLater },
  '4.0': { happened: 'The receiving server could not be found.', advice: checkAddress },
  '4.1': { happened: 'The receiving server did not answer.', advice: askRecipient },
  '4.4': { happened: 'No way to the receiving server was found.', advice: checkAddress },
  '5.0': {
    happened: 'The receiving server did not understand ours, or wants a log-in first.',
    advice: askAdministrator,
  },
  '5.2': { happened: 'The receiving server did not understand ours.', advice: askAdministrator },
  '7.1': {
    happened: 'The receiving server refuses to take this message from you.',
    advice: askAdministrator,
  },
  '7.4': {
    happened: 'The next server could not be reached as safely as it has to be.',
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

/** Our own 5.3.2: nobody's server said it. */
const deletedHere: PlainWords = {
  happened: 'The message was removed from the queue by an administrator.',
  advice: askAdministrator,
};

export function explainStatus(status: SmtpStatus): PlainWords {
  const [, subject = '', detail = ''] = status.enhanced.split('.');
  const code = `${subject}.${detail}`;
  if (code === '3.2' && status.reply === undefined && status.code >= 500) return deletedHere;
  return (
    ownEntry(byClearCode, code) ??
    // What we say ourselves is worded for the code already.
    (status.reply === undefined ? undefined : findPhrase(status)) ??
    ownEntry(byVagueCode, code) ??
    ownEntry(bySubject, subject) ??
    unknownWords
  );
}

const ownEntry = (table: Readonly<Record<string, PlainWords>>, key: string): PlainWords | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;
