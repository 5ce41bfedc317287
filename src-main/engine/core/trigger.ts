/**
 * Remote-triggered delivery: mail that is held until its host asks for it, by ETRN (RFC 1985), ATRN (RFC 2645) or
 * TURN behind a log-in. What smtp-in asks, and the queue and delivery answer. Types only.
 */
import type { Deliver } from './delivery';

/** What the settings say about a domain whose mail is held. */
export interface HoldingDomain {
  /** Accounts that may fetch it with ATRN or TURN. */
  readonly turnAccounts: readonly string[];
  /** Its mail goes over encrypted connections alone. */
  readonly requiresTls: boolean;
}

/** What an ETRN came to. */
export type ReleaseAnswer =
  | { readonly kind: 'nothing-held' }
  | { readonly kind: 'started'; readonly messageCount: number }
  /** All of it is being tried already. */
  | { readonly kind: 'under-way' }
  /** Somebody asked a moment ago: it starts by itself when that moment is over. */
  | { readonly kind: 'put-off' };

/** A connection that changed its direction, while held mail goes over it. */
export interface Turn {
  /** Resolves when nothing more is sent and the connection may end. Never rejects. */
  readonly ended: Promise<void>;
  /** Sends the message under way and no more. */
  finish(): void;
  /** Breaks off; what was not answered for stays held. */
  abort(): void;
}

export interface TurnRequest<Peer> {
  /** In lower case; only mail of these is sent. */
  readonly domains: readonly string[];
  /** The open connection, on which nobody else reads or writes any more. */
  readonly peer: Peer;
  readonly peerName: string;
  readonly peerAddress: string;
  readonly port: number;
  /** Of the inbound session, for logs. */
  readonly sessionId: string;
}

/** `Peer` is the kind of connection that is turned. Domains are in lower case. */
export interface RemoteTrigger<Peer> {
  /** Undefined: mail for this domain is not held. */
  holderOf(domain: string): HoldingDomain | undefined;
  /** Is mail held for a domain below this one? */
  holdsBelow(domain: string): boolean;
  /** Domains with mail that is held now. */
  heldDomains(): readonly string[];
  /** Tries the held mail of these domains once. `isLimited`: not twice within a short time. */
  release(domains: readonly string[], isLimited: boolean): ReleaseAnswer;
  /** Says nothing on the connection itself before the peer's greeting. */
  turn(request: TurnRequest<Peer>): Turn;
}

/** A turned connection as the queue uses it: one message after another. */
export interface TurnedConnection {
  /**
   * Answers for those recipients alone that the peer answered for; never rejects because of the peer.
   */
  readonly deliver: Deliver;
  /** False: nothing more can be sent. */
  readonly isUsable: boolean;
}
