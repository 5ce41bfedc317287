/** What the queue asks for when a recipient's way ends badly, late or as wished. Values only. */
import type { ContentSource } from './content';
import type { Envelope, Recipient, RemoteHost } from './envelope';
import type { BadmailCause } from './event';
import type { SmtpStatus } from './smtp-status';

/** RFC 3464 section 2.3.3. */
export type NotificationAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

/** One recipient in a notification: what happened, where, and what comes next. */
export interface NotifiedRecipient {
  readonly address: string;
  /** RFC 3461 ORCPT as "type;address", xtext decoded. */
  readonly orcpt?: string;
  readonly action: NotificationAction;
  readonly status: SmtpStatus;
  readonly remote?: RemoteHost;
  readonly lastAttemptAt?: number;
  /** With action 'delayed': when the message expires. */
  readonly willRetryUntil?: number;
}

/** One notification to the sender of `envelope`. */
export interface NotificationRequest {
  readonly envelope: Envelope;
  readonly content: ContentSource;
  /** All of one action. */
  readonly recipients: readonly NotifiedRecipient[];
}

/** A message, or some of its recipients, that can neither be delivered nor returned. */
export interface BadmailRequest {
  readonly envelope: Envelope;
  readonly content: ContentSource;
  readonly recipients: readonly Recipient[];
  readonly cause: BadmailCause;
  /** The true reason, one sentence. */
  readonly reason: string;
}
