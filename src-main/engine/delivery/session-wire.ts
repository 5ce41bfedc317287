/**
 * Puts one outgoing connection into lines: for whoever reads along with a message, and for the protocol log.
 *
 * Promises: credentials never get here (the SMTP client masks them); lines are bounded in length and free of
 *   control characters; when nobody reads along and no log is kept, a connection that is open costs nothing.
 */
import type { Clock } from '../core/clock';
import type { Target } from '../core/delivery';
import type { DialogueLine } from '../core/dialogue';
import type { QueueId } from '../core/ids';
import type { LogProtocol, ProtocolEntry } from '../core/protocol-entry';
import type { WireObserver } from './wire-observer';

/** One attempt that uses the connection. */
export interface WireReader {
  readonly queueId: QueueId;
  /** Asked for each line: somebody may begin to read along in the middle. */
  isReading(): boolean;
  tell(line: DialogueLine): void;
}

export interface SessionWireOptions {
  readonly target: Target;
  readonly clock: Clock;
  readonly sessionId: string;
  readonly logProtocol?: LogProtocol;
}

const longestLine = 1_000;
/** Connecting, EHLO, STARTTLS and log-in; a peer that says more has its lines left out. */
const mostOpeningLines = 100;

export class SessionWire implements WireObserver {
  readonly #options: SessionWireOptions;
  /** Kept for those who come to this connection when it is open already. */
  readonly #opening: DialogueLine[] = [];
  #isOpening = true;
  #reader: WireReader | undefined;
  #toldCount = 0;
  #connectedAt: number;
  #contentBytes = 0;

  constructor(options: SessionWireOptions) {
    this.#options = options;
    this.#connectedAt = options.clock.now();
  }

  get isListening(): boolean {
    return this.#isOpening || this.#options.logProtocol !== undefined || this.#reader?.isReading() === true;
  }

  /** The lines from now on belong to this attempt; an open connection says first how it came to be. */
  begin(reader: WireReader): void {
    this.#reader = reader;
    this.#toldCount = 0;
    if (this.#isOpening || !reader.isReading()) return;
    const at = this.#options.clock.now();
    reader.tell({ at, side: 'note', text: 'Using a connection that is open already; it began like this:' });
    this.#tellOpening(reader);
  }

  /** Nobody's any more. */
  end(): void {
    this.#reader = undefined;
  }

  connected(): void {
    this.#connectedAt = this.#options.clock.now();
  }

  /** Greeting, EHLO, STARTTLS and log-in are over. */
  opened(): void {
    this.#isOpening = false;
  }

  /** In our own words. */
  note(text: string): void {
    if (this.#isOpening || this.#reader?.isReading()) this.#say('note', text);
  }

  command(line: string, bytes: number): void {
    if (this.#isOpening || this.#reader?.isReading()) this.#say('client', line);
    const space = line.indexOf(' ');
    this.#log({
      direction: 'out-command',
      method: (space < 0 ? line : line.slice(0, space)).toUpperCase(),
      argument: space < 0 ? '' : line.slice(space + 1),
      sentBytes: bytes,
      receivedBytes: 0,
    });
  }

  reply(text: string, bytes: number): void {
    const lines = text.split('\n');
    if (this.#isOpening || this.#reader?.isReading()) for (const line of lines) this.#say('server', line);
    const sentBytes = this.#contentBytes;
    this.#contentBytes = 0;
    this.#log({
      direction: 'out-response',
      method: '',
      argument: lines.map(clean).join(' '),
      sentBytes,
      receivedBytes: bytes,
    });
  }

  /** The log has the size with the reply to it. */
  content(bytes: number): void {
    this.note(`(message content, ${bytes} bytes)`);
    this.#contentBytes = bytes;
  }

  secured(protocol: string, cipher: string, certificate: string): void {
    this.note(`${protocol} begins, ${cipher}; ${certificate}`);
  }

  #say(side: DialogueLine['side'], text: string): void {
    const line = { at: this.#options.clock.now(), side, text: clean(text).slice(0, longestLine) };
    if (this.#isOpening && this.#opening.length < mostOpeningLines) this.#opening.push(line);
    const reader = this.#reader;
    if (!reader?.isReading()) return;
    this.#tellOpening(reader);
    if (!this.#isOpening) reader.tell(line);
  }

  #tellOpening(reader: WireReader): void {
    for (const line of this.#opening.slice(this.#toldCount)) reader.tell(line);
    this.#toldCount = this.#opening.length;
  }

  #log(
    entry: Pick<ProtocolEntry, 'direction' | 'method' | 'argument' | 'sentBytes' | 'receivedBytes'>,
  ): void {
    const { logProtocol, clock, sessionId, target } = this.#options;
    if (!logProtocol) return;
    const at = clock.now();
    const queueId = this.#reader?.queueId;
    logProtocol({
      ...entry,
      at,
      sessionId,
      remoteAddress: target.address,
      userName: '',
      localAddress: '',
      port: target.port,
      status: 0,
      timeTakenMs: at - this.#connectedAt,
      ...(queueId === undefined ? {} : { queueId }),
    });
  }
}

const clean = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
