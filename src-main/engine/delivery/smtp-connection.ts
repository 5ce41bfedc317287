/**
 * nodemailer's SMTPConnection with what a relay needs and it does not offer: HELO first, DSN parameters for each
 * recipient, the reply of each recipient, how far the content got, what was said, how it was encrypted, log-ins of our
 * own making, and binary content by BDAT.
 *
 * Owns: every use of a method that nodemailer keeps for itself; the contract tests of this file fail when a new version
 * of it works differently.
 * Promises: what a log-in sends is shown to nobody, and blanked out of everything that the peer says after it.
 * Trusts: that the version is the pinned one.
 */
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { SMTPConnectionOptions, SMTPConnectionSendCallback } from 'nodemailer/lib/smtp-connection';
import type { TlsFacts } from '../core/tls-facts';
import { ChunkStream } from './chunk-stream';
import { codeOfReply } from './failure';
import { createHiddenWords } from './hidden-words';
import type { SaslClient } from './sasl-client';
import { exchangeSasl } from './sasl-exchange';
import { BareConnection, type ReplyAction } from './smtp-client';
import type { ContentProgress, SmtpTransaction } from './smtp-transaction';
import { judgeTls } from './tls-judgement';
import { maskCredentials, type WireObserver } from './wire-observer';
import { encodeXtext } from './xtext';

export interface OutboundConnectionOptions {
  readonly startsWithHelo: boolean;
  readonly observer?: WireObserver;
  /** Whose name the certificate has to be for. Default: nobody's; any certificate will do. */
  readonly verified?: { readonly host: string; readonly policy: 'route' | 'mta-sts' };
}

export class OutboundConnection extends BareConnection {
  private readonly startsWithHelo: boolean;
  private readonly observer: WireObserver | undefined;
  private readonly verified: OutboundConnectionOptions['verified'];
  private readonly hidden = createHiddenWords();
  private isLoggingIn = false;
  private transaction: SmtpTransaction | undefined;
  private rcptsSent = 0;
  /** What would follow the reply to DATA, where there is no DATA. */
  private begin: ReplyAction | undefined;
  /**
   * How the first EHLO went: 'refused' and 'garbled' wait for the answer to the HELO that nodemailer sends then;
   * 'helo': that was taken; 'settled': EHLO was, or both were refused as they should be.
   */
  private hello: 'none' | 'asked' | 'refused' | 'garbled' | 'helo' | 'settled' = 'none';
  /** Reply to MAIL FROM of the running transaction. */
  mailReply: string | undefined;
  /** Replies to RCPT TO, in the order of the recipients; shorter when not all were answered. */
  rcptReplies: string[] = [];
  contentProgress: ContentProgress = 'not-started';
  /** Undefined: it is not encrypted. */
  tlsFacts: TlsFacts | undefined;
  /** Why the certificate was refused; the connection is over then. */
  certificateFault: string | undefined;

  constructor(
    options: SMTPConnectionOptions,
    { startsWithHelo, observer, verified }: OutboundConnectionOptions,
  ) {
    super(options);
    this.startsWithHelo = startsWithHelo;
    this.observer = observer;
    this.verified = verified;
  }

  /** EHLO went out and was neither taken nor refused in proper form, nor was the HELO that followed. */
  get isEhloUnanswered(): boolean {
    return this.hello === 'asked' || this.hello === 'refused' || this.hello === 'garbled';
  }

  /** EHLO was refused, and HELO taken instead. */
  get isEhloRefused(): boolean {
    return this.hello === 'helo';
  }

  /** True when the peer offered the extension in its EHLO reply (the one after STARTTLS, when there was one). */
  offers(
    extension: 'DSN' | '8BITMIME' | 'PIPELINING' | 'SIZE' | 'SMTPUTF8' | 'CHUNKING' | 'BINARYMIME',
  ): boolean {
    // nodemailer looks for those alone that it uses itself.
    return extension === 'CHUNKING' || extension === 'BINARYMIME'
      ? this.ehloKeywords.has(extension)
      : this._supportedExtensions.includes(extension);
  }

  private get ehloKeywords(): ReadonlySet<string> {
    return new Set((this._ehloLines ?? []).map((line) => line.split(/[\s=]/, 1)[0]?.toUpperCase() ?? ''));
  }

  /** The largest message the peer takes; undefined when it named no limit (RFC 1870 section 4). */
  get peerMaxBytes(): number | undefined {
    return this._maxAllowedSize > 0 ? this._maxAllowedSize : undefined;
  }

  /** Ways to log in that the peer offered in its last EHLO reply, in capitals. */
  get logInMechanisms(): readonly string[] {
    const lists = (this._ehloLines ?? []).map((line) => /^AUTH[\s=](.*)/i.exec(line)?.[1] ?? '');
    return [...new Set(lists.flatMap((list) => list.toUpperCase().split(/[\s=]+/)))].filter(Boolean);
  }

  /** Logs in; a refusal has the peer's reply. */
  authenticate(client: SaslClient, done: (error: unknown) => void): void {
    if (this.destroyed) {
      done(new Error('connection closed by the remote server'));
      return;
    }
    this.hidden.add(client.secrets);
    this.isLoggingIn = true;
    exchangeSasl(client, {
      say: (line, hear) => {
        this._responseActions.push(hear);
        this._sendCommand(line);
      },
      end: (refusal) => {
        this.isLoggingIn = false;
        if (!refusal) done(undefined);
        else if (refusal.isEndless) done(new Error('It asks again and again in the log-in'));
        else done(this._formatError('Invalid login', 'EAUTH', refusal.reply, `AUTH ${client.mechanism}`));
      },
    });
  }

  /** One command that has nothing to do with mail; `done` gets the reply as it came, lines joined by "\n". */
  say(line: string, done: (error: unknown, reply?: string) => void): void {
    this._responseActions.push((reply) => done(null, reply));
    this._sendCommand(line);
  }

  /**
   * Lets go of the socket: it stays open, and what comes over it is nobody's business here. Paused, so that nothing is
   * lost before somebody else reads; what came already comes again.
   */
  detach(): Socket {
    const socket = this._socket as Socket;
    this._clearPhase();
    this._responseActions = [];
    const early = [...this._responseQueue.map((reply) => reply.replaceAll('\n', '\r\n')), this._remainder];
    this._responseQueue = [];
    this._remainder = '';
    socket.pause();
    socket.setTimeout(0);
    socket.off('data', this._onSocketData);
    socket.off('timeout', this._onSocketTimeout);
    socket.off('close', this._onSocketClose);
    socket.off('end', this._onSocketEnd);
    socket.off('error', this._onSocketError);
    this._closing = true;
    this._socket = false;
    const unread = Buffer.from(early.join('\r\n'), 'latin1');
    if (unread.length > 0) socket.unshift(unread);
    return socket;
  }

  /** One transaction. Replies stay readable in the fields above until the next one. */
  sendTransaction(transaction: SmtpTransaction, done: SMTPConnectionSendCallback): void {
    this.forgetTransaction();
    this.transaction = transaction;
    this.send(
      {
        from: transaction.sender,
        to: [...transaction.recipients],
        size: transaction.sizeBytes,
        use8BitMime: transaction.isEightBit && !transaction.isBinary,
        dsn: { ret: transaction.ret ?? null, envid: transaction.envid ?? null },
      },
      transaction.content,
      done,
    );
  }

  /** Clears the replies of the last transaction. */
  forgetTransaction(): void {
    this.transaction = undefined;
    this.rcptsSent = 0;
    this.begin = undefined;
    this.mailReply = undefined;
    this.rcptReplies = [];
    this.contentProgress = 'not-started';
  }

  /** "Send HELO instead of EHLO": nodemailer only comes to HELO after a refused EHLO. */
  override _actionGreeting(reply: string): void {
    if (!this.startsWithHelo || !reply.startsWith('220')) {
      super._actionGreeting(reply);
      return;
    }
    this._clearPhase();
    this._responseActions.push(this._actionHELO as ReplyAction);
    this._sendCommand(`HELO ${this.name}`);
  }

  override _actionEHLO(reply: string): void {
    if (this.hello === 'asked')
      this.hello = /^(?:2|421)/.test(reply)
        ? 'settled'
        : /^[45]\d\d(?:[ -]|$)/.test(reply)
          ? 'refused'
          : 'garbled';
    super._actionEHLO(reply);
  }

  /** nodemailer finds keywords anywhere, in the name "mx-dsn.example.com" too. */
  override _parseEhloExtensions(reply: string): void {
    super._parseEhloExtensions(reply);
    const { ehloKeywords } = this;
    this._supportedExtensions = this._supportedExtensions.filter((name) => ehloKeywords.has(name));
    if (!this.offers('SIZE')) this._maxAllowedSize = 0;
  }

  override _actionHELO(reply: string): void {
    if (reply.startsWith('2') && (this.hello === 'refused' || this.hello === 'garbled')) this.hello = 'helo';
    else if (this.hello === 'refused') this.hello = 'settled';
    super._actionHELO(reply);
  }

  /** nodemailer has one set of DSN parameters for all recipients. */
  override _getDsnRcptToArgs(): string {
    const dsn = this.transaction?.dsn[this.rcptsSent++];
    if (!dsn || !this.offers('DSN')) return '';
    const notify = dsn.notify === '' ? '' : ` NOTIFY=${dsn.notify}`;
    return notify + (dsn.orcpt === '' ? '' : ` ORCPT=${encodeXtext(dsn.orcpt)}`);
  }

  override _actionMAIL(reply: string, callback: unknown): void {
    this.mailReply = reply;
    super._actionMAIL(reply, callback);
  }

  /** By position, not by address: the same address may stand in a message twice. */
  override _actionRCPT(reply: string, callback: unknown): void {
    this.rcptReplies.push(reply);
    super._actionRCPT(reply, callback);
    this.beginContent();
  }

  /** BDAT has no reply to wait for before the content, only those to the envelope. */
  private beginContent(): void {
    const { begin, transaction } = this;
    if (!begin || this.rcptReplies.length < (transaction?.recipients.length ?? 0)) return;
    this.begin = undefined;
    begin.call(this, '250');
  }

  /** nodemailer takes 2xx for 354 too. Where replies got out of step that is one to an earlier command. */
  override _actionDATA(reply: string, callback: unknown): void {
    if (reply.startsWith('2') && this.transaction?.isBinary !== true)
      this._onError(new Error('the remote server did not wait for the message'), 'EPROTOCOL', false, 'DATA');
    else super._actionDATA(reply, callback);
  }

  private createChunkStream(sizeBytes: number, callback: (error: Error) => void): Readable {
    const stream = new ChunkStream(sizeBytes);
    this._responseActions.push((reply) => this._actionSMTPStream(reply, callback));
    this._currentDataStream = stream;
    stream.once('error', (error) => callback(this._formatError(error, 'ESTREAM', false, 'API')));
    this._sendCommand(`BDAT ${sizeBytes} LAST`);
    if (this._socket) stream.pipe(this._socket, { end: false });
    return stream;
  }

  override _createSendStream(callback: unknown): Readable {
    const { transaction } = this;
    const stream = transaction?.isBinary
      ? this.createChunkStream(transaction.sizeBytes, callback as (error: Error) => void)
      : super._createSendStream(callback);
    // The last piece and the final dot leave in one packet instead of two. Only for this turn of the event
    // loop: a socket that stays corked never asks for more.
    const socket = this._socket;
    if (socket) {
      socket.cork();
      setImmediate(() => socket.uncork());
    }
    this.contentProgress = 'started';
    // 'end' comes when the last piece was handed to the socket; before it the dot cannot have left.
    stream.once('end', () => {
      this.contentProgress = 'final-dot-sent';
      if (this.observer?.isListening)
        this.observer.content((stream as Readable & { outByteCount: number }).outByteCount);
    });
    return stream;
  }

  override _sendCommand(command: string, logLine?: string): void {
    if (command === 'DATA' && this.transaction?.isBinary) {
      this.begin = this._responseActions.pop();
      this.beginContent();
      return;
    }
    const line = this.withParameters(command);
    if (this.observer?.isListening && !this.destroyed) {
      const shown = this.isLoggingIn ? maskCredentials(line) : this.hidden.hide(line);
      this.observer.command(shown, Buffer.byteLength(line) + 2);
    }
    if (this.hello === 'none' && line.startsWith('EHLO ')) this.hello = 'asked';
    super._sendCommand(line, logLine);
  }

  /** nodemailer asks for SMTPUTF8 only where an address needs it; a header may need it too (RFC 6531 section 3.6). */
  private withParameters(command: string): string {
    const { transaction } = this;
    if (!transaction || !command.startsWith('MAIL FROM:')) return command;
    const isUtf8 =
      transaction.isUtf8 === true && this.offers('SMTPUTF8') && !/ SMTPUTF8(?: |$)/.test(command);
    return command + (isUtf8 ? ' SMTPUTF8' : '') + (transaction.isBinary ? ' BODY=BINARYMIME' : '');
  }

  /** Runs once for each reply that is complete, and in between for nothing. */
  override _processResponse(): void {
    const raw = this._responseQueue[0];
    if (raw !== undefined && isWhole(raw)) {
      // Which of several commands it was meant for is anybody's guess, and so is what the next ones are about.
      const isNonsense = this.transaction !== undefined && codeOfReply(raw) === undefined;
      const shown = this.hidden.hideInReply(raw);
      // A challenge has to be read as it is; it goes no further.
      if (!this.isLoggingIn || !raw.startsWith('334')) this._responseQueue[0] = shown;
      // nodemailer keeps one character for each byte until here.
      if (this.observer?.isListening)
        this.observer.reply(Buffer.from(shown, 'latin1').toString('utf8'), raw.length + 2);
      if (isNonsense) {
        this._onError(
          new Error('what the remote server answered is no SMTP reply'),
          'EPROTOCOL',
          false,
          'CONN',
        );
        return;
      }
    }
    super._processResponse();
  }

  /** What is left of a reply when the connection breaks comes here alone. */
  override _formatError(message: unknown, type: string, response: unknown, command: string): Error {
    const shown = typeof response === 'string' ? this.hidden.hideInReply(response) : response;
    return super._formatError(message, type, shown, command);
  }

  override _upgradeConnection(callback: (error?: unknown, isSecured?: boolean) => void): void {
    super._upgradeConnection((error, isSecured) => {
      if (!isSecured) {
        callback(error, isSecured);
        return;
      }
      const host = this.verified?.host ?? (this.servername || this.host || '');
      const facts = judgeTls(this._socket as TLSSocket, { host, policy: this.verified?.policy });
      this.tlsFacts = facts;
      if (this.observer?.isListening) {
        const certificate = facts.isVerified
          ? 'the certificate is valid'
          : `the certificate is not valid: ${facts.fault}`;
        this.observer.secured(facts.version, facts.cipher, certificate);
      }
      if (this.verified && !facts.isVerified) {
        this.certificateFault = facts.fault ?? 'it did not pass the check';
        callback(new Error('the certificate is not valid'));
        return;
      }
      callback(error, isSecured);
    });
  }
}

/** Not empty, and its last line is no continuation ("250-..."). */
const isWhole = (raw: string): boolean =>
  raw.trim() !== '' && !/^\d+-/.test(raw.slice(raw.lastIndexOf('\n') + 1));
