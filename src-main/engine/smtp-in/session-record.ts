/**
 * What an inbound session and its client said to each other, for people who ask where their mail is.
 *
 * Promises: no credentials: nothing behind AUTH but the mechanism, no line that answers a challenge, and once AUTH
 *   was seen no line that is no command; bounded for each session (the beginning and the end are kept) and in all
 *   (a shared budget). Message content is told by its size alone.
 * Costs: a few short strings for each command.
 */
import type { DialogueLine } from '../core/dialogue';
import { ownText } from '../core/own-text';

export interface SessionRecord {
  /** A command line; `verb` is '?' for what is no command. */
  heardCommand(verb: string, line: string): void;
  /** An answer to a challenge, of which nothing is kept. */
  heardSecret(): void;
  /** Lines that go to the client, with their ends. */
  said(lines: string): void;
  /** Ours: "The connection is encrypted (TLSv1.3)". */
  note(text: string): void;
  lines(): DialogueLine[];
  /** How the session began, and what was said since the last MAIL, for its message; at most 200 lines. */
  transactionLines(): DialogueLine[];
  /** The last line that went to the client; '' before the greeting. */
  lastSaid(): string;
  /** Gives its share of the budget back. */
  forget(): void;
}

/** What all sessions of a listener may keep together, in characters. */
export interface RecordBudget {
  left: number;
}

export const createRecordBudget = (): RecordBudget => ({ left: 48 * 1024 * 1024 });

/** As many at the beginning and at the end of a session. */
const keptLines = 150;
const keptCharacters = 8 * 1024;
const longestLine = 512;
/** Of the transaction's lines, as many at its end and a few at its beginning. */
const openingLines = 50;
const transactionStartLines = 30;
const transactionEndLines = 118;
/** What a line costs besides its text. */
const lineOverhead = 64;

/** Words of HTTP, POP and IMAP, and what else comes to the wrong door; the rest of the line is nobody's business. */
const longestWord = 32;

export function createSessionRecord(now: () => number, budget: RecordBudget): SessionRecord {
  const head: DialogueLine[] = [];
  const tail: DialogueLine[] = [];
  let headCost = 0;
  let tailCost = 0;
  let leftOutAt: number | undefined;
  let hasSeenAuth = false;
  let isForgotten = false;
  let lastSaid = '';
  /** The first MAIL and the last, while they are kept. */
  let firstMail: DialogueLine | undefined;
  let lastMail: DialogueLine | undefined;
  let isMailNext = false;

  const costOf = (line: DialogueLine): number => line.text.length + lineOverhead;
  const dropFirst = (): void => {
    const first = tail.shift();
    if (!first) return;
    leftOutAt ??= first.at;
    tailCost -= costOf(first);
    budget.left += costOf(first);
  };
  const add = (side: DialogueLine['side'], text: string): void => {
    if (isForgotten) return;
    const line = {
      at: now(),
      side,
      text: text.length > longestLine ? ownText(`${text.slice(0, longestLine)}…`) : text,
    };
    if (isMailNext) {
      isMailNext = false;
      firstMail ??= line;
      lastMail = line;
    }
    const cost = costOf(line);
    if (
      leftOutAt === undefined &&
      tail.length === 0 &&
      head.length < keptLines &&
      headCost + cost <= keptCharacters
    ) {
      if (budget.left < cost) {
        leftOutAt = line.at;
        return;
      }
      head.push(line);
      headCost += cost;
      budget.left -= cost;
      return;
    }
    while (tail.length >= keptLines || (tail.length > 0 && tailCost + cost > keptCharacters)) dropFirst();
    if (budget.left < cost) {
      leftOutAt ??= line.at;
      return;
    }
    tail.push(line);
    tailCost += cost;
    budget.left -= cost;
  };

  return {
    heardCommand(verb, line) {
      if (verb === 'AUTH') hasSeenAuth = true;
      if (verb === 'MAIL') isMailNext = true;
      const shown = maskCommand(verb, line, hasSeenAuth);
      // Cut from the line, it would keep all of it.
      add('client', shown.length < line.length ? ownText(shown) : shown);
    },
    heardSecret: () => add('client', '(not shown)'),
    said(lines) {
      for (const line of lines.split('\r\n')) {
        if (line === '') continue;
        lastSaid = line.slice(0, longestLine);
        add('server', line);
      }
    },
    note: (text) => add('note', text),
    lines() {
      if (leftOutAt === undefined) return [...head, ...tail];
      const gap: DialogueLine = { at: leftOutAt, side: 'note', text: 'Lines are left out here' };
      return [...head, gap, ...tail];
    },
    transactionLines() {
      const all = [...head, ...tail];
      const indexOf = (line: DialogueLine | undefined): number => (line ? all.indexOf(line) : -1);
      const first = indexOf(firstMail);
      const opening = all.slice(0, Math.min(openingLines, first < 0 ? head.length : first));
      const found = indexOf(lastMail);
      // The MAIL itself was pushed out by what came behind it.
      const from = Math.max(opening.length, found < 0 && lastMail ? head.length : found);
      const own = all.slice(from);
      const isCut =
        own.length > transactionStartLines + transactionEndLines ||
        (leftOutAt !== undefined && from < head.length) ||
        (found < 0 && lastMail !== undefined);
      const gap = (at: number): DialogueLine => ({ at, side: 'note', text: 'Lines are left out here' });
      const between = from > opening.length ? [gap(all[opening.length]?.at ?? now())] : [];
      if (!isCut) return [...opening, ...between, ...own];
      const start = found < 0 ? [] : own.slice(0, transactionStartLines);
      const end = own.slice(Math.max(start.length, own.length - transactionEndLines));
      return [...opening, ...between, ...start, gap(end[0]?.at ?? now()), ...end];
    },
    lastSaid: () => lastSaid,
    forget() {
      isForgotten = true;
      budget.left += headCost + tailCost;
      headCost = 0;
      tailCost = 0;
    },
  };
}

/** SASL mechanisms consist of these (RFC 4422 section 3.1); another word behind AUTH may be the password itself. */
const mechanismName = /^[A-Z][A-Z0-9_-]{2,19}$/;

/** A command line as it may be shown. Pure. */
export function maskCommand(verb: string, line: string, hasSeenAuth: boolean): string {
  if (verb === 'AUTH') {
    const [, mechanism = '', initial] = line.trim().split(/[ \t]+/, 3);
    if (!mechanismName.test(mechanism.toUpperCase())) return mechanism === '' ? 'AUTH' : 'AUTH (not shown)';
    return initial === undefined ? `AUTH ${mechanism}` : `AUTH ${mechanism} (not shown)`;
  }
  if (verb !== '?') return line.trim();
  if (hasSeenAuth) return `(${line.length} characters that are no command)`;
  const [word = ''] = line.trim().split(/\s/, 1);
  const isWhole = word.length === line.trim().length && word.length <= longestWord;
  return isWhole ? word : `${word.slice(0, longestWord)} …`;
}
