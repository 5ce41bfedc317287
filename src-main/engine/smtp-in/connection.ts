/**
 * Seam: smtp-server's connection. One client's socket, its parser and its session.
 *
 * Replaces from the library: the greeting (no 100 ms wait), every command (commands.ts), the reply writer
 * (our enhanced codes, replies of a pipelined group in one segment), the idle timer (one sweep for all
 * sessions, see server.ts) and the parser. Keeps: closing with a bounded wait for the client, the error and
 * close wiring, and later the upgrade to TLS.
 * Promises: each line gets one reply, in order; a session is released exactly once; a message cut off in the
 * middle is abandoned.
 */
import type { Socket } from 'node:net';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection';
import type { SmtpStatus } from '../core/smtp-status';
import { CommandStream, type DataSink } from './command-stream';
import { refuseLongLine, runCommand } from './commands';
import { replies } from './replies';
import type { InboundServer } from './server';
import { Session, type Wire } from './session';

/** RFC 5321 section 4.5.3.1.5: 512 with the line's end. A hostile Message-ID may not make it longer. */
const longestReply = 510;

export class InboundConnection extends SMTPConnection implements Wire {
  readonly inbound: Session;
  readonly #server: InboundServer;
  /** Replies of a pipelined group that wait for its last one. */
  #held = '';
  #isHolding = false;
  #isReleased = false;
  /** Said behind the reply that is being worked on. */
  #farewell: SmtpStatus | undefined;
  #seenBytes = 0;
  #activeAt: number;

  constructor(server: InboundServer, socket: Socket, id: string) {
    super(server, socket, { id });
    this.#server = server;
    this.inbound = new Session(server.services, this, {
      id,
      peerAddress: this.remoteAddress,
      localPort: this.localPort,
    });
    this.#activeAt = this.inbound.connectedAt;
  }

  get receivedBytes(): number {
    return this._socket.bytesRead;
  }

  /** No early-talker delay: it costs each connection 100 ms and catches nobody who waits 101. */
  override init(): void {
    this._setListeners(() => {
      this.write(this.inbound.services.banner());
      this.inbound.emit('session-opened');
    });
  }

  override _createParser(): CommandStream {
    // Called by the library's constructor: nothing of this class may be touched before the first byte.
    const parser = new CommandStream({
      line: (line) => this.#runLine(line),
      longLine: () => refuseLongLine(this.inbound),
      endlessLine: () => this.reply(replies.tooManyErrors),
      hold: () => {
        this.#isHolding = true;
      },
      flush: () => this.#flush(),
    });
    // The client said all it will say. What was asked is answered by now.
    parser.on('finish', () => this.close());
    return parser;
  }

  /** The library's entry for commands is not used; a parser of its own kind would end here. */
  override _onCommand(_command: Buffer, callback?: () => void): void {
    this.reply(replies.unknownCommand);
    callback?.();
  }

  #runLine(line: string): Promise<void> | undefined {
    const pending = runCommand(this.inbound, line);
    if (!pending) return this.#waitForReader();
    this.inbound.isBusy = true;
    return pending.then(() => {
      this.inbound.isBusy = false;
      this.#sayFarewell();
      return this.#waitForReader();
    });
  }

  /** A client that asks without reading the answers must not fill our memory with them. */
  #waitForReader(): Promise<void> | undefined {
    const socket = this._socket;
    if (!socket.writableNeedDrain || socket.destroyed) return undefined;
    return new Promise((resolve) => {
      const go = (): void => {
        socket.off('drain', go);
        socket.off('close', go);
        resolve();
      };
      socket.on('drain', go);
      socket.on('close', go);
    });
  }

  reply(status: SmtpStatus): void {
    this.send(status.code, `${status.enhanced} ${status.text}`);
    if (status.code === 221 || status === replies.sessionTooLarge) this.close();
    this.#sayFarewell();
  }

  #sayFarewell(): void {
    const farewell = this.#farewell;
    if (!farewell || this.inbound.isBusy) return;
    this.#farewell = undefined;
    this.reply(farewell);
  }

  /** The one writer of replies, the library's few included; their table of enhanced codes is not asked. */
  override send(code: number, data?: string | string[] | null): void {
    const lines = Array.isArray(data) ? data : [data ?? ''];
    lines.forEach((line, index) => {
      const text = `${code}${index < lines.length - 1 ? '-' : ' '}${line}`;
      // Backstop: a byte that is no text could end the line and begin a reply of the peer's making.
      const isClean = text.length <= longestReply && !/[^ -~]/.test(text);
      this.write(`${isClean ? text : text.slice(0, longestReply).replace(/[^ -~]/g, '?')}\r\n`);
    });
    if (code === 421) this.close();
  }

  write(lines: string): void {
    if (this._closing || !this._socket.writable) return;
    if (this.#isHolding) {
      this.#held += lines;
      return;
    }
    this._socket.write(lines, 'latin1');
  }

  #flush(): void {
    this.#isHolding = false;
    if (this.#held === '') return;
    const held = this.#held;
    this.#held = '';
    this.write(held);
  }

  receiveData(sink: DataSink): void {
    if (this._parser instanceof CommandStream) this._parser.receiveData(sink);
    else sink.abandon();
  }

  /** Ends the session with `status`: now, or behind the reply that a finished message waits for. */
  dismiss(status: SmtpStatus, when: 'now' | 'after-message'): void {
    const isReceiving = this._parser instanceof CommandStream && this._parser.isReceiving;
    if (isReceiving ? when === 'after-message' : this.inbound.isBusy) this.#farewell = status;
    else this.reply(status);
  }

  /** Called by the sweep: closes the connection when the client said nothing for `timeoutMs`. */
  closeWhenIdle(nowMs: number, timeoutMs: number): void {
    const bytes = this._socket.bytesRead + this._socket.bytesWritten;
    if (bytes !== this.#seenBytes || this.inbound.isBusy) {
      this.#seenBytes = bytes;
      this.#activeAt = nowMs;
    } else if (nowMs - this.#activeAt >= timeoutMs) this.reply(replies.timedOut);
  }

  override close(): void {
    this.#flush();
    this.#abandonData();
    super.close();
    this.#release();
  }

  override _onClose(): void {
    this.#abandonData();
    super._onClose();
    this.#release();
  }

  #abandonData(): void {
    if (this._parser instanceof CommandStream) this._parser.abandonData();
  }

  #release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#server.release(this);
    this.inbound.emit('session-closed');
  }

  /** A broken connection is the end of its session and nothing more. */
  override _onError(): void {
    this.close();
  }

  /** The idle clock is the server's sweep. */
  override _armTimeout(): void {}

  /** The transaction lives in our session; the library's would cost a map and five objects a command. */
  override _resetSession(): void {}
}
