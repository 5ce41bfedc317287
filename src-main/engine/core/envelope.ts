/**
 * The envelope: everything about a message that is not its content. Its file in Queue is the message's
 * existence (written last, removed first). All times are milliseconds since 1970 UTC.
 */
import type { QueueId } from './ids';
import type { OutcomeKind } from './outcome';
import type { SmtpStatus } from './smtp-status';
import type { TlsFacts } from './tls-facts';

export type NotifyCondition = 'success' | 'failure' | 'delay';

/** The far end of an attempt, as a person needs it to find the log line there. */
export interface RemoteHost {
  /** Name as configured or from MX; for literals the address. */
  readonly name: string;
  readonly address?: string;
  readonly port?: number;
}

/** What an attempt said about one recipient. */
export interface AttemptNote {
  readonly at: number;
  readonly status: SmtpStatus;
  readonly remote?: RemoteHost;
  readonly tls?: TlsFacts;
}

/**
 * Way that an operator chose for a recipient in place of the one that the settings say. What a smart host or remote
 * domain needs (log-in, TLS) is in the settings; a way that is no longer there is told as such and not guessed.
 */
export type ChosenWay =
  | { readonly kind: 'smart-host' }
  | { readonly kind: 'remote-domain'; readonly name: string }
  | { readonly kind: 'mx' }
  | { readonly kind: 'drop' }
  /** Name or "[address]"; TLS where it is offered, no log-in. */
  | { readonly kind: 'host'; readonly host: string; readonly port: number };

export interface Recipient {
  /** RFC 5321 Mailbox without angle brackets; always qualified. */
  readonly address: string;
  /** RFC 3461 NOTIFY. Absent: failure and delay. Empty: NEVER. */
  readonly notify?: readonly NotifyCondition[];
  /** RFC 3461 ORCPT as "type;address", xtext decoded. */
  readonly orcpt?: string;
  /** Set once: the recipient is finished. */
  readonly outcome?: OutcomeKind;
  /** Attempts made so far for this recipient. */
  readonly attempts: number;
  /** Not tried before this time. */
  readonly nextAttemptAt: number;
  readonly last?: AttemptNote;
  /** A delay notification was sent. */
  readonly delayNotified?: boolean;
  readonly way?: ChosenWay;
  /** An operator holds it: it is not tried and does not expire until it is released. */
  readonly isHeld?: true;
}

export type MessageSource =
  | {
      readonly kind: 'smtp';
      readonly sessionId: string;
      readonly peer: string;
      readonly helo: string;
      /** As whom the client was logged in. */
      readonly account?: string;
    }
  | { readonly kind: 'pickup'; readonly file: string }
  | { readonly kind: 'notification'; readonly about: QueueId }
  /** An operator sent a message of a folder, or an opened file, again. */
  | { readonly kind: 'resend'; readonly of: string; readonly by: string }
  | { readonly kind: 'test' };

/** 'binarymime': lines may be of any length and end in any way, or not at all (RFC 3030). */
export type BodyType = '7bit' | '8bitmime' | 'binarymime';

/** What a source knows before the content arrives. */
export interface EnvelopeDraft {
  readonly serverId: number;
  /** Reverse-path without brackets; '' is the null reverse-path. */
  readonly sender: string;
  readonly recipients: readonly Pick<Recipient, 'address' | 'notify' | 'orcpt' | 'way'>[];
  readonly body: BodyType;
  /** The message may have UTF-8 in addresses and header (RFC 6531): it needs servers that take this. */
  readonly isUtf8?: true;
  readonly ret?: 'full' | 'hdrs';
  /** RFC 3461 ENVID, xtext decoded. */
  readonly envid?: string;
  readonly source: MessageSource;
}

/** What stands in the envelope file. */
export interface Envelope extends EnvelopeDraft {
  readonly version: 1;
  readonly queueId: QueueId;
  readonly arrivedAt: number;
  /** Size of the content file. */
  readonly sizeBytes: number;
  /** Received lines in the content as it arrived (loop detection, RFC 5321 section 6.3). */
  readonly hopCount: number;
  /** With angle brackets. */
  readonly messageId: string;
  /** Raw Subject line of the content, at most 250 characters, for lists. */
  readonly subject: string;
  readonly recipients: readonly Recipient[];
  /** The directory has been asked about its addresses; what it said stays. */
  readonly isResolved?: true;
}

/** Recipients that still have to be handled. */
export function waitingRecipients(envelope: Envelope): readonly Recipient[] {
  return envelope.recipients.filter((recipient) => recipient.outcome === undefined);
}
