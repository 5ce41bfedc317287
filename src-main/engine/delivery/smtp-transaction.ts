/** One message on its way over one connection. Values only. */
import type { Readable } from 'node:stream';

/** DSN parameters of one recipient, RFC 3461 sections 4.1 and 4.2; '' leaves the parameter out. */
export interface RecipientDsn {
  /** "NEVER" or "SUCCESS,FAILURE,DELAY". */
  readonly notify: string;
  /** "type;address", not yet in xtext. */
  readonly orcpt: string;
}

export interface SmtpTransaction {
  /** '' is the null reverse-path. */
  readonly sender: string;
  readonly recipients: readonly string[];
  /** In the order of `recipients`. */
  readonly dsn: readonly RecipientDsn[];
  readonly ret?: 'FULL' | 'HDRS';
  readonly envid?: string;
  readonly sizeBytes: number;
  readonly isEightBit: boolean;
  /** The content goes as it is, by BDAT (RFC 3030); the peer must offer CHUNKING and BINARYMIME. */
  readonly isBinary?: boolean;
  /** SMTPUTF8 is asked for whatever the addresses are; the peer must offer it. */
  readonly isUtf8?: boolean;
  readonly content: Buffer | Readable;
}

/** How far the content of the transaction got: a message is only ever in doubt after the final dot, or the last byte. */
export type ContentProgress = 'not-started' | 'started' | 'final-dot-sent';
