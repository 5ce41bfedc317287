/**
 * Waiting groups in columns: what lists are filtered and sorted by, and totals are made of. Some hundred bytes for each,
 * however many wait: texts that many share stand there once.
 */
import type { QueueId } from '../core/ids';

/** Of a long list of recipients the rest is looked up in the file. */
const longestText = 1000;

export interface GroupFacts {
  readonly destination: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  /** The reply, or what stands in its place; '' is none. */
  readonly error: string;
  readonly lastAt: number;
  readonly arrivedAt: number;
  readonly nextAttemptAt: number;
  readonly sizeBytes: number;
  readonly attempts: number;
  readonly isHeld: boolean;
  readonly isForTrigger: boolean;
}

/** Each text once, as long as somebody has it. */
class Texts {
  readonly #numbers = new Map<string, number>();
  readonly #values: string[] = [];
  readonly #counts: number[] = [];
  readonly #free: number[] = [];

  take(value: string): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.#free.pop() ?? this.#values.length;
      this.#numbers.set(value, number);
      this.#values[number] = value;
      this.#counts[number] = 0;
    }
    this.#counts[number] = (this.#counts[number] ?? 0) + 1;
    return number;
  }

  drop(number: number): void {
    const count = (this.#counts[number] ?? 0) - 1;
    this.#counts[number] = count;
    if (count > 0) return;
    this.#numbers.delete(this.get(number));
    this.#values[number] = '';
    this.#free.push(number);
  }

  get(number: number): string {
    return this.#values[number] ?? '';
  }
}

const held = 1;
const forTrigger = 2;
const cut = 4;
const none = -1;

export class CatalogueTable {
  readonly destinations = new Texts();
  readonly senders = new Texts();
  readonly errors = new Texts();
  readonly #firstOf = new Map<QueueId, number>();
  readonly #queueIds: (QueueId | undefined)[] = [];
  /** In lower case, one behind the other. */
  readonly #recipients: string[] = [];
  readonly #free: number[] = [];
  /** Groups of one message lead to each other. */
  #next = new Int32Array(1024);
  #destination = new Uint32Array(1024);
  #sender = new Uint32Array(1024);
  #error = new Uint32Array(1024);
  #recipientCount = new Uint32Array(1024);
  #attempts = new Uint32Array(1024);
  #flags = new Uint8Array(1024);
  #size = new Float64Array(1024);
  #arrivedAt = new Float64Array(1024);
  #nextAttemptAt = new Float64Array(1024);
  #lastAt = new Float64Array(1024);

  /** Messages in it. */
  get messages(): number {
    return this.#firstOf.size;
  }

  /** Rows, those that are free included. */
  get length(): number {
    return this.#queueIds.length;
  }

  has(queueId: QueueId): boolean {
    return this.#firstOf.has(queueId);
  }

  /** Undefined: the row is free. */
  queueIdOf(row: number): QueueId | undefined {
    return this.#queueIds[row];
  }

  destinationOf = (row: number): number => this.#destination[row] as number;
  senderOf = (row: number): number => this.#sender[row] as number;
  errorOf = (row: number): number => this.#error[row] as number;
  recipientCountOf = (row: number): number => this.#recipientCount[row] as number;
  attemptsOf = (row: number): number => this.#attempts[row] as number;
  sizeOf = (row: number): number => this.#size[row] as number;
  arrivedAtOf = (row: number): number => this.#arrivedAt[row] as number;
  nextAttemptAtOf = (row: number): number => this.#nextAttemptAt[row] as number;
  lastAtOf = (row: number): number => this.#lastAt[row] as number;
  isHeld = (row: number): boolean => ((this.#flags[row] as number) & held) !== 0;
  isForTrigger = (row: number): boolean => ((this.#flags[row] as number) & forTrigger) !== 0;

  /** `part` in lower case; 'unknown': only the file can tell. */
  hasRecipient(row: number, part: string): boolean | 'unknown' {
    if (this.#recipients[row]?.includes(part)) return true;
    return ((this.#flags[row] as number) & cut) !== 0 ? 'unknown' : false;
  }

  put(queueId: QueueId, groups: readonly GroupFacts[]): void {
    this.remove(queueId);
    let next = none;
    for (const group of groups) next = this.#add(queueId, group, next);
    this.#firstOf.set(queueId, next);
  }

  remove(queueId: QueueId): void {
    const first = this.#firstOf.get(queueId);
    if (first === undefined) return;
    this.#firstOf.delete(queueId);
    for (let row = first; row !== none; row = this.#next[row] as number) {
      this.destinations.drop(this.destinationOf(row));
      this.senders.drop(this.senderOf(row));
      this.errors.drop(this.errorOf(row));
      this.#queueIds[row] = undefined;
      this.#recipients[row] = '';
      this.#free.push(row);
    }
  }

  #add(queueId: QueueId, facts: GroupFacts, next: number): number {
    const row = this.#free.pop() ?? this.#queueIds.length;
    if (row >= this.#next.length) this.#grow();
    const text = facts.recipients.slice(0, longestText).join('\n').toLowerCase();
    const isCut = text.length > longestText || facts.recipients.length > longestText;
    this.#queueIds[row] = queueId;
    this.#recipients[row] = isCut ? copyOf(text.slice(0, longestText)) : text;
    this.#next[row] = next;
    this.#destination[row] = this.destinations.take(facts.destination);
    this.#sender[row] = this.senders.take(facts.sender);
    this.#error[row] = this.errors.take(facts.error);
    this.#recipientCount[row] = facts.recipients.length;
    this.#attempts[row] = facts.attempts;
    this.#flags[row] = (facts.isHeld ? held : 0) | (facts.isForTrigger ? forTrigger : 0) | (isCut ? cut : 0);
    this.#size[row] = facts.sizeBytes;
    this.#arrivedAt[row] = facts.arrivedAt;
    this.#nextAttemptAt[row] = facts.nextAttemptAt;
    this.#lastAt[row] = facts.lastAt;
    return row;
  }

  #grow(): void {
    const length = 2 * this.#next.length;
    const into = <T extends { set(from: T): void }>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.#next = into(new Int32Array(length), this.#next);
    this.#destination = into(new Uint32Array(length), this.#destination);
    this.#sender = into(new Uint32Array(length), this.#sender);
    this.#error = into(new Uint32Array(length), this.#error);
    this.#recipientCount = into(new Uint32Array(length), this.#recipientCount);
    this.#attempts = into(new Uint32Array(length), this.#attempts);
    this.#flags = into(new Uint8Array(length), this.#flags);
    this.#size = into(new Float64Array(length), this.#size);
    this.#arrivedAt = into(new Float64Array(length), this.#arrivedAt);
    this.#nextAttemptAt = into(new Float64Array(length), this.#nextAttemptAt);
    this.#lastAt = into(new Float64Array(length), this.#lastAt);
  }
}

/** Part of a string keeps the whole of it in memory. */
const copyOf = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
