/**
 * The state of one inbound session, and the little that commands may do to its connection. No sockets here,
 * save one that is handed on: a command is a function of a Session and its argument.
 */
import type { Socket } from 'node:net';
import { type Clock, steadyNow } from '../core/clock';
import type { BodyType, Recipient } from '../core/envelope';
import type { Emit } from '../core/event';
import type { QueueId } from '../core/ids';
import type { MessageIntake } from '../core/intake';
import type { Keyring, LogOnMethod } from '../core/keyring';
import type { LogProtocol } from '../core/protocol-entry';
import type { SessionInfo, SessionState } from '../core/session';
import type { SmtpStatus } from '../core/smtp-status';
import type { RemoteTrigger, Turn } from '../core/trigger';
import type { CommandLog } from './command-log';
import type { DataSink } from './command-stream';
import type { ContentReader } from './content-reader';
import type { ContentReceiver } from './data-receiver';
import type { Identity } from './listening';
import type { LockOuts } from './lock-out';
import type { Policy } from './policy';
import type { Offers } from './replies';
import { noCounts, type SessionCounters } from './session-limits';
import { createSessionRecord, type RecordBudget, type SessionRecord } from './session-record';
import type { SessionTrace } from './session-trace';
import { decideOffers } from './submission';
import type { HandshakeTerms, InboundTls } from './tls';
import type { TlsFacts } from './tls-facts';
import { offerTriggers } from './trigger-decision';

/** The answer to a line; undefined when it was written already, or comes later. */
export type Answer = SmtpStatus | undefined;

/** What all sessions of a virtual server share. */
export interface SessionServices {
  readonly serverId: number;
  readonly policy: () => Policy;
  readonly intake: MessageIntake;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly tls: InboundTls;
  readonly lockOuts: Pick<LockOuts, 'noteFailure' | 'noteSuccess' | 'isLocked'>;
  /** See SmtpListenerOptions. */
  readonly logProtocol?: LogProtocol;
  readonly trace?: SessionTrace;
  readonly recordBudget: RecordBudget;
  readonly verifyHostName: (address: string) => Promise<string | undefined>;
  /** Held mail that clients may ask for. */
  readonly trigger: RemoteTrigger<Socket>;
  /** The greeting line. */
  readonly banner: () => string;
  /** The virtual server is being stopped: the next reply is 421. */
  readonly isStopping: () => boolean;
}

/** What a command may do to the connection. */
export interface Wire {
  /** Sends a status; 421, 221 and a session over its size end the connection. */
  reply(status: SmtpStatus): void;
  /** Whole lines with their ends, without an enhanced code. */
  write(lines: string): void;
  /** From now on the client's bytes are content, as far as the reader says. */
  receiveContent(reader: ContentReader, sink: DataSink): void;
  /**
   * The next line is no command but belongs to the one under way; it may be a secret.
   *
   * @param maxLineBytes when it may be longer than a command
   */
  readLine(handler: (line: string) => Promise<Answer> | Answer, maxLineBytes?: number): void;
  /** Tells the client to begin its handshake, and drops what it has sent already. */
  startTls(terms: HandshakeTerms): void;
  /** Sends a status and hands the connection over: from now on the client is the server. It ends with the turn. */
  turn(status: SmtpStatus, begin: (socket: Socket) => Turn): void;
}

/** Between MAIL and the end of DATA. */
export interface Mail {
  readonly sender: string;
  readonly body: BodyType;
  /** SMTPUTF8 was requested. */
  readonly isUtf8?: true;
  readonly ret?: 'full' | 'hdrs';
  readonly envid?: string;
  /** By address with its domain in lower case: a repeated RCPT replaces the earlier one. */
  readonly recipients: Map<string, Pick<Recipient, 'address' | 'notify' | 'orcpt'>>;
}

export interface PeerFacts {
  readonly id: string;
  /** IP address; IPv4-mapped addresses are IPv4 already. */
  readonly peerAddress: string;
  readonly localPort: number;
  readonly identity: Identity;
}

export class Session {
  readonly id: string;
  readonly peerAddress: string;
  readonly localPort: number;
  readonly identity: Identity;
  readonly connectedAt: number;
  readonly services: SessionServices;
  readonly wire: Wire;
  /** Absent where nobody keeps a protocol log. */
  log: CommandLog | undefined;
  /** What was said, for people; kept for a while when the session is over. */
  readonly record: SessionRecord;
  /** The name the client gave; safe for a header line. '' before HELO. */
  hello = '';
  isExtended = false;
  /** Undefined while the connection is in clear. */
  tls: TlsFacts | undefined;
  /** Name of the account that the client has logged in as. Forgotten when encryption begins. */
  account: string | undefined;
  /** By what it logged in. */
  logOnMethod: LogOnMethod | undefined;
  /** The AUTH under way. */
  logOnDialogue: { end?(): void } | undefined;
  failedLogOnCount = 0;
  #mail: Mail | undefined;
  /** Takes the chunks of the message under way, from its first BDAT to its last. */
  chunks: ContentReceiver | undefined;
  /** What the trace has to know at the end of a message, when its transaction is over. */
  readonly traced: {
    mail: Mail | undefined;
    /** A message is on its way in. */
    isOpen: boolean;
    /** Accepted, and the client does not know yet. */
    queueId: QueueId | undefined;
    refusedCount: number;
    lastRefusal: SmtpStatus | undefined;
  } = { mail: undefined, isOpen: false, queueId: undefined, refusedCount: 0, lastRefusal: undefined };
  /** The client has asked for SMTPUTF8, so it understands UTF-8 in replies. */
  isUtf8 = false;
  /** What becomes of the content behind a DATA or BDAT. */
  transfer: 'receiving' | 'accepting' | undefined;
  /** What comes in is dropped: its message was refused. */
  isContentLost = false;
  /** The connection has changed its direction. */
  isTurned = false;
  lastCommand = '';
  messageCount = 0;
  /** Content bytes of all messages so far, refused ones included. */
  contentBytes = 0;
  counters: SessionCounters = noCounts;
  /** Ends a wait that is meant for the client alone; undefined while there is none. */
  endDelay: (() => void) | undefined;
  /** The connection is closed or being closed: nobody hears an answer any more. */
  hasEnded = false;
  #busySince: number | undefined;
  #busyMs = 0;
  #hostName: Promise<string | undefined> | undefined;

  constructor(services: SessionServices, wire: Wire, peer: PeerFacts) {
    this.services = services;
    this.wire = wire;
    this.id = peer.id;
    this.peerAddress = peer.peerAddress;
    this.localPort = peer.localPort;
    this.identity = peer.identity;
    this.connectedAt = services.clock.now();
    this.record = createSessionRecord(() => services.clock.now(), services.recordBudget);
  }

  get mail(): Mail | undefined {
    return this.#mail;
  }

  /** Whoever forgets a mail transaction forgets the chunks that came for it. */
  set mail(mail: Mail | undefined) {
    this.chunks?.abandon();
    this.chunks = undefined;
    this.#mail = mail;
    if (mail) {
      this.traced.mail = mail;
      this.traced.isOpen = true;
    }
  }

  /** The client waits for us: the idle clock stands still. */
  get isBusy(): boolean {
    return this.#busySince !== undefined;
  }

  set isBusy(isBusy: boolean) {
    if (isBusy === this.isBusy) return;
    const nowMs = steadyNow(this.services.clock);
    if (this.#busySince !== undefined) this.#busyMs += nowMs - this.#busySince;
    this.#busySince = isBusy ? nowMs : undefined;
  }

  /** How long the client has waited for us so far; `nowMs` by the steady clock. */
  busyMs(nowMs: number): number {
    return this.#busyMs + (this.#busySince === undefined ? 0 : nowMs - this.#busySince);
  }

  /** Keeps the client waiting; at most until the connection ends or is to end. */
  delay(delayMs: number): Promise<void> {
    if (this.hasEnded) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.endDelay = undefined;
        resolve();
      };
      const cancel = this.services.clock.startTimer(end, delayMs);
      this.endDelay = end;
    });
  }

  /** The client's verified host name; looked up once. Takes a few seconds at most and never rejects. */
  verifyHostName(): Promise<string | undefined> {
    this.#hostName ??= this.services.verifyHostName(this.peerAddress);
    return this.#hostName;
  }

  emit(type: 'session-opened' | 'session-changed' | 'session-closed'): void {
    this.services.emit({ type, serverId: this.services.serverId, sessionId: this.id });
  }

  /** Forgets what was said in clear (RFC 3207 section 4.2), also who it was. */
  beginEncryption(tls: TlsFacts): void {
    this.tls = tls;
    this.hello = '';
    this.isExtended = false;
    this.account = undefined;
    this.logOnMethod = undefined;
    this.mail = undefined;
    const asked = tls.serverName === undefined ? '' : `; the client asked for ${tls.serverName}`;
    this.record.note(`The connection is encrypted (${tls.protocol}, ${tls.cipher})${asked}`);
    this.emit('session-changed');
  }

  /** Logs the client out when its account is disabled or gone by now, or may not log in this way any more. */
  recheckAccount(): void {
    const { account, logOnMethod } = this;
    if (account === undefined || logOnMethod === undefined) return;
    if (this.services.keyring.allows(account, logOnMethod)) return;
    this.account = undefined;
    this.logOnMethod = undefined;
    this.emit('session-changed');
  }

  /** Ends an AUTH that is under way, if there is one, and what it holds. */
  endLogOn(): void {
    this.logOnDialogue?.end?.();
    this.logOnDialogue = undefined;
  }

  /** A log-in by Kerberos could be completed. */
  get hasKerberos(): boolean {
    const { allowsIntegrated, kerberosKeytab } = this.services.policy().settings;
    return allowsIntegrated && (this.services.keyring.securityPackage?.isUsable(kerberosKeytab) ?? false);
  }

  /** What EHLO and HELP name in this moment. */
  offers(): Offers {
    const { settings, triggers } = this.services.policy();
    const offers = decideOffers({
      settings,
      hasKerberos: this.hasKerberos,
      tls: this.tls,
      hasCertificate: this.services.tls.canEncrypt(this.identity.binding),
    });
    return offerTriggers(offers, triggers);
  }

  /** "with" of the Received line (RFC 3848). Encryption and log-in exist in ESMTP only. */
  get protocol(): string {
    const suffix = `${this.tls ? 'S' : ''}${this.account === undefined ? '' : 'A'}`;
    // RFC 6531 section 4.3.
    if (this.#mail?.isUtf8) return `UTF8SMTP${suffix}`;
    return this.isExtended || suffix !== '' ? `ESMTP${suffix}` : 'SMTP';
  }

  get state(): SessionState {
    if (this.isTurned) return 'turned';
    if (this.transfer) return this.transfer;
    if (this.mail) return 'in-message';
    return this.hello === '' ? 'connected' : 'greeted';
  }

  describe(receivedBytes: number): SessionInfo {
    return {
      id: this.id,
      user: this.account ?? this.hello,
      from: this.peerAddress,
      hello: this.hello,
      tls: this.tls?.protocol ?? '',
      cipher: this.tls?.cipher ?? '',
      state: this.state,
      connectedAt: this.connectedAt,
      command: this.lastCommand,
      messageCount: this.messageCount,
      receivedBytes,
      localPort: this.localPort,
    };
  }
}
