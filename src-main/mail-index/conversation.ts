/**
 * Which conversation a message belongs to: by its own name and those it refers to, else by subject and people. Pure.
 * Names are kept as numbers of 48 bits: a rare wrong pair costs a row too many in a group.
 */
import { createHash } from 'node:crypto';

export interface ConversationKeys {
  /** The message and those it refers to. */
  readonly names: readonly number[];
  /** Subject and people; undefined when there is no subject to go by. */
  readonly topic?: number;
}

/** A message without references continues what was said about the same within this time. */
export const topicDays = 7;
const mostPeople = 20;

/** "AW: Re: [list] Fwd: Report" and "Report" are one subject. */
export function plainSubject(subject: string): string {
  let text = subject.trim().toLowerCase();
  for (;;) {
    const next = text.replace(/^(?:re|aw|antw|antwort|sv|vs|tr|rif|fw|fwd|wg)(?:\[\d{1,3}\])?\s*:\s*/i, '');
    if (next === text) return text.replace(/\s+/g, ' ').trim();
    text = next;
  }
}

export function keysOf(message: {
  readonly serverId: number;
  readonly messageId: string;
  readonly references: readonly string[];
  readonly subject: string;
  readonly fromText: string;
  readonly toText: string;
}): ConversationKeys {
  const { messageId, references, subject, fromText, toText } = message;
  const names = [...new Set([...references, ...(messageId === '' ? [] : [messageId])])].map((id) =>
    numberOf(`id ${id}`),
  );
  const plain = plainSubject(subject);
  if (plain === '' || references.length > 0) return { names };
  const people = new Set(
    `${fromText} ${toText}`.toLowerCase().match(/[^\s<>,;:"()]{1,64}@[^\s<>,;:"()]{1,255}/g) ?? [],
  );
  const who = [...people].sort().slice(0, mostPeople).join(' ');
  return { names, topic: numberOf(`topic ${message.serverId} ${plain} ${who}`) };
}

function numberOf(text: string): number {
  return createHash('md5').update(text).digest().readUIntBE(0, 6);
}
