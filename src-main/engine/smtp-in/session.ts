/**
 * The state of one inbound session, and the little that commands may do to its connection. No sockets here:
 * a command is a function of a Session and its argument.
 */
import type { SecureContext } from 'node:tls';
import type { Clock } from '../core/clock';
import type { BodyType, Recipient } from '../core/envelope';
import type { Emit } from '../core/event';
import type { MessageIntake } from '../core/intake';
import type { Keyring } from '../core/keyring';
import type { LogProtocol } from '../core/protocol-entry';
import type { SessionInfo, SessionState } from '../core/session';
import type { SmtpStatus } from '../core/smtp-status';
import type { CommandLog } from './command-log';
import type { DataSink } from './command-stream';
import type { Policy } from './policy';
import type { Offers } from './replies';
import { createSessionRecord, type RecordBudget, type SessionRecord } from './session-record';
import { decideOffers } from './submission';
import type { InboundTls } from './tls';
import type { TlsFacts } from './tls-facts';

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
  /** See SmtpListenerOptions. */
  readonly logProtocol?: LogProtocol;
  readonly recordBudget: RecordBudget;
  readonly verifyHostName: (address: string) => Promise<string | undefined>;
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
  /** From now on the client's bytes are the content of a message. */
  receiveData(sink: DataSink): void;
  /** The next line is no command but belongs to the one under way; it may be a secret. */
  readLine(handler: (line: string) => Promise<Answer> | Answer): void;
  /** Tells the client to begin its handshake, and drops what it has sent already. */
  startTls(context: SecureContext): void;
}

/** Between MAIL and the end of DATA. */
export interface Mail {
  readonly sender: string;
  readonly body: BodyType;
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
}

export class Session {
  readonly id: string;
  readonly peerAddress: string;
  readonly localPort: number;
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
  failedLogOnCount = 0;
  mail: Mail | undefined;
  /** What becomes of the content behind a DATA. */
  transfer: 'receiving' | 'accepting' | undefined;
  lastCommand = '';
  messageCount = 0;
  /** Content bytes of all messages so far, refused ones included. */
  contentBytes = 0;
  unknownCommandCount = 0;
  /** The client waits for us: the idle clock stands still. */
  isBusy = false;
  #hostName: Promise<string | undefined> | undefined;

  constructor(services: SessionServices, wire: Wire, peer: PeerFacts) {
    this.services = services;
    this.wire = wire;
    this.id = peer.id;
    this.peerAddress = peer.peerAddress;
    this.localPort = peer.localPort;
    this.connectedAt = services.clock.now();
    this.record = createSessionRecord(() => services.clock.now(), services.recordBudget);
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
    this.mail = undefined;
    this.record.note(`The connection is encrypted (${tls.protocol}, ${tls.cipher})`);
    this.emit('session-changed');
  }

  /** What EHLO and HELP name in this moment. */
  offers(): Offers {
    return decideOffers({
      settings: this.services.policy().settings,
      isEncrypted: this.tls !== undefined,
      hasCertificate: this.services.tls.current() !== undefined,
    });
  }

  /** "with" of the Received line (RFC 3848). Encryption and log-in exist in ESMTP only. */
  get protocol(): string {
    const suffix = `${this.tls ? 'S' : ''}${this.account === undefined ? '' : 'A'}`;
    return this.isExtended || suffix !== '' ? `ESMTP${suffix}` : 'SMTP';
  }

  get state(): SessionState {
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
      state: this.state,
      connectedAt: this.connectedAt,
      command: this.lastCommand,
      messageCount: this.messageCount,
      receivedBytes,
      localPort: this.localPort,
    };
  }
}
