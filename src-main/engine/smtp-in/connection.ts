/**
 * Seam: smtp-server's connection. One client's socket, its parser and its session.
 *
 * Replaces from the library: the greeting (no 100 ms wait), every command (commands.ts), the reply writer
 * (our enhanced codes, replies of a pipelined group in one segment), the idle timer (one sweep for all
 * sessions, see server.ts), the parser and the upgrade to TLS (the library's takes its own certificate and the
 * server's listeners off the socket). Keeps: closing with a bounded wait for the client, the error and close
 * wiring.
 * Promises: each line gets one reply, in order; a session is released exactly once; a message cut off in the
 * middle is abandoned; nothing that came in clear is read behind STARTTLS; nothing is said in clear where the
 * connection is encrypted from its first byte.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection';
import type { LogProtocol } from '../core/protocol-entry';
import { formatStatus, type SmtpStatus } from '../core/smtp-status';
import type { Turn } from '../core/trigger';
import { type CommandLog, createCommandLog } from './command-log';
import { CommandStream, type DataSink } from './command-stream';
import { continueCommand, refuseLongLine, runCommand } from './commands';
import type { ContentReader } from './content-reader';
import { decideGreetingDelay } from './greeting-delay';
import type { Policy } from './policy';
import { closesConnection, replies } from './replies';
import { cleanReplyLine } from './reply-line';
import type { Arrival, InboundServer } from './server';
import { type Answer, Session, type Wire } from './session';
import { createSessionClock, type SessionClock } from './session-clock';
import type { HandshakeTerms } from './tls';
import type { TlsFacts } from './tls-facts';
import { acceptHandshake, type Handshake } from './tls-handshake';

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
  /** The connection belongs to somebody else until this is over. */
  #turn: Turn | undefined;
  readonly #turned: Arrival['turned'];
  readonly #clock: SessionClock;

  constructor(server: InboundServer, socket: Socket, arrival: Arrival & { readonly id: string }) {
    const { id, identity, origin, turned } = arrival;
    const { peerAddress: remoteAddress, localAddress, localPort } = origin;
    super(server, socket, {
      id,
      remoteAddress,
      ...(localAddress === undefined ? {} : { localAddress }),
      ...(localPort === undefined ? {} : { localPort }),
    });
    this.#server = server;
    this.#raw = socket;
    this.#turned = turned;
    this.inbound = new Session(server.services, this, {
      id,
      peerAddress: remoteAddress,
      localPort: this.localPort,
      identity,
    });
    this.#clock = createSessionClock(this.inbound);
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
      if (this.#turned) this.#greetAfterTurn(this.#turned);
      else if (this.inbound.identity.binding.encryption === 'implicit') this.#startImplicitTls();
      else this.#greet();
      this.inbound.emit('session-opened');
    });
  }

  /** Whoever turned the connection around waits for us. */
  #greetAfterTurn({ tls }: NonNullable<Arrival['turned']>): void {
    this.inbound.record.note('We asked the client for our mail; it turned the connection around');
    if (tls) this.inbound.beginEncryption(tls);
    this.write(this.inbound.services.banner());
  }

  /** At once, or when the client has been silent for as long as it has to be. */
  #greet(): void {
    const { inbound, _parser: parser } = this;
    const delayMs = decideGreetingDelay(inbound.peerAddress, inbound.services.policy());
    if (delayMs === 0 || !(parser instanceof CommandStream)) {
      this.write(inbound.services.banner());
      return;
    }
    parser.onEarlyBytes = () => {
      this.#server.noteEarlyTalker(this);
      this.reply(replies.spokeTooEarly);
      this.close();
    };
    void inbound.delay(delayMs).then(() => {
      parser.onEarlyBytes = undefined;
      this.write(inbound.services.banner());
    });
  }

  override _createParser(): CommandStream {
    // Called by the library's constructor: nothing of this class may be touched before the first byte.
    const parser = new CommandStream({
      line: (line) => this.#runLine(line),
      longLine: () => this.#track(refuseLongLine(this.inbound, this.#takeLineHandler() !== undefined)),
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
    return this.#track(
      handler ? continueCommand(this.inbound, line, handler) : runCommand(this.inbound, line),
    );
  }

  /** Holds the next line back until this one is answered, and its answer was taken. */
  #track(pending: Promise<void> | undefined): Promise<void> | undefined {
    this.#clock.noteLine();
    if (!pending) return this.#waitForReader();
    this.inbound.isBusy = true;
    return pending.then(() => {
      this.inbound.isBusy = false;
      this.#sayFarewell();
      return this.#waitForReader();
    });
  }

  readLine(handler: (line: string) => Promise<Answer> | Answer, maxLineBytes?: number): void {
    this.#lineHandler = handler;
    if (maxLineBytes !== undefined && this._parser instanceof CommandStream)
      this._parser.expectLine(maxLineBytes);
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
    const hasEnhancedCodes = this.inbound.services.policy().isOn('ENHANCEDSTATUSCODES');
    this.send(status.code, hasEnhancedCodes ? `${status.enhanced} ${status.text}` : status.text);
    if (closesConnection(status)) this.close();
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
      this.write(`${cleanReplyLine(text, this.inbound.isUtf8)}\r\n`);
    });
    if (code === 421) this.close();
  }

  write(lines: string): void {
    // In the middle of a handshake a line in clear would only break it.
    if (this._closing || this._upgrading || this.#turn || !this._socket.writable) return;
    this.inbound.log?.said(lines);
    this.inbound.record.said(lines);
    this.#put(lines);
  }

  #put(lines: string): void {
    if (this.#isHolding) {
      this.#held += lines;
      return;
    }
    this._socket.write(lines, this.inbound.isUtf8 ? 'utf8' : 'latin1');
  }

  #flush(): void {
    this.#isHolding = false;
    if (this.#held === '') return;
    const held = this.#held;
    this.#held = '';
    if (this._closing || this._upgrading || !this._socket.writable) return;
    this.#put(held);
  }

  receiveContent(reader: ContentReader, sink: DataSink): void {
    if (this._parser instanceof CommandStream) this._parser.receiveContent(reader, sink);
    else sink.abandon();
  }

  startTls(terms: HandshakeTerms): void {
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
      this.#shakeHands(terms, false);
    });
    this._upgrading = true;
  }

  /** Before a word was said. What the client has sent already belongs to its handshake. */
  #startImplicitTls(): void {
    const { services, identity, peerAddress } = this.inbound;
    this._upgrading = true;
    if (this._parser !== false) this.#raw.unpipe(this._parser);
    const terms = services.tls.prepare(identity.binding, peerAddress);
    if (terms) this.#shakeHands(terms, true);
    else this.close();
  }

  #shakeHands(terms: HandshakeTerms, isImplicit: boolean): void {
    const { services, peerAddress, localPort } = this.inbound;
    this.#handshake = acceptHandshake(this.#raw, {
      terms,
      clock: services.clock,
      done: (encrypted, facts) => {
        this.#continueEncrypted(encrypted, facts);
        if (isImplicit) this.#greet();
      },
      failed: (reason) => {
        if (reason !== undefined) services.tls.noteFailure({ peerAddress, localPort, isImplicit, reason });
        this.close();
      },
    });
  }

  #continueEncrypted(encrypted: TLSSocket, facts: TlsFacts): void {
    this._upgrading = false;
    this._socket = encrypted;
    encrypted.on('error', () => this._onError());
    encrypted.on('close', () => this._onClose());
    this.inbound.beginEncryption(facts);
    if (this._parser !== false) encrypted.pipe(this._parser);
  }

  turn(status: SmtpStatus, begin: (socket: Socket) => Turn): void {
    const parser = this._parser;
    this.reply(status);
    this.#flush();
    if (parser === false || this._closing) return;
    const socket = this._socket;
    socket.unpipe(parser);
    // Whatever came in one piece with the command was said before our reply: it is no greeting.
    parser.isClosed = true;
    this.inbound.isTurned = true;
    this.inbound.isBusy = true;
    this.#turn = begin(socket);
    void this.#turn.ended.then(() => this.close());
    this.inbound.emit('session-changed');
  }

  /** Ends the session with `status`: now, or behind the reply that a finished message waits for. */
  dismiss(status: SmtpStatus, when: 'now' | 'after-message'): void {
    if (this.#turn) {
      if (when === 'now') this.#turn.abort();
      else this.#turn.finish();
      return;
    }
    const isReceiving = this._parser instanceof CommandStream && this._parser.isReceiving;
    if (isReceiving ? when === 'after-message' : this.inbound.isBusy) {
      this.#farewell = status;
      this.inbound.endDelay?.();
    } else this.reply(status);
  }

  /** Called by the sweep: says goodbye to a client that is silent, has been here too long, or is too slow. */
  endWhenDue(policy: Policy): void {
    // A handshake has a clock of its own, but the line before it may never leave: a client can refuse to read it.
    const isShakingHands = this._upgrading && this.#handshake !== undefined;
    const isElsewhere = isShakingHands || this.#turn !== undefined;
    const farewell = this.#clock.check({ bytes: this.#raw.bytesRead, isElsewhere }, policy);
    if (farewell) this.reply(farewell);
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
    // And with it the chunks that are already here.
    this.inbound.mail = undefined;
  }

  #release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.inbound.endDelay?.();
    this.inbound.hasEnded = true;
    this.inbound.services.trace?.tellEnd(this.inbound);
    this.inbound.endLogOn();
    this.#turn?.abort();
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
