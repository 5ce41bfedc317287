/**
 * The language of the search box, read into terms. Pure.
 *
 * Promises: every input is understood or told about; nothing in it becomes syntax of the database. What is not
 * understood is left out, with a fault that says where and what to write instead.
 */
import { readSize, readTime } from './query-values';

export type IndexedFolder = 'drop' | 'queue' | 'badmail' | 'pickup';
export type TextField = 'any' | 'from' | 'to' | 'subject';

export type Criterion =
  /** The words of the text in this order; the last one may go on when `isPrefix`. */
  | { readonly kind: 'text'; readonly field: TextField; readonly text: string; readonly isPrefix: boolean }
  /** Without text: the field is there. */
  | { readonly kind: 'header'; readonly name: string; readonly text?: string }
  | { readonly kind: 'attachment' }
  | { readonly kind: 'before' | 'after'; readonly at: number }
  | { readonly kind: 'larger' | 'smaller'; readonly bytes: number }
  | { readonly kind: 'server'; readonly id: number }
  | { readonly kind: 'in'; readonly folder: IndexedFolder }
  | { readonly kind: 'is'; readonly state: 'unread' | 'read' | 'starred' }
  | { readonly kind: 'tag'; readonly name: string }
  /** All that belongs together with the message of this name. */
  | { readonly kind: 'conversation'; readonly of: string };

export type Term = Criterion & { readonly isExcluded: boolean };

export interface QueryFault {
  /** Place in the input, counted from 0. */
  readonly at: number;
  readonly text: string;
}

export interface ReadQuery {
  readonly terms: readonly Term[];
  readonly faults: readonly QueryFault[];
}

export interface QueryContext {
  readonly nowMs: number;
  readonly servers: readonly { readonly id: number; readonly name: string }[];
}

const folders: readonly IndexedFolder[] = ['drop', 'queue', 'badmail', 'pickup'];
const states = ['unread', 'read', 'starred'] as const;
/** A query has no reason for more; each costs a look at the index. */
const mostTerms = 50;
const longestOperator = 'conversation:'.length;

interface Word {
  /** Where its value begins. */
  readonly at: number;
  readonly value: string;
  readonly isQuoted: boolean;
}

type Judged = Criterion | { readonly fault: string };
type Judge = (word: Word, context: QueryContext) => Judged;

const judges: Readonly<Record<string, Judge>> = {
  from: (word) => judgeText(word, 'from'),
  to: (word) => judgeText(word, 'to'),
  subject: (word) => judgeText(word, 'subject'),
  has: ({ value }) =>
    /^attachments?$/i.test(value)
      ? { kind: 'attachment' }
      : { fault: `has: takes "attachment" only; not "${value}".` },
  before: (word, context) => judgeTime('before', word, context),
  after: (word, context) => judgeTime('after', word, context),
  larger: (word) => judgeSize('larger', word),
  smaller: (word) => judgeSize('smaller', word),
  server: judgeServer,
  in: ({ value }) => {
    const folder = folders.find((name) => name === value.toLowerCase());
    return folder ? { kind: 'in', folder } : { fault: `in: takes ${folders.join(', ')}; not "${value}".` };
  },
  is: ({ value }) => {
    const state = states.find((name) => name === value.toLowerCase());
    return state ? { kind: 'is', state } : { fault: `is: takes ${states.join(', ')}; not "${value}".` };
  },
  tag: ({ value }) => ({ kind: 'tag', name: value }),
  conversation: ({ value }) => ({ kind: 'conversation', of: value }),
  header: judgeHeader,
};

/** Reads what somebody typed. */
export function readQuery(input: string, context: QueryContext): ReadQuery {
  const terms: Term[] = [];
  const faults: QueryFault[] = [];
  let at = 0;
  for (;;) {
    while (at < input.length && /\s/.test(input[at] as string)) at++;
    if (at >= input.length) break;
    if (terms.length === mostTerms) {
      faults.push({ at, text: `Only the first ${mostTerms} words of a search count. Leave some out.` });
      break;
    }
    const start = at;
    const isExcluded = input[at] === '-' && at + 1 < input.length && !/\s/.test(input[at + 1] as string);
    if (isExcluded) at++;
    const operator = /^([a-z]+):/i.exec(input.slice(at, at + longestOperator))?.[1];
    const name = operator?.toLowerCase() ?? '';
    const judge = Object.hasOwn(judges, name) ? judges[name] : undefined;
    if (judge) at += name.length + 1;
    const { word, next, isOpen } = readWord(input, at);
    if (isOpen) faults.push({ at: word.at, text: 'A quotation mark is not closed. Add one at the end.' });
    at = next;
    if (judge && word.value.trim() === '') {
      faults.push({ at: start, text: `Write what to look for after ${name}: without a space.` });
      continue;
    }
    const judged = judge ? judge(word, context) : judgeText(word, 'any');
    if ('fault' in judged) faults.push({ at: word.at, text: judged.fault });
    else terms.push({ ...judged, isExcluded });
  }
  return { terms, faults };
}

/** Up to the next space outside of quotation marks; the marks themselves are left out. */
function readWord(input: string, from: number): { word: Word; next: number; isOpen: boolean } {
  let value = '';
  let isQuoted = false;
  let isInside = false;
  let at = from;
  for (; at < input.length; at++) {
    const char = input[at] as string;
    if (char === '"') {
      isInside = !isInside;
      isQuoted = true;
    } else if (!isInside && /\s/.test(char)) break;
    else value += char;
  }
  return { word: { at: from, value, isQuoted }, next: at, isOpen: isInside };
}

/** The index knows words of letters and digits; everything else only parts them. */
const hasWords = (text: string): boolean => /[\p{L}\p{N}\p{Co}]/u.test(text);

function judgeText({ value, isQuoted }: Word, field: TextField): Judged {
  const text = value.replace(/\*+$/, '');
  if (!hasWords(text)) return { fault: `"${value}" has no letters or digits to look for.` };
  // "a phrase" is meant as it stands; from:"John Sm" is not a phrase but a value with a space.
  const isPrefix = !isQuoted || field !== 'any' || value.endsWith('*');
  return { kind: 'text', field, text, isPrefix };
}

function judgeTime(kind: 'before' | 'after', { value }: Word, { nowMs }: QueryContext): Judged {
  const at = readTime(value, nowMs);
  return at === undefined
    ? {
        fault: `"${value}" is no time. Write a day as 2026-11-24, or 7d, 12h, today, yesterday.`,
      }
    : { kind, at };
}

function judgeSize(kind: 'larger' | 'smaller', { value }: Word): Judged {
  const bytes = readSize(value);
  return bytes === undefined
    ? { fault: `"${value}" is no size. Write it as 500KB or 2MB.` }
    : { kind, bytes };
}

function judgeServer({ value }: Word, { servers }: QueryContext): Judged {
  const wanted = value.toLowerCase();
  const found =
    servers.find(({ name }) => name.toLowerCase() === wanted) ??
    servers.find(({ id }) => String(id) === wanted) ??
    servers.find(({ name }) => name.toLowerCase().includes(wanted));
  return found
    ? { kind: 'server', id: found.id }
    : { fault: `There is no virtual server "${value}". Write its name in quotation marks, or its number.` };
}

function judgeHeader({ value }: Word): Judged {
  const [name = ''] = value.split('=', 1);
  const text = value.length > name.length ? value.slice(name.length + 1).trim() : '';
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(name))
    return { fault: 'Write header:Name=value, for example header:X-Mailer=Outlook.' };
  if (text === '') return { kind: 'header', name: name.toLowerCase() };
  if (!hasWords(text)) return { fault: `"${text}" has no letters or digits to look for.` };
  return { kind: 'header', name: name.toLowerCase(), text };
}
