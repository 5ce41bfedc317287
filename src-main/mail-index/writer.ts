/** Writes messages into the cache and takes them out. Its caller holds the transaction. */
import { keysOf, topicDays } from './conversation';
import type { MessageFacts } from './message-file';
import type { IndexedFolder } from './query';
import { fieldWords, folderNumbers, placeWords } from './query-sql';
import type { Sqlite } from './sqlite';

export interface Place {
  readonly serverId: number;
  readonly folder: IndexedFolder;
  /** Name of the message as lists and calls have it. */
  readonly name: string;
}

export interface Writer {
  /** Replaces what was there of this message. `stamp` tells whether the file has changed since. */
  put(place: Place, stamp: string, facts: MessageFacts): void;
  remove(place: Place): void;
}

/** Messages of one millisecond that are told apart; more go into the next one. */
export const idsOfMillisecond = 1024;
const latest = 8_000_000_000_000;
const previewCharacters = 1000;
const shownRecipients = 100;
const dayMs = 86_400_000;

export function createWriter(db: Sqlite): Writer {
  const findId = db.prepare('SELECT id FROM message WHERE server = ? AND folder = ? AND name = ?');
  const lastId = db.prepare('SELECT max(id) AS id FROM message WHERE id >= ? AND id < ?');
  const putMessage = db.prepare('INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const putDetail = db.prepare('INSERT INTO detail VALUES (?, ?)');
  const putWords = db.prepare(
    'INSERT INTO words (rowid, from_text, to_text, subject, body, files, ids, fields, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const removals = ['message WHERE id', 'detail WHERE id', 'words WHERE rowid'].map((part) =>
    db.prepare(`DELETE FROM ${part} = ?`),
  );
  const findThread = db.prepare('SELECT conversation, at FROM thread WHERE key = ?');
  const putThread = db.prepare('INSERT OR REPLACE INTO thread VALUES (?, ?, ?)');
  const moveThread = db.prepare('UPDATE thread SET conversation = ? WHERE conversation = ?');
  const moveMessages = db.prepare('UPDATE message SET conversation = ? WHERE conversation = ?');

  /** Numbers grow with the time of receipt, so that the order of numbers is the order of lists. */
  function newId(received: number): number {
    let base = Math.min(Math.max(0, received), latest) * idsOfMillisecond;
    for (;;) {
      const { id } = lastId.get(base, base + idsOfMillisecond) as { id: number | null };
      const next = id === null ? base : id + 1;
      if (next < base + idsOfMillisecond) return next;
      base += idsOfMillisecond;
    }
  }

  function conversationOf(place: Place, id: number, facts: MessageFacts): number {
    const { names, topic } = keysOf({ ...facts, serverId: place.serverId });
    const known = new Set<number>();
    const note = (key: number, longestMs = Number.POSITIVE_INFINITY): void => {
      const row = findThread.get(key) as { conversation: number; at: number } | undefined;
      if (row && Math.abs(row.at - facts.received) <= longestMs) known.add(row.conversation);
    };
    for (const key of names) note(key);
    if (topic !== undefined) note(topic, topicDays * dayMs);
    const [conversation = id, ...others] = [...known].sort((one, other) => one - other);
    for (const other of others) {
      moveThread.run(conversation, other);
      moveMessages.run(conversation, other);
    }
    for (const key of topic === undefined ? names : [...names, topic])
      putThread.run(key, conversation, facts.received);
    return conversation;
  }

  function remove({ serverId, folder, name }: Place): void {
    const found = findId.get(serverId, folderNumbers[folder], name) as { id: number } | undefined;
    if (found) for (const removal of removals) removal.run(found.id);
  }

  return {
    put(place, stamp, facts) {
      remove(place);
      const { serverId, folder, name } = place;
      const id = newId(facts.received);
      const { headers, recipients, references, messageId } = facts;
      putMessage.run(
        id,
        serverId,
        folderNumbers[folder],
        name,
        stamp,
        facts.received,
        facts.size,
        facts.from,
        facts.subject,
        facts.sender,
        JSON.stringify(recipients.slice(0, shownRecipients)),
        facts.hasAttachments ? 1 : 0,
        facts.cause ?? null,
        facts.reason ?? null,
        conversationOf(place, id, facts),
      );
      putDetail.run(id, facts.body.slice(0, previewCharacters));
      putWords.run(
        id,
        facts.fromText,
        facts.toText,
        facts.subject,
        facts.body,
        facts.fileNames.join(' '),
        `${name} ${messageId} ${references.join(' ')}`,
        fieldWords(headers),
        `${placeWords(serverId, folder)}${facts.hasAttachments ? ' attached' : ''}`,
      );
    },
    remove,
  };
}
