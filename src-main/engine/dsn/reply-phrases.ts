/**
 * What providers write when their code says little ("550 5.7.1", "554" without a code). Pure, linear; the first
 * row that fits wins, so the narrow ones stand before the wide ones.
 */
import { isPermanent, type SmtpStatus } from '../core/smtp-status';
import { advice, type PlainWords } from './advice';

interface Phrase extends PlainWords {
  /** In lower case; on the reply in lower case, its lines joined by spaces. */
  readonly pattern: RegExp;
  /** Only for a refusal for good, or only for one for now. */
  readonly only?: 'permanent' | 'temporary';
}

/** Nobody's explanation begins later. */
const longestLooked = 2000;

const { checkAddress, tryLater, askAdministrator, askRecipient, sendSmaller, mendDomain, mendLogIn } = advice;
const unknownRecipient = {
  happened: 'The recipient is not known at the receiving server.',
  advice: checkAddress,
};
const blocked = {
  happened: 'The receiving server refuses mail from the address of your mail server: it is on a block list.',
  advice: 'Tell the administrator of your mail server: the list that is named below says how to get off it.',
};

const phrases: readonly Phrase[] = [
  {
    pattern: /gr[ea]y-?list/,
    only: 'temporary',
    happened: 'The receiving server lets mail from servers that it does not know wait for a while.',
    advice: 'There is nothing to do: the message is tried again.',
  },
  {
    pattern: /gr[ea]y-?list/,
    happened:
      'The receiving server lets mail from servers that it does not know wait, and it waited in vain.',
    advice: tryLater,
  },
  // Microsoft 365
  {
    pattern: /bad outbound sender|blocked from sending|exceeded (?:its|the) sending limit/,
    happened: 'Your account was blocked by the provider, because too much or unwanted mail came from it.',
    advice: askAdministrator,
  },
  {
    pattern: /recipient address rejected: access denied|recipientnotfound|resolver\.adr/,
    only: 'permanent',
    ...unknownRecipient,
  },
  {
    pattern:
      /client was not authenticated|smtpclientauthentication is disabled|authentication (?:is )?required|must be authenticated|not logged in/,
    happened: 'The next server wants a log-in before it takes mail.',
    advice: mendLogIn,
  },
  {
    pattern:
      /(?:sender|from) address (?:is )?not owned|not owned by user|sendasdenied|send as (?:this|that) sender|not allowed to send (?:as|from)/,
    happened: 'The account that your mail server logs in with may not send under your address.',
    advice: askAdministrator,
  },
  {
    pattern:
      /starttls (?:command )?(?:first|is required)|must issue a starttls|encryption (?:is )?required|requires tls/,
    happened: 'The next server takes mail over encrypted connections alone.',
    advice: 'Tell the administrator of your mail server: TLS encryption has to be switched on.',
  },
  // Where the message is said to come from
  {
    pattern: /\bdmarc\b/,
    happened: 'The domain of your address asks to refuse such messages (DMARC).',
    advice: mendDomain,
  },
  {
    pattern:
      /unauthenticated email|unauthenticated mail|passes? (?:spf or dkim|authentication)|did not pass authentication/,
    happened: 'The receiving server could not make sure that the message comes from your domain.',
    advice: mendDomain,
  },
  {
    pattern: /\bspf\b|sender policy framework/,
    happened: 'The SPF record of your domain does not name the server that sent the message.',
    advice: mendDomain,
  },
  {
    pattern: /\bdkim\b/,
    happened: 'The DKIM signature of the message is missing or not accepted.',
    advice: mendDomain,
  },
  {
    pattern: /reverse (?:dns|hostname|lookup)|\brdns\b|\bptr\b|cannot find your (?:reverse )?hostname/,
    happened: 'The address of your mail server has no name in DNS, or another one than it says.',
    advice: 'Tell the administrator of your mail server: its address needs a PTR record in DNS.',
  },
  {
    pattern:
      /spamhaus|spamcop|barracuda|sorbs|uceprotect|dnsbl|\brbl\b|block ?list|black ?list|deny ?list|blocked using|banned sending ip|poor reputation/,
    ...blocked,
  },
  {
    pattern: /virus|malware|infected/,
    happened: 'The receiving server believes that the message contains malicious software.',
    advice: 'Check your computer and the attached files.',
  },
  {
    pattern: /potential security issue|attachment|file type/,
    happened: 'The receiving server does not take files of this kind.',
    advice: 'Send the file in another form, or share it in another way.',
  },
  {
    pattern: /unsolicited|\bspam\b|\bjunk\b|content (?:was )?rejected|message content/,
    happened: 'The receiving server takes the message for unwanted advertising.',
    advice: 'Change its subject and text, leave out links, or ask the recipient to allow your address.',
  },
  {
    pattern:
      /relay(?:ing)? (?:access )?(?:is )?(?:denied|not permitted|not allowed|prohibited)|unable to relay|not permitted to relay|cannot relay|relaying denied/,
    happened: 'The server that was asked does not forward mail to this address for you.',
    advice: askAdministrator,
  },
  // Mailboxes
  {
    pattern:
      /(?:mailbox|inbox|account|user|quota|storage)[^.;]{0,40}(?:is full|full|over ?quota|out of storage|exceeded)|over ?quota|insufficient (?:mailbox )?storage|disk quota/,
    happened: "The recipient's mailbox is full.",
    advice: tryLater,
  },
  {
    pattern: /(?:account|mailbox|user)[^.;]{0,40}(?:disabled|inactive|suspended|deactivated|expired)/,
    happened: "The recipient's mailbox is closed.",
    advice: askRecipient,
  },
  {
    pattern: /size limit|too large|too big|maximum (?:message )?size|message size exceeds/,
    happened: 'The message is too large for the receiving server.',
    advice: sendSmaller,
  },
  {
    pattern:
      /sender (?:address )?(?:verify|verification)|sender address rejected|sender domain|sender rejected/,
    happened: 'The receiving server does not accept your own address.',
    advice: askAdministrator,
  },
  {
    pattern:
      /user unknown|unknown user|no such (?:user|mailbox|recipient|address|person)|unknown (?:recipient|address|local part)|(?:mailbox|recipient|user|address|account)[^.;]{0,40}(?:not found|unavailable|does ?n[o']t exist|not exist|unknown|invalid)|invalid (?:recipient|mailbox|address)|recipient address rejected|not a valid mailbox/,
    only: 'permanent',
    ...unknownRecipient,
  },
  {
    pattern:
      /rate limit|too many (?:messages|connections|emails|recipients)|throttl|unusual rate|try again later|sending too fast/,
    only: 'temporary',
    happened: 'The receiving server takes only so much mail at a time.',
    advice: 'There is nothing to do: the message is tried again.',
  },
  {
    pattern:
      /rate limit|too many (?:messages|connections|emails)|throttl|unusual rate|(?:daily|hourly|sending) (?:user )?(?:sending )?(?:limit|quota)/,
    happened: 'Too much mail came from you or your server in a short time.',
    advice: tryLater,
  },
];

export function findPhrase(status: SmtpStatus): PlainWords | undefined {
  const said = (status.reply ?? status.text)
    .slice(0, longestLooked)
    .toLowerCase()
    .replace(/[\r\n]+\d{3}[ -](?:\d\.\d{1,3}\.\d{1,3} ?)?/g, ' ');
  const kind = isPermanent(status) ? 'permanent' : 'temporary';
  return phrases.find(({ pattern, only }) => (only ?? kind) === kind && pattern.test(said));
}
