/** What routing, delivery and the queue say to each other about one attempt. Values only. */
import type { ContentSource } from './content';
import type { Envelope, Recipient, RemoteHost } from './envelope';
import type { SmtpStatus } from './smtp-status';

/** What an outgoing connection must do before mail goes over it ("Outbound Security"). */
export interface RouteSecurity {
  /** STARTTLS or the mail waits. Off: TLS is used where it is offered. */
  readonly requiresTls: boolean;
  readonly login?: {
    readonly user: string;
    /** As stored: sealed. The keyring opens it just before it is used. */
    readonly password: string;
  };
}

/** The mail is not sent before somebody asks for it (core/trigger). */
export interface Hold {
  /** Who has to ask, for people: the smart host, else the domain. */
  readonly host: string;
  /** It may also be fetched with ATRN or TURN. */
  readonly canTurn: boolean;
}

/**
 * Where a recipient goes, decided anew at each attempt (reference 1.6). `destination` groups recipients
 * that share a connection and a retry clock; `rule` names the setting that decided, for people.
 */
export type Route =
  | { readonly kind: 'drop'; readonly destination: 'drop'; readonly rule: string }
  | {
      readonly kind: 'smart-host';
      readonly destination: string;
      readonly rule: string;
      /** Name or "[address]". */
      readonly host: string;
      readonly port: number;
      readonly hello: 'ehlo' | 'helo';
      readonly security: RouteSecurity;
      readonly hold?: Hold;
    }
  | {
      readonly kind: 'mx';
      readonly destination: string;
      readonly rule: string;
      /** Domain or address literal. */
      readonly domain: string;
      readonly port: number;
      readonly hello: 'ehlo' | 'helo';
      readonly security: RouteSecurity;
      /** "Attempt direct delivery before sending to smart host". */
      readonly fallback?: {
        readonly host: string;
        readonly port: number;
        readonly security: RouteSecurity;
      };
      readonly hold?: Hold;
    }
  | {
      readonly kind: 'refuse';
      readonly destination: 'refuse';
      readonly rule: string;
      readonly status: SmtpStatus;
    };

/** Undefined: the route is tried without anybody asking. */
export function holdOf(route: Route): Hold | undefined {
  return route.kind === 'mx' || route.kind === 'smart-host' ? route.hold : undefined;
}

/** One host to connect to; `address` is an IP address. */
export interface Target {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

export type TargetAnswer =
  | { readonly kind: 'targets'; readonly targets: readonly Target[] }
  /** Nobody to connect to; the status tells whether for now (4xx) or for good (5xx). */
  | { readonly kind: 'none'; readonly status: SmtpStatus };

export interface DeliveryJob {
  readonly envelope: Envelope;
  /** Those of the envelope's recipients that go to `route`. */
  readonly recipients: readonly Recipient[];
  readonly route: Route;
  readonly content: ContentSource;
}

export interface RecipientResult {
  readonly address: string;
  /** 2xx delivered, 4xx deferred, 5xx failed. */
  readonly status: SmtpStatus;
  readonly remote?: RemoteHost;
  /** The next hop takes over the duty to notify (it offered DSN), RFC 3461 section 5.2.1. */
  readonly isDsnRelayed?: boolean;
}

export interface AttemptResult {
  readonly results: readonly RecipientResult[];
  /** The destination as a whole could not be reached; other mail for it need not try before its turn. */
  readonly isDestinationDown: boolean;
}

export type Deliver = (job: DeliveryJob, signal: AbortSignal) => Promise<AttemptResult>;
