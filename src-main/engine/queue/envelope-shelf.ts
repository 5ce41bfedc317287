/**
 * Envelopes in memory: those in use, and the ones used last, as far as there is room. The others rest in their files,
 * and are read when they are needed.
 *
 * Owns: which envelopes of resting messages stay in memory; the files being read.
 * Promises: what rests takes no more memory than the bound, however long the queue is; few files are read at once.
 * Trusts: `read`, which answers for damage itself.
 * Fails: never by itself; `load` answers undefined when the message is gone or cannot be read now.
 */
import type { Envelope } from '../core/envelope';
import type { QueueId } from '../core/ids';
import type { Entry } from './entry';
import { Line } from './line';
import type { Reading, ReadMessage } from './message-reader';

export interface EnvelopeShelfOptions {
  readonly read: ReadMessage;
  /** Moves the times of a file to the queue's time. */
  readonly inQueueTime: (entry: Entry, envelope: Envelope) => Envelope;
  /** Reads a file as it is. */
  readonly peek: (queueId: QueueId) => Promise<Envelope | undefined>;
  readonly mostBytes: number;
  /** The message is gone from the folder. */
  readonly onGone: (entry: Entry) => void;
  /** It cannot be read now. */
  readonly onUnreadable: (entry: Entry, reason: string) => void;
}

const readsAtOnce = 16;
/** What an envelope costs in memory, roughly: itself, and each recipient with the last reply. */
const envelopeBytes = 1000;
const recipientBytes = 700;

export class EnvelopeShelf {
  readonly #options: EnvelopeShelfOptions;
  /** At rest and in memory; the one that was used last is at the end. */
  readonly #resting = new Line<Entry>();
  /** What each of them costs. */
  readonly #costs = new Map<Entry, number>();
  #restingBytes = 0;
  readonly #loading = new Map<Entry, Promise<Envelope | undefined>>();
  #reading = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: EnvelopeShelfOptions) {
    this.#options = options;
  }

  /** The envelope stays in memory until the entry rests again. */
  keep(entry: Entry): void {
    if (!this.#resting.delete(entry)) return;
    this.#restingBytes -= this.#costs.get(entry) ?? 0;
    this.#costs.delete(entry);
  }

  /** The envelope may go when others need room. */
  rest(entry: Entry): void {
    this.keep(entry);
    if (!entry.envelope) return;
    const bytes = envelopeBytes + recipientBytes * entry.envelope.recipients.length;
    this.#resting.add(entry);
    this.#costs.set(entry, bytes);
    this.#restingBytes += bytes;
    for (let oldest = this.#resting.first(); oldest; oldest = this.#resting.first()) {
      if (this.#restingBytes <= this.#options.mostBytes) break;
      this.keep(oldest);
      oldest.envelope = undefined;
    }
  }

  /** Brings the envelope into memory, where it is at the moment when this resolves. */
  load(entry: Entry): Promise<Envelope | undefined> {
    if (entry.envelope) return Promise.resolve(entry.envelope);
    let loading = this.#loading.get(entry);
    if (!loading) {
      loading = this.#load(entry).finally(() => this.#loading.delete(entry));
      this.#loading.set(entry, loading);
    }
    return loading;
  }

  /** A look that changes nothing: what rests goes on resting. Undefined: it cannot be read. */
  async peek(entry: Entry): Promise<Envelope | undefined> {
    if (entry.envelope) return entry.envelope;
    const envelope = await this.#inTurn(() => this.#options.peek(entry.queueId));
    return envelope && this.#options.inQueueTime(entry, envelope);
  }

  async #load(entry: Entry): Promise<Envelope | undefined> {
    const reading = await this.#read(entry);
    if (entry.envelope) return entry.envelope;
    if (reading.kind === 'gone') this.#options.onGone(entry);
    else if (reading.kind === 'unreadable') this.#options.onUnreadable(entry, reading.reason);
    else {
      const envelope = this.#options.inQueueTime(entry, reading.envelope);
      entry.put(envelope);
      return envelope;
    }
    return undefined;
  }

  #read(entry: Entry): Promise<Reading> {
    const isFirst = entry.waitingCount === undefined;
    return this.#inTurn(() => this.#options.read(entry.queueId, { isFirst }));
  }

  async #inTurn<T>(read: () => Promise<T>): Promise<T> {
    while (this.#reading >= readsAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#reading++;
    try {
      return await read();
    } finally {
      this.#reading--;
      this.#waiting.shift()?.();
    }
  }
}
