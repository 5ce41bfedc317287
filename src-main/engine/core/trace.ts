/**
 * What the trace is told: one record for each thing that happened to a message, or to one that did not come in.
 * Values only; the trace's files have them one in a line, in this form.
 */
import type { DialogueLine } from './dialogue';
import type { ChosenWay, MessageSource, RemoteHost } from './envelope';
import type { QueueId } from './ids';
import type { OutcomeKind } from './outcome';
import type { SmtpStatus } from './smtp-status';
import type { TlsFacts } from './tls-facts';

export type TraceRecord = { readonly at: number } & (
  | {
      readonly kind: 'accepted';
      readonly queueId: QueueId;
      readonly sender: string;
      readonly recipients: readonly string[];
      /** Raw, bounded. */
      readonly subject: string;
      readonly messageId: string;
      readonly sizeBytes: number;
      readonly source: MessageSource;
    }
  /** What was said in the session that brought the message; of a long session its beginning and this transaction. */
  | {
      readonly kind: 'session';
      readonly queueId: QueueId;
      readonly sessionId: string;
      readonly tls?: string;
      readonly lines: readonly DialogueLine[];
    }
  /** A message, or one of its recipients, that was not taken. */
  | {
      readonly kind: 'refused';
      readonly sessionId: string;
      readonly peer: string;
      readonly sender: string;
      readonly recipient?: string;
      /** Of a message that was refused as a whole: who had been taken as its recipients; the first of them. */
      readonly recipients?: readonly string[];
      readonly status: SmtpStatus;
      readonly lines: readonly DialogueLine[];
      /** Refusals that are not told one by one: so many, of this session, or of all where it is ''. */
      readonly count?: number;
    }
  /** The directory put others in a recipient's place, or an operator did. */
  | {
      readonly kind: 'resolved' | 'readdressed';
      readonly queueId: QueueId;
      readonly recipient: string;
      readonly addresses: readonly string[];
      readonly by?: string;
    }
  /** One connection, or the try to get one. What it came to for each recipient follows as 'deferred' and 'outcome'. */
  | {
      readonly kind: 'attempt';
      readonly queueId: QueueId;
      readonly recipients: readonly string[];
      /** The setting that decided, for people. */
      readonly rule: string;
      readonly destination: string;
      readonly startedAt: number;
      readonly lines: readonly DialogueLine[];
    }
  | {
      readonly kind: 'deferred';
      readonly queueId: QueueId;
      readonly recipient: string;
      readonly status: SmtpStatus;
      readonly nextAttemptAt: number;
      readonly remote?: RemoteHost;
      readonly tls?: TlsFacts;
    }
  | {
      readonly kind: 'outcome';
      readonly queueId: QueueId;
      readonly recipient: string;
      readonly outcome: OutcomeKind;
      readonly status: SmtpStatus;
      readonly remote?: RemoteHost;
      readonly tls?: TlsFacts;
    }
  /** What an operator did with waiting mail. */
  | {
      readonly kind: 'operator';
      readonly queueId: QueueId;
      readonly recipients: readonly string[];
      readonly act: 'held' | 'released' | 'retried' | 'way-changed';
      readonly way?: ChosenWay;
      readonly by: string;
    }
);

export interface Trace {
  /**
   * Resolves when the record was handed to the system, so that the end of this process loses nothing; undefined when
   * it already was, or nothing is kept. Never rejects: mail does not wait for its trace.
   */
  write(record: TraceRecord): Promise<void> | undefined;
}
