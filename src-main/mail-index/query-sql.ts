/**
 * Terms of a query as conditions of the database. Pure. Whatever came from a person or a message is a bound value,
 * or a quoted string of the full-text index.
 */
import type { IndexedFolder, Term, TextField } from './query';
import type { Value } from './sqlite';
import { foldText } from './words';

export const folderNumbers: Readonly<Record<IndexedFolder, number>> = {
  drop: 0,
  queue: 1,
  badmail: 2,
  pickup: 3,
};

export interface Scope {
  readonly serverId?: number | undefined;
  readonly folders?: readonly IndexedFolder[] | undefined;
}

export interface Conditions {
  /** For the full-text index; undefined: it is not needed. */
  readonly match?: string;
  /** On `m` (message) and `k` (its marks). */
  readonly where: readonly string[];
  readonly values: readonly Value[];
  readonly needsMarks: boolean;
}

/** What came in before marks were kept counts as read: an old folder is no news. */
export const isReadSql = 'coalesce(k.is_read, m.received < (SELECT at FROM marks.since))';

const columns: Readonly<Record<TextField, string>> = {
  any: '{from_text to_text subject body files ids}',
  from: 'from_text',
  to: 'to_text',
  subject: 'subject',
};

/** A string of the full-text index: inside of the marks nothing has a meaning but a mark. */
const quote = (text: string): string => `"${text.replaceAll('\u0000', ' ').replaceAll('"', '""')}"`;

/** How a header's name stands in the index: one word. */
const headerWord = (name: string): string => `x${name.toLowerCase().replace(/[^a-z0-9]/g, '')}`;
/** A private character, which the index takes for a letter: name and word of the value are one word to it. */
const joint = '\ue000';

const mostFieldWords = 40;
const mostHeaderWords = 400;

const wordsOf = (text: string): string[] => foldText(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** What stands in the index about the header: each name, and each word of a value together with its name. */
export function fieldWords(headers: ReadonlyMap<string, string>): string {
  const words: string[] = [];
  for (const [name, value] of headers) {
    const own = headerWord(name);
    words.push(own);
    for (const word of wordsOf(value).slice(0, mostFieldWords)) words.push(own + joint + word);
    if (words.length >= mostHeaderWords) break;
  }
  return words.join(' ');
}

/** All words of the value, the last of them as its beginning. */
function fieldMatch(name: string, text: string): string {
  const own = headerWord(name);
  const words = wordsOf(text);
  const found = words.map(
    (word, at) => `fields : (${quote(own + joint + word)}${at === words.length - 1 ? ' *' : ''})`,
  );
  return found.length === 0 ? `fields : ${quote(own)}` : `(${found.join(' AND ')})`;
}

const scopeWord = (serverId: number): string => `s${serverId}`;
const folderWord = (folder: IndexedFolder): string => `f${folder}`;
/** What stands in the index about the place of a message. */
export const placeWords = (serverId: number, folder: IndexedFolder): string =>
  `${scopeWord(serverId)} ${folderWord(folder)}`;

function matchOf(term: Term): string | undefined {
  switch (term.kind) {
    case 'text':
      return `${columns[term.field]} : (${quote(term.text)}${term.isPrefix ? ' *' : ''})`;
    case 'header':
      return fieldMatch(term.name, term.text ?? '');
    case 'attachment':
      return 'place : "attached"';
    case 'server':
      return `place : ${quote(scopeWord(term.id))}`;
    case 'in':
      return `place : ${quote(folderWord(term.folder))}`;
    default:
      return undefined;
  }
}

function conditionOf(term: Term): { sql: string; values: Value[] } | undefined {
  switch (term.kind) {
    case 'before':
      return { sql: 'm.received < ?', values: [term.at] };
    case 'after':
      return { sql: 'm.received >= ?', values: [term.at] };
    case 'larger':
      return { sql: 'm.size > ?', values: [term.bytes] };
    case 'smaller':
      return { sql: 'm.size < ?', values: [term.bytes] };
    case 'is':
      if (term.state === 'starred') return { sql: 'coalesce(k.is_starred, 0) = 1', values: [] };
      return { sql: `${isReadSql} = ${term.state === 'read' ? 1 : 0}`, values: [] };
    case 'conversation':
      return {
        sql: 'm.conversation IN (SELECT c.conversation FROM message c WHERE c.name = ?)',
        values: [term.of],
      };
    case 'tag':
      return {
        sql: `EXISTS (SELECT 1 FROM json_each(coalesce(k.tags, '[]')) WHERE lower(value) = ?)`,
        values: [term.name.toLowerCase()],
      };
    default:
      return undefined;
  }
}

/** `server:` and `in:` name places, any of which will do; all other terms must hold together. */
export function compileQuery(terms: readonly Term[], scope: Scope = {}): Conditions {
  const all: string[] = [];
  const where: string[] = [];
  const values: Value[] = [];
  const places = { server: [] as string[], in: [] as string[] };
  for (const term of terms) {
    const match = matchOf(term);
    if (term.isExcluded) {
      const found = match && 'm.id IN (SELECT rowid FROM words WHERE words MATCH ?)';
      const condition = conditionOf(term);
      where.push(`NOT (${[found, condition?.sql].filter(Boolean).join(' AND ')})`);
      values.push(...(match ? [match] : []), ...(condition?.values ?? []));
      continue;
    }
    if (match && (term.kind === 'server' || term.kind === 'in')) places[term.kind].push(match);
    else if (match) all.push(match);
    const condition = conditionOf(term);
    if (!condition) continue;
    where.push(condition.sql);
    values.push(...condition.values);
  }
  if (scope.serverId !== undefined) all.push(`place : ${quote(scopeWord(scope.serverId))}`);
  const wanted = scope.folders ?? [];
  if (wanted.length > 0)
    all.push(`(${wanted.map((folder) => `place : ${quote(folderWord(folder))}`).join(' OR ')})`);
  for (const any of [places.server, places.in]) if (any.length > 0) all.push(`(${any.join(' OR ')})`);
  return {
    ...(all.length > 0 ? { match: all.join(' AND ') } : {}),
    where,
    values,
    needsMarks: terms.some(({ kind }) => kind === 'is' || kind === 'tag'),
  };
}
