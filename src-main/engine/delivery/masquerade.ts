/**
 * "Masquerade domain": outgoing mail whose sender is of a local domain, or of none, comes from another domain. Pure.
 *
 * Promises: only addresses in From fields change; every other byte of a message stays as it is; linear and bounded.
 *   What cannot be read for certain (an open quote, an address literal) is left alone.
 * Trusts: nothing in the message.
 */
import type { ServerSettings } from '../../settings/schema';
import { domainOf, localPartOf, normaliseDomain } from '../core/address';
import { editHeader } from './header-edit';

export interface Masquerade {
  /** Stands for the local domains. */
  readonly domain: string;
  /** Normalised. */
  readonly localDomains: ReadonlySet<string>;
}

/** By object identity: settings are replaced as a whole when they change. */
const known = new WeakMap<ServerSettings, Masquerade>();

/** Undefined: nothing is replaced. */
export function masqueradeOf(settings: ServerSettings): Masquerade | undefined {
  if (settings.masqueradeDomain === '') return undefined;
  let masquerade = known.get(settings);
  if (!masquerade) {
    const local = settings.domains.filter(({ type }) => type !== 'remote');
    masquerade = {
      domain: settings.masqueradeDomain,
      localDomains: new Set(local.map(({ name }) => normaliseDomain(name))),
    };
    known.set(settings, masquerade);
  }
  return masquerade;
}

/** An envelope sender; the null reverse-path stays null. */
export function masqueradeSender(sender: string, { domain, localDomains }: Masquerade): string {
  const isLocal = sender !== '' && localDomains.has(domainOf(sender));
  return isLocal ? `${localPartOf(sender)}@${domain}` : sender;
}

/**
 * The same block with other From fields; the block itself when there is nothing to replace.
 *
 * @param block the header of a message with its blank line, or all of a message
 */
export function masqueradeHeader(block: Buffer, masquerade: Masquerade): Buffer {
  return editHeader(block, (name, value) => {
    if (name !== 'from') return undefined;
    const replaced = masqueradeFrom(value, masquerade);
    return replaced === value ? undefined : { value: replaced };
  });
}

interface Word {
  readonly from: number;
  readonly to: number;
}

/** One address while it is read. */
interface Mailbox {
  /** Atoms and quoted strings in front of, or instead of, angle brackets. */
  words: Word[];
  angle: Word[] | undefined;
  /** The last at sign of the address itself. */
  at: number;
}

const emptyMailbox = (): Mailbox => ({ words: [], angle: undefined, at: -1 });

/**
 * The value of a From field with other domains (RFC 5322 section 3.4).
 *
 * @param value everything behind the colon, one character a byte, line breaks included
 */
export function masqueradeFrom(value: string, { domain, localDomains }: Masquerade): string {
  const edits: { from: number; to: number; text: string }[] = [];
  let mailbox = emptyMailbox();
  let isInAngle = false;

  const finish = (): void => {
    const { words, angle, at } = mailbox;
    const address = angle ?? words;
    mailbox = emptyMailbox();
    if (at >= 0) {
      const found = domainAt(value, at + 1);
      if (found && localDomains.has(normaliseDomain(value.slice(found.from, found.to))))
        edits.push({ ...found, text: domain });
      return;
    }
    const [only, ...more] = address;
    if (only && more.length === 0 && isLocalPart(value.slice(only.from, only.to)))
      edits.push({ from: only.to, to: only.to, text: `@${domain}` });
  };

  for (let at = 0; at < value.length; ) {
    const char = value[at] as string;
    const words = isInAngle && mailbox.angle ? mailbox.angle : mailbox.words;
    if (char === '(' || char === '"' || char === '[') {
      const end = char === '(' ? commentEnd(value, at) : closedAt(value, at + 1, char === '"' ? '"' : ']');
      if (end < 0) return value;
      if (char !== '(') words.push({ from: at, to: end });
      at = end;
      continue;
    }
    if (char === '<') {
      if (isInAngle || mailbox.angle) return value;
      isInAngle = true;
      mailbox.angle = [];
      mailbox.at = -1;
    } else if (char === '>') {
      if (!isInAngle) return value;
      isInAngle = false;
    } else if (isInAngle && char === ':') {
      // What stood before was a route (RFC 5322 section 4.4).
      mailbox.angle = [];
      mailbox.at = -1;
    } else if (!isInAngle && char === ':') mailbox = emptyMailbox();
    else if (!isInAngle && (char === ',' || char === ';')) finish();
    else if (char === '@') {
      if (isInAngle || !mailbox.angle) mailbox.at = at;
    } else if (isAtomChar(char)) {
      let end = at + 1;
      while (end < value.length && isAtomChar(value[end] as string)) end++;
      words.push({ from: at, to: end });
      at = end;
      continue;
    }
    at++;
  }
  if (isInAngle) return value;
  finish();
  let result = '';
  let kept = 0;
  for (const { from, to, text } of edits) {
    result += value.slice(kept, from) + text;
    kept = to;
  }
  return result + value.slice(kept);
}

/** Everything but white space and what has a meaning in an address list; bytes above 127 too. */
const isAtomChar = (char: string): boolean =>
  char > ' ' && !'()<>[]:;@\\,"'.includes(char) && char !== '\u007f';

/** A word that can be an address without a domain; quoted and encoded words are names. */
const isLocalPart = (word: string): boolean =>
  word.length <= 64 && /^[\u0021-\u007e]+$/.test(word) && !/^(?:=\?|[["])/.test(word);

/** The domain behind an at sign, when it is written in one piece. */
function domainAt(value: string, start: number): Word | undefined {
  let from = start;
  while (from < value.length && /[ \t\r\n]/.test(value[from] as string)) from++;
  let to = from;
  while (to < value.length && to - from <= 256 && /[A-Za-z0-9._-]/.test(value[to] as string)) to++;
  const next = value[to];
  return to > from && (next === undefined || /[ \t\r\n>,;()]/.test(next)) ? { from, to } : undefined;
}

/** Index after the closing sign; -1 when there is none. */
function closedAt(value: string, start: number, end: '"' | ']'): number {
  for (let at = start; at < value.length; at++) {
    if (value[at] === '\\') at++;
    else if (value[at] === end) return at + 1;
  }
  return -1;
}

function commentEnd(value: string, start: number): number {
  let depth = 0;
  for (let at = start; at < value.length; at++) {
    const char = value[at];
    if (char === '\\') at++;
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return at + 1;
  }
  return -1;
}
