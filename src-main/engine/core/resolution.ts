/** What the queue asks the directory about the addresses of a message, and what it is told. Values only. */
import type { SmtpStatus } from './smtp-status';

/** A recipient that stands for another one. */
export interface ResolvedMember {
  readonly address: string;
  /** Permanent: nothing can be sent to it, and the sender is told. */
  readonly refusal?: SmtpStatus;
}

export type RecipientResolution =
  /** It is not in the directory, or stands there as it is written. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'rewritten'; readonly address: string }
  /** A group, or a mailbox that forwards and keeps a copy. */
  | { readonly kind: 'expanded'; readonly members: readonly ResolvedMember[] }
  /** The status is permanent. */
  | { readonly kind: 'refused'; readonly status: SmtpStatus };

export interface ResolutionQuestion {
  /** '' is the null reverse-path, which is looked up nowhere. */
  readonly sender: string;
  readonly recipients: readonly string[];
  /** The message may have addresses in UTF-8. */
  readonly isUtf8: boolean;
}

export type ResolutionAnswer =
  | {
      readonly kind: 'resolved';
      readonly sender: string;
      /** One for each recipient, in the order of the question. */
      readonly recipients: readonly RecipientResolution[];
    }
  /** The directory cannot be asked at the moment. The status is temporary. */
  | { readonly kind: 'failed'; readonly status: SmtpStatus };

/** Never rejects, except when `signal` says that nobody waits any more. */
export type ResolveAddresses = (
  question: ResolutionQuestion,
  signal: AbortSignal,
) => Promise<ResolutionAnswer>;

/** What is said about a recipient while the directory cannot be asked; also how such a note is known again. */
export const directoryFailure = 'The directory cannot be asked at the moment';
