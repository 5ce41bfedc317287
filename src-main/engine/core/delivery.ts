/** What routing, delivery and the queue say to each other about one attempt. Values only. */
import type { ContentSource } from './content';
import type { Envelope, Recipient, RemoteHost } from './envelope';
import type { SmtpStatus } from './smtp-status';
import type { TlsFacts } from './tls-facts';

/** How an outgoing connection logs in. */
export type RouteLogin =
  | {
      readonly method: 'basic' | 'ntlm';
      readonly user: string;
      /** As stored: sealed. The keyring opens it just before it is used. */
      readonly password: string;
    }
  | {
      readonly method: 'oauth2';
      /** Mailbox to log in to; '' is the one that signed in. */
      readonly user: string;
      /** Number of the OAuth2 sign-in; the keyring hands out its token. */
      readonly signIn: string;
    };

/** What an outgoing connection must do before mail goes over it ("Outbound Security"). */
export interface RouteSecurity {
  /**
   * 'off': never; 'opportunistic': where it is offered and works, with any certificate; 'required': or the mail
   * waits; 'verified': the same, and the certificate must be valid for the host's name.
   */
  readonly tls: 'off' | 'opportunistic' | 'required' | 'verified';
  /** TLS from the first byte, without STARTTLS. */
  readonly isImplicitTls: boolean;
  readonly minimumTls: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  readonly login?: RouteLogin;
}

/** TLS where it is offered, no log-in: how mail goes to hosts about which nothing is set. */
export const openSecurity: RouteSecurity = {
  tls: 'opportunistic',
  isImplicitTls: false,
  minimumTls: 'TLSv1.2',
};

/** Without TLS the mail waits. */
export const isTlsRequired = ({ tls, isImplicitTls }: RouteSecurity): boolean =>
  tls === 'required' || tls === 'verified' || isImplicitTls;

/** One smart host of a route, with its own log-in. */
export interface RouteHost {
  /** Name or "[address]". */
  readonly host: string;
  readonly port: number;
  readonly security: RouteSecurity;
  /** "Send as": address that stands for every sender. Absent: senders stay. */
  readonly sendAs?: string;
}

/** null is "no limit". */
export interface RouteLimits {
  readonly maxConnections: number | null;
  readonly maxMessagesPerMinute: number | null;
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
      readonly sendAs?: string;
      /** Tried in this order when the hosts before them cannot be reached. */
      readonly fallbacks?: readonly RouteHost[];
      readonly limits?: RouteLimits;
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
      readonly sendAs?: string;
      /** "Attempt direct delivery before sending to smart host": that host, and those behind it. */
      readonly fallbacks?: readonly RouteHost[];
      readonly limits?: RouteLimits;
      readonly hold?: Hold;
    }
  | {
      readonly kind: 'refuse';
      /** Behind the colon: what an operator chose and is no longer there; its mail waits, whatever that of others does. */
      readonly destination: 'refuse' | `refuse:${string}`;
      readonly rule: string;
      readonly status: SmtpStatus;
    };

/**
 * Stands for the route while that cannot be decided: the directory is asked about the message's addresses first. The
 * directory is a destination like others, with lanes and a retry clock.
 */
export interface DirectoryRoute {
  readonly kind: 'directory';
  readonly destination: string;
  readonly rule: string;
}

/** A route as the queue has it. */
export type QueueRoute = Route | DirectoryRoute;

/**
 * The destination as people and settings name it: it stays when a password, a port by MX or the encryption changes, which
 * the key does not. The domain for MX, "host:port" for a smart host (the first of several).
 */
export function destinationName(route: QueueRoute): string {
  switch (route.kind) {
    case 'drop':
      return 'Drop';
    case 'directory':
      return 'LDAP routing';
    case 'mx':
      return route.domain;
    case 'smart-host':
      return `${route.host.toLowerCase().replace(/\.$/, '')}:${route.port}`;
    case 'refuse':
      return 'No route';
  }
}

/** Within this computer: mail that waits for it has the limits of local mail. */
export const isLocalRoute = ({ kind }: QueueRoute): boolean => kind === 'drop' || kind === 'directory';

/** Undefined: the route is tried without anybody asking. */
export function holdOf(route: QueueRoute): Hold | undefined {
  return route.kind === 'mx' || route.kind === 'smart-host' ? route.hold : undefined;
}

/** What the MTA-STS policy of the recipient's domain says about a host (RFC 8461). */
export interface TargetPolicy {
  /** 'enforce': without verified TLS it gets nothing; 'testing': what would have kept mail from it is only told. */
  readonly mode: 'enforce' | 'testing';
  readonly domain: string;
  /** False only in mode 'testing'; hosts that an enforced policy does not name are no targets. */
  readonly isListed: boolean;
}

/** One host to connect to; `address` is an IP address. */
export interface Target {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly policy?: TargetPolicy;
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
  /** Absent: the message went in clear text, or no session came about. */
  readonly tls?: TlsFacts;
}

export interface AttemptResult {
  readonly results: readonly RecipientResult[];
  /** The destination as a whole could not be reached; other mail for it need not try before its turn. */
  readonly isDestinationDown: boolean;
}

export type Deliver = (job: DeliveryJob, signal: AbortSignal) => Promise<AttemptResult>;
