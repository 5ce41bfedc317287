/**
 * The one door into the queue: SMTP sessions, Pickup, notifications and test messages come in here.
 *
 * Owns: messages on their way in. Small ones stay in memory until they are written once; large ones go to
 *   the Queue folder as they come.
 * Promises: when `commit` resolves, content and envelope are on stable storage; when it rejects, nothing is
 *   left. `refusal` never waits for the disk.
 * Trusts: that the source sends CRLF line endings and has unstuffed dots. Header bytes are not trusted.
 * Fails: with Problem 'disk-full' or 'folder-unusable', 'unavailable' after `close`.
 */

import type { ServerSettings } from '../../settings/schema';
import type { Clock } from '../core/clock';
import { wholeReadLimitBytes } from '../core/content';
import type { Envelope, EnvelopeDraft } from '../core/envelope';
import type { Emit } from '../core/event';
import type { QueueId } from '../core/ids';
import type { AcceptedMessage, IntakeOptions, IntakeTransaction, MessageIntake } from '../core/intake';
import { Problem, reasonOf, systemCodeOf } from '../core/problem';
import { createStatus, type SmtpStatus } from '../core/smtp-status';
import { freeBytesOf } from '../disk/durable';
import { createFreeSpace, defaultMinFreeBytes, freeBytesNeeded } from './free-space';
import { createHeaderEndFinder, longestHeaderBytes } from './header-scan';
import { type StampedHeader, stampHeader } from './header-stamp';
import { joinPieces, PieceList } from './piece-list';
import type { ContentSpool, QueueStore } from './store';

export interface IntakeSetup {
  readonly serverId: number;
  readonly store: QueueStore;
  readonly settings: () => ServerSettings;
  readonly fqdn: () => string;
  readonly productVersion: string;
  readonly clock: Clock;
  readonly createQueueId: () => QueueId;
  readonly emit: Emit;
  /** Called once for each message, when it is durable; `commit` resolves behind it. Must not reject. */
  readonly onAccepted: (envelope: Envelope) => Promise<void> | undefined | void;
  /** Mail is refused while less is free on the Queue volume; default 16 MiB. */
  readonly minFreeBytes?: number;
}

export interface Intake extends MessageIntake {
  /** Gives up what is still coming in, and waits for commits that are under way. */
  close(): Promise<void>;
}

const diskLow = createStatus(452, '4.3.1', 'Insufficient system storage');
const stopped = createStatus(421, '4.3.2', 'Service not available, closing transmission channel');

/** A large message is written in pieces of about this size. */
const spoolBatchBytes = 256 * 1024;

export function createIntake(setup: IntakeSetup): Intake {
  const minFreeBytes = setup.minFreeBytes ?? defaultMinFreeBytes;
  const freeSpace = createFreeSpace(() => freeBytesOf(setup.store.folder), setup.clock);
  const open = new Set<IncomingMessage>();
  const commits = new Set<Promise<unknown>>();
  let isClosed = false;

  return {
    open(draft, options) {
      const message = new IncomingMessage(setup, draft, options, {
        isClosed: () => isClosed,
        ended: () => open.delete(message),
        committing(commit) {
          commits.add(commit);
          const forget = (): unknown => commits.delete(commit);
          commit.then(forget, forget);
        },
      });
      open.add(message);
      return message;
    },
    refusal(): SmtpStatus | undefined {
      if (isClosed) return stopped;
      const needed = freeBytesNeeded(minFreeBytes, setup.settings().maxMessageKb);
      return freeSpace.bytes() < needed ? diskLow : undefined;
    },
    async close() {
      isClosed = true;
      await Promise.allSettled([...[...open].map((message) => message.abort()), ...commits]);
    },
  };
}

/** What a message tells the door about itself. */
interface Door {
  isClosed(): boolean;
  ended(): void;
  committing(commit: Promise<unknown>): void;
}

class IncomingMessage implements IntakeTransaction {
  readonly queueId: QueueId;
  readonly #setup: IntakeSetup;
  readonly #draft: EnvelopeDraft;
  readonly #options: IntakeOptions;
  readonly #door: Door;
  readonly #longestHeaderBytes: number;
  readonly #headerEnd = createHeaderEndFinder();
  /** Header bytes until the header is complete, then what is not yet written. */
  readonly #pieces = new PieceList();
  #header: StampedHeader | undefined;
  #sizeBytes = 0;
  #state: 'open' | 'committing' | 'ended' = 'open';
  #spool: ContentSpool | undefined;
  /** Writing of a large message, one batch after another; never rejects. */
  #spooling: Promise<void> | undefined;
  #failure: unknown;

  constructor(setup: IntakeSetup, draft: EnvelopeDraft, options: IntakeOptions, door: Door) {
    this.queueId = setup.createQueueId();
    this.#setup = setup;
    this.#draft = draft;
    this.#options = options;
    this.#door = door;
    // A Bcc line that is to go must not slip through at the end of what was searched.
    this.#longestHeaderBytes = options.isBccStripped ? wholeReadLimitBytes : longestHeaderBytes;
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#state !== 'open' || this.#failure !== undefined || chunk.length === 0) return undefined;
    if (this.#header) {
      this.#pieces.push(chunk);
      this.#sizeBytes += chunk.length;
    } else {
      const end = this.#headerEnd.push(chunk);
      this.#pieces.push(end < 0 ? chunk : chunk.subarray(0, end));
      if (end < 0 && this.#pieces.sizeBytes < this.#longestHeaderBytes) return undefined;
      this.#stamp({ isWhole: end >= 0 });
      if (end >= 0 && end < chunk.length) {
        this.#pieces.push(chunk.subarray(end));
        this.#sizeBytes += chunk.length - end;
      }
    }
    const enough = this.#spooling ? spoolBatchBytes : wholeReadLimitBytes;
    return this.#pieces.sizeBytes > enough ? this.#spoolBatch() : undefined;
  }

  async commit(): Promise<AcceptedMessage> {
    if (this.#state !== 'open' || this.#door.isClosed()) {
      throw new Problem('unavailable', 'The queue takes no more mail, or the message was given up before.');
    }
    if (this.#draft.recipients.length === 0) {
      throw new Problem('invalid', 'A message needs at least one recipient.', 'recipients');
    }
    this.#state = 'committing';
    const commit = this.#commit();
    this.#door.committing(commit);
    try {
      return await commit;
    } finally {
      this.#end();
    }
  }

  async abort(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#end();
    this.#pieces.take();
    await this.#spooling;
    await this.#spool?.discard();
  }

  async #commit(): Promise<AcceptedMessage> {
    const { store, serverId, emit, onAccepted } = this.#setup;
    const header = this.#header ?? this.#stamp();
    const envelope = this.#envelope(header);
    await this.#spooling;
    try {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#spool) {
        await this.#spool.write(this.#pieces.take());
        await this.#spool.accept(envelope);
      } else {
        await store.accept(envelope, this.#pieces.take());
      }
    } catch (error) {
      await this.#spool?.discard();
      throw writeProblem(error, store.folder);
    }
    const isTraced = onAccepted(envelope);
    // Before its first attempt can begin: who reads along misses nothing.
    emit({ type: 'message-accepted', serverId, queueId: this.queueId, source: envelope.source });
    emit({ type: 'folder-changed', serverId, folder: 'queue' });
    if (isTraced) await isTraced;
    return { queueId: this.queueId, messageId: envelope.messageId, sizeBytes: envelope.sizeBytes };
  }

  #end(): void {
    this.#state = 'ended';
    this.#door.ended();
  }

  /** The header is as complete as it gets: what we add goes on top. */
  #stamp({ isWhole = true } = {}): StampedHeader {
    const { clock, fqdn, productVersion } = this.#setup;
    const { sender, source } = this.#draft;
    const { defaultSender } = this.#setup.settings();
    // What an operator sends again keeps its envelope, the null reverse-path too.
    const isOwnNotification = source.kind === 'notification' || (source.kind === 'resend' && sender === '');
    const at = clock.now();
    const header = stampHeader(joinPieces(this.#pieces.take()), {
      ...this.#options,
      queueId: this.queueId,
      fqdn: fqdn(),
      productVersion,
      at,
      offsetMinutes: -new Date(at).getTimezoneOffset(),
      // In a header that was not seen to its end somebody may still be named.
      ...(isWhole ? { identity: { sender, defaultSender, isOwnNotification } } : {}),
    });
    for (const piece of header.pieces) {
      this.#pieces.push(piece);
      this.#sizeBytes += piece.length;
    }
    this.#header = header;
    return header;
  }

  #envelope(header: StampedHeader): Envelope {
    const arrivedAt = this.#setup.clock.now();
    return {
      version: 1,
      ...this.#draft,
      sender: header.sender ?? this.#draft.sender,
      queueId: this.queueId,
      serverId: this.#setup.serverId,
      recipients: this.#draft.recipients.map((recipient) => ({
        ...recipient,
        attempts: 0,
        nextAttemptAt: arrivedAt + (this.#options.delayMs ?? 0),
      })),
      arrivedAt,
      sizeBytes: this.#sizeBytes,
      hopCount: header.hopCount,
      messageId: header.messageId,
      subject: header.subject,
    };
  }

  #spoolBatch(): Promise<void> {
    const pieces = this.#pieces.take();
    const before = this.#spooling;
    const run = async (): Promise<void> => {
      await before;
      if (this.#failure !== undefined || this.#state === 'ended') return;
      try {
        this.#spool ??= await this.#setup.store.openSpool(this.queueId);
        await this.#spool.write(pieces);
      } catch (error) {
        this.#failure = error;
      }
    };
    this.#spooling = run();
    return this.#spooling;
  }
}

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What a person can do about a failed write. */
function writeProblem(error: unknown, folder: string): Problem {
  if (error instanceof Problem) return error;
  return fullCodes.has(systemCodeOf(error) ?? '')
    ? new Problem(
        'disk-full',
        `There is no room left in ${folder}. Free some space on its volume.`,
        undefined,
        {
          cause: error,
        },
      )
    : new Problem(
        'folder-unusable',
        `The folder ${folder} cannot be written: ${reasonOf(error)}`,
        undefined,
        {
          cause: error,
        },
      );
}
