/**
 * The one door into the queue, as its sources see it (SMTP session, Pickup, notification, test message).
 * The source may let go of a message only after `commit` resolved: then content and envelope are on
 * stable storage.
 */
import type { EnvelopeDraft } from './envelope';
import type { QueueId } from './ids';

/** What the door is told about the message besides its envelope. */
export interface IntakeOptions {
  /**
   * The part of our Received line before "by", without line breaks: "from helo ([192.0.2.7])" or
   * "from mail pickup service" (reference 1.12). Absent: no Received line (notifications, which we wrote).
   */
  readonly receivedFrom?: string;
  /** "with" clause; SMTP, ESMTP. Absent for Pickup. */
  readonly protocol?: string;
  /** The recipients are not tried before this time has passed. */
  readonly delayMs?: number;
  /** Remove Bcc header lines (Pickup, reference 2.3 deviates; see docs/deviations.md). */
  readonly isBccStripped?: boolean;
}

export interface AcceptedMessage {
  readonly queueId: QueueId;
  /** With angle brackets: the one in the content, or the one that was added. */
  readonly messageId: string;
  readonly sizeBytes: number;
}

/** One message on its way in. Exactly one of commit and abort ends it; abort after commit does nothing. */
export interface IntakeTransaction {
  readonly queueId: QueueId;
  /** Takes the next bytes (CRLF line endings, dots already unstuffed). A returned promise asks to wait. */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** Durable when it resolves. Rejects with Problem 'disk-full' or 'folder-unusable'; nothing is left then. */
  commit(): Promise<AcceptedMessage>;
  /** Forgets the message and removes what was written. Never rejects. */
  abort(): Promise<void>;
}

export interface MessageIntake {
  open(draft: EnvelopeDraft, options: IntakeOptions): IntakeTransaction;
  /** A status to refuse with before any content is taken (disk low, queue stopped), else undefined. */
  refusal(): import('./smtp-status').SmtpStatus | undefined;
}
