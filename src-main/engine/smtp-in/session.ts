/**
 * The state of one inbound session, and the little that commands may do to its connection. No sockets here:
 * a command is a function of a Session and its argument.
 */
import type { Clock } from '../core/clock';
import type { BodyType, Recipient } from '../core/envelope';
import type { Emit } from '../core/event';
import type { MessageIntake } from '../core/intake';
import type { SessionInfo, SessionState } from '../core/session';
import type { SmtpStatus } from '../core/smtp-status';
import type { DataSink } from './command-stream';
import type { Policy } from './policy';

/** What all sessions of a virtual server share. */
export interface SessionServices {
  readonly serverId: number;
  readonly policy: () => Policy;
  readonly intake: MessageIntake;
  readonly emit: Emit;
  readonly clock: Clock;
  /** See SmtpListenerOptions. */
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
  /** The name the client gave; safe for a header line. '' before HELO. */
  hello = '';
  isExtended = false;
  /** Name of the account that the client has logged in as. Forgotten when encryption begins. */
  account: string | undefined;
  mail: Mail | undefined;
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
  }

  /** The client's verified host name; looked up once. Takes a few seconds at most and never rejects. */
  verifyHostName(): Promise<string | undefined> {
    this.#hostName ??= this.services.verifyHostName(this.peerAddress);
    return this.#hostName;
  }

  emit(type: 'session-opened' | 'session-changed' | 'session-closed'): void {
    this.services.emit({ type, serverId: this.services.serverId, sessionId: this.id });
  }

  get state(): SessionState {
    if (this.isBusy) return 'accepting';
    if (this.mail)
      return this.mail.recipients.size > 0 && this.lastCommand === 'DATA' ? 'receiving' : 'in-message';
    return this.hello === '' ? 'connected' : 'greeted';
  }

  describe(receivedBytes: number): SessionInfo {
    return {
      id: this.id,
      user: this.account ?? this.hello,
      from: this.peerAddress,
      hello: this.hello,
      tls: '',
      state: this.state,
      connectedAt: this.connectedAt,
      command: this.lastCommand,
      messageCount: this.messageCount,
      receivedBytes,
      localPort: this.localPort,
    };
  }
}
