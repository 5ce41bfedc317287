/**
 * Seam: smtp-server's connection. One client's socket, its parser and its session.
 *
 * Replaces from the library: the greeting (no 100 ms wait), every command (commands.ts), the reply writer
 * (our enhanced codes, replies of a pipelined group in one segment), the idle timer (one sweep for all
 * sessions, see server.ts), the parser and the upgrade to TLS (the library's takes its own certificate and the
 * server's listeners off the socket). Keeps: closing with a bounded wait for the client, the error and close
 * wiring.
 * Promises: each line gets one reply, in order; a session is released exactly once; a message cut off in the
 * middle is abandoned; nothing that came in clear is read behind STARTTLS.
 */
import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection';
import type { LogProtocol } from '../core/protocol-entry';
import { formatStatus, type SmtpStatus } from '../core/smtp-status';
import { type CommandLog, createCommandLog } from './command-log';
import { CommandStream, type DataSink } from './command-stream';
import { continueCommand, refuseLongLine, runCommand } from './commands';
import { replies } from './replies';
import type { InboundServer } from './server';
import { type Answer, Session, type Wire } from './session';
import type { TlsFacts } from './tls-facts';
import { acceptHandshake, type Handshake } from './tls-handshake';

/** RFC 5321 section 4.5.3.1.5: 512 with the line's end. A hostile Message-ID may not make it longer. */
const longestReply = 510;

export class InboundConnection extends SMTPConnection implements Wire {
  readonly inbound: Session;
  readonly #server: InboundServer;
  /** The network's side; `_socket` is the same, or what encrypts on top of it. */
  readonly #raw: Socket;
  #handshake: Handshake | undefined;
  /** Waits for the line that belongs to the command under way. */
  #lineHandler: ((line: string) => Promise<Answer> | Answer) | undefined;
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
    this.#raw = socket;
    this.inbound = new Session(server.services, this, {
      id,
      peerAddress: this.remoteAddress,
      localPort: this.localPort,
    });
    this.#activeAt = this.inbound.connectedAt;
    const { logProtocol } = server.services;
    if (logProtocol) this.inbound.log = this.#createLog(logProtocol);
  }

  #createLog(write: LogProtocol): CommandLog {
    const { inbound } = this;
    return createCommandLog({
      write,
      isOn: () => inbound.services.policy().settings.isLogging,
      now: () => inbound.services.clock.now(),
      session: () => ({
        id: inbound.id,
        remoteAddress: inbound.peerAddress,
        localAddress: this.localAddress,
        localPort: inbound.localPort,
        connectedAt: inbound.connectedAt,
        userName: inbound.account ?? inbound.hello,
      }),
    });
  }

  get receivedBytes(): number {
    return this.#raw.bytesRead;
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
      longLine: () => refuseLongLine(this.inbound, this.#takeLineHandler() !== undefined),
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
    const handler = this.#takeLineHandler();
    const pending = handler ? continueCommand(this.inbound, line, handler) : runCommand(this.inbound, line);
    if (!pending) return this.#waitForReader();
    this.inbound.isBusy = true;
    return pending.then(() => {
      this.inbound.isBusy = false;
      this.#sayFarewell();
      return this.#waitForReader();
    });
  }

  readLine(handler: (line: string) => Promise<Answer> | Answer): void {
    this.#lineHandler = handler;
  }

  #takeLineHandler(): ((line: string) => Promise<Answer> | Answer) | undefined {
    const handler = this.#lineHandler;
    this.#lineHandler = undefined;
    return handler;
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
    // In the middle of a handshake a line in clear would only break it.
    if (this._closing || this._upgrading || !this._socket.writable) return;
    this.inbound.log?.said(lines);
    this.inbound.record.said(lines);
    this.#put(lines);
  }

  #put(lines: string): void {
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
    if (this._closing || this._upgrading || !this._socket.writable) return;
    this.#put(held);
  }

  receiveData(sink: DataSink): void {
    if (this._parser instanceof CommandStream) this._parser.receiveData(sink);
    else sink.abandon();
  }

  startTls(context: SecureContext): void {
    this.#flush();
    const raw = this.#raw;
    const parser = this._parser;
    if (parser === false) return;
    raw.unpipe(parser);
    // The rest of its chunk, and what waits in the socket, came in clear and may be somebody else's.
    parser.isClosed = true;
    while (raw.read() !== null);
    this._parser = this._createParser();
    this.inbound.log?.said(`${formatStatus(replies.startTls)}\r\n`);
    this.inbound.record.said(`${formatStatus(replies.startTls)}\r\n`);
    // Only behind this line does the client begin its handshake: the wrapper gets nothing that came before.
    raw.write(`${formatStatus(replies.startTls)}\r\n`, 'latin1', (error) => {
      if (error || this._closing || this._closed) return;
      this.#handshake = acceptHandshake(raw, {
        context,
        clock: this.inbound.services.clock,
        done: (encrypted, facts) => this.#continueEncrypted(encrypted, facts),
        failed: (reason) => {
          if (reason !== undefined) this.inbound.services.tls.noteFailure(this.inbound.peerAddress, reason);
          this.close();
        },
      });
    });
    this._upgrading = true;
  }

  #continueEncrypted(encrypted: TLSSocket, facts: TlsFacts): void {
    this._upgrading = false;
    this._socket = encrypted;
    encrypted.on('error', () => this._onError());
    encrypted.on('close', () => this._onClose());
    this.inbound.beginEncryption(facts);
    if (this._parser !== false) encrypted.pipe(this._parser);
  }

  /** Ends the session with `status`: now, or behind the reply that a finished message waits for. */
  dismiss(status: SmtpStatus, when: 'now' | 'after-message'): void {
    const isReceiving = this._parser instanceof CommandStream && this._parser.isReceiving;
    if (isReceiving ? when === 'after-message' : this.inbound.isBusy) this.#farewell = status;
    else this.reply(status);
  }

  /** Called by the sweep: closes the connection when the client said nothing for `timeoutMs`. */
  closeWhenIdle(nowMs: number, timeoutMs: number): void {
    const bytes = this.#raw.bytesRead + this.#raw.bytesWritten;
    if (bytes !== this.#seenBytes || this.inbound.isBusy) {
      this.#seenBytes = bytes;
      this.#activeAt = nowMs;
    } else if (nowMs - this.#activeAt >= timeoutMs) this.reply(replies.timedOut);
  }

  override close(): void {
    this.#flush();
    this.#abandonData();
    if (this._upgrading) {
      // Nobody is there to say goodbye to.
      this.#handshake?.cancel();
      this.#raw.destroy();
    }
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
