/** The header of a message: fields that must be there, fields that must be single, and who it says it is from. */
import type { CheckFinding } from '../api/contract';
import { countOf, finding, plainPlace } from './finding';
import { registeredName } from './host-names';

export interface HeaderField {
  readonly name: string;
  readonly raw: string;
  readonly decoded: string;
}

/** RFC 5322 section 3.6: at most one of each. */
const single = [
  'Date',
  'From',
  'Sender',
  'Reply-To',
  'To',
  'Cc',
  'Bcc',
  'Message-ID',
  'In-Reply-To',
  'References',
  'Subject',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
];

export interface HeaderFacts {
  readonly fields: readonly HeaderField[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The fields of a name, in their order. */
export const fieldsNamed = (fields: readonly HeaderField[], name: string): HeaderField[] =>
  fields.filter((field) => field.name.toLowerCase() === name.toLowerCase());

/** Addresses in a field, in lower case: good enough to compare domains. */
export function addressesIn(text: string): string[] {
  const bare = text.slice(0, 100_000).replace(/"(?:[^"\\]|\\.){0,1000}"/g, ' ');
  return [...bare.matchAll(/[^\s<>(),;:"@]{1,64}@[^\s<>(),;:"@]{1,255}/g)]
    .slice(0, 1_000)
    .map(([address]) => address.toLowerCase());
}

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

const dayMs = 24 * 60 * 60_000;

export function checkHeader({ fields, now }: HeaderFacts): CheckFinding[] {
  return [
    ...checkRepeated(fields),
    ...checkDate(fields, now),
    ...checkMessageId(fields),
    ...checkAuthors(fields),
    ...checkTexts(fields),
  ];
}

function checkRepeated(fields: readonly HeaderField[]): CheckFinding[] {
  const repeated = single.flatMap((name) => {
    const count = fieldsNamed(fields, name).length;
    return count > 1 ? [`${name}: ${count} times`] : [];
  });
  if (repeated.length === 0) return [];
  return [
    finding(
      'fault',
      'header.repeated',
      'Header fields are there more than once that may be there once only.',
      'Servers and mail clients may each take another one, and Gmail refuses such mail (550 5.7.1). Keep one of each.',
      repeated,
    ),
  ];
}

function checkDate(fields: readonly HeaderField[], now: number): CheckFinding[] {
  const [date] = fieldsNamed(fields, 'Date');
  if (!date)
    return [
      finding(
        'fault',
        'header.no-date',
        'There is no Date.',
        'Every message must have one (RFC 5322, 3.6); filters count its absence. The program that makes the message should write it.',
      ),
    ];
  const text = date.raw.trim();
  const at = Date.parse(text.replace(/\([^()]*\)/g, ' '));
  const isForm =
    /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),\s*)?\d{1,2}\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+\d{2,4}\s+\d{1,2}:\d{2}(?::\d{2})?\s+(?:[+-]\d{4}|[A-Z]{1,5})\s*(?:\([^()]*\)\s*)?$/i.test(
      text,
    );
  if (Number.isNaN(at) || !isForm)
    return [
      finding(
        'warning',
        'header.bad-date',
        'The Date is not written as mail has it.',
        'Mail clients may show another time, or none. It should look like "Tue, 4 Mar 2025 10:15:00 +0100".',
        [text],
      ),
    ];
  if (at > now + dayMs)
    return [
      finding(
        'warning',
        'header.future-date',
        'The Date is in the future.',
        'The message stays on top of lists and filters count it. Set the clock of the sending computer.',
        [text],
      ),
    ];
  if (at < now - 365 * dayMs)
    return [
      finding(
        'hint',
        'header.old-date',
        'The Date is more than a year ago.',
        'Mail clients sort the message where nobody looks for it.',
        [text],
      ),
    ];
  return [];
}

function checkMessageId(fields: readonly HeaderField[]): CheckFinding[] {
  const [id] = fieldsNamed(fields, 'Message-ID');
  if (!id)
    return [
      finding(
        'warning',
        'header.no-message-id',
        'There is no Message-ID.',
        'Replies cannot be put together with it, and filters count its absence; Gmail refuses such mail from some senders. The program that makes the message should write it.',
      ),
    ];
  const text = id.raw.trim();
  if (!/^<[^\s<>@]+@[^\s<>@]+>$/.test(text))
    return [
      finding(
        'warning',
        'header.bad-message-id',
        'The Message-ID has not the form <name@domain>.',
        'Write it in angle brackets, with one "@" and a domain of yours.',
        [text],
      ),
    ];
  if (/@(?:localhost|localhost\.localdomain|\[?127\.|[^.]+>$)/i.test(text))
    return [
      finding(
        'hint',
        'header.local-message-id',
        'The Message-ID ends with no full domain.',
        'Filters count it. Use a domain of yours after the "@".',
        [text],
      ),
    ];
  return [];
}

function checkAuthors(fields: readonly HeaderField[]): CheckFinding[] {
  const findings: CheckFinding[] = [];
  const [from] = fieldsNamed(fields, 'From');
  if (!from)
    return [
      finding(
        'fault',
        'header.no-from',
        'There is no From.',
        'Every message must have one (RFC 5322, 3.6), and DMARC fails without it.',
      ),
    ];
  const authors = addressesIn(from.raw);
  const author = authors[0];
  if (author === undefined) {
    findings.push(
      finding('fault', 'header.bad-from', 'From has no address.', 'Write it as "Name <user@domain>".', [
        from.decoded,
      ]),
    );
    return findings;
  }
  const [sender] = fieldsNamed(fields, 'Sender');
  if (authors.length > 1 && !sender)
    findings.push(
      finding(
        'warning',
        'header.several-authors',
        'From has several addresses, and there is no Sender.',
        'RFC 5322 (3.6.2) asks for Sender then; DMARC checks refuse several domains.',
        authors,
      ),
    );
  const named = /([^\s<>"@]{1,64}@[^\s<>"@]{1,255}\.[a-z]{2,})"?\s*</i.exec(
    from.decoded.slice(0, 1_000),
  )?.[1];
  if (named !== undefined && domainOf(named.toLowerCase()) !== domainOf(author))
    findings.push(
      finding(
        'fault',
        'header.from-name',
        'The name in From is an address of another domain.',
        'Readers see that address instead of the real one; filters take it for phishing. Use a plain name.',
        [plainPlace(from.decoded)],
      ),
    );
  const own = registeredName(domainOf(author));
  const others = (name: string): string[] =>
    fieldsNamed(fields, name)
      .flatMap(({ raw }) => addressesIn(raw))
      .filter((address) => registeredName(domainOf(address)) !== own);
  const replies = others('Reply-To');
  if (replies.length > 0)
    findings.push(
      finding(
        'hint',
        'header.reply-to',
        'Replies go to another domain than that of From.',
        'Make sure that this is meant; swindlers do it too.',
        replies,
      ),
    );
  const returnPaths = others('Return-Path');
  if (returnPaths.length > 0)
    findings.push(
      finding(
        'hint',
        'header.return-path',
        'Return-Path names another domain than From.',
        'SPF then counts for that domain, not for the one that readers see; DMARC needs a DKIM signature of the domain in From.',
        returnPaths,
      ),
    );
  const recipients = ['To', 'Cc', 'Bcc'].flatMap((name) => fieldsNamed(fields, name));
  if (recipients.length === 0)
    findings.push(
      finding(
        'hint',
        'header.no-recipient',
        'There is neither To nor Cc.',
        'Filters count it. Name the recipient, or write "To: undisclosed-recipients:;".',
      ),
    );
  return findings;
}

function checkTexts(fields: readonly HeaderField[]): CheckFinding[] {
  const findings: CheckFinding[] = [];
  const [subject] = fieldsNamed(fields, 'Subject');
  if (!subject || subject.decoded.trim() === '')
    findings.push(
      finding(
        'warning',
        'header.no-subject',
        'There is no Subject.',
        'Filters count it, and readers skip it.',
      ),
    );
  else if (subject.decoded.length > 150)
    findings.push(
      finding(
        'hint',
        'header.long-subject',
        `The Subject has ${countOf(subject.decoded.length, 'character')}.`,
        'Lists show 40 to 70 of them. Put what matters first.',
      ),
    );
  const raw = fields.filter(({ raw: text }) => /[\u0080-\uffff]/.test(text));
  if (raw.length > 0)
    findings.push(
      finding(
        'warning',
        'header.8bit',
        `${countOf(raw.length, 'header field')} with letters beyond ASCII that are not encoded.`,
        'Only servers with SMTPUTF8 take such a header; others refuse or garble it. Encode the text (=?utf-8?…?=), and use xn-- for domains.',
        raw.map(({ name, decoded }) => `${name}: ${decoded}`),
      ),
    );
  const words = fields.filter(({ raw: text }) => hasBadEncodedWord(text));
  if (words.length > 0)
    findings.push(
      finding(
        'warning',
        'header.bad-encoded-word',
        `${countOf(words.length, 'header field')} with encoded text that cannot be read as it stands.`,
        'An encoded word has at most 75 characters, no spaces, and an encoding of B or Q (RFC 2047). Readers see the raw characters.',
        words.map(({ name, raw: text }) => `${name}: ${text}`),
      ),
    );
  return findings;
}

const knownCharset = (name: string): boolean => {
  try {
    new TextDecoder(name.split('*', 1)[0]);
    return true;
  } catch {
    return false;
  }
};

/** Something that begins as an encoded word, but is none. */
function hasBadEncodedWord(text: string): boolean {
  const starts = [...text.slice(0, 100_000).matchAll(/=\?[A-Za-z0-9._*-]{1,40}\?[A-Za-z]\?/g)].slice(
    0,
    1_000,
  );
  return starts.some((start) => {
    const word = /^=\?([^?]{1,40})\?([A-Za-z])\?([^?\s]{0,2000})\?=/.exec(
      text.slice(start.index, start.index + 2_100),
    );
    if (!word) return true;
    const [whole, charset = '', encoding = '', content = ''] = word;
    if (whole.length > 75 || !knownCharset(charset)) return true;
    if (/^b$/i.test(encoding)) return !/^[A-Za-z0-9+/]*={0,2}$/.test(content) || content.length % 4 === 1;
    return !/^q$/i.test(encoding) || /=(?![0-9A-Fa-f]{2})/.test(content);
  });
}
