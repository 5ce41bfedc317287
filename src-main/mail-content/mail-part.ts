/** What the scanner says about a message: plain data that may cross between threads. */

/** What is wrong with a message or a part; stable codes. The reader goes on and makes the best of it. */
export type FaultCode =
  /** A multipart that names no boundary; shown as one part. */
  | 'no-boundary'
  /** Longer than the 70 characters of RFC 2046. */
  | 'long-boundary'
  | 'no-end-boundary'
  | 'too-deep'
  | 'too-many-parts'
  /** The header ends without an empty line. */
  | 'no-body'
  /** A line in a header that is no field. */
  | 'not-a-field'
  /** A field about the content is there twice; the first one counts. */
  | 'repeated-field'
  | 'unknown-encoding'
  /** A message inside that is encoded, which RFC 2046 forbids; it is not taken apart. */
  | 'encoded-message'
  | 'unknown-charset'
  /** Bytes that the named charset does not have. */
  | 'wrong-charset'
  | 'broken-base64'
  | 'broken-quoted-printable'
  | 'broken-uuencode';

export interface MailFault {
  readonly code: FaultCode;
  /** Index of the part. */
  readonly part: number;
}

export interface MailPart {
  /** Place in `parts`; 0 is the message itself. Parts stand in the order of the source, parents first. */
  readonly index: number;
  /** -1: none. Of a message inside a message: the message/rfc822 part that holds it. */
  readonly parent: number;
  readonly depth: number;
  /** Offsets in the message; ends are exclusive. The header range has no empty line at its end. */
  readonly headerStart: number;
  readonly headerEnd: number;
  readonly bodyStart: number;
  /** The line end before a boundary belongs to the boundary. */
  readonly bodyEnd: number;
  /** Lower case: "text/plain". */
  readonly type: string;
  /** Lower case; '' where none is named. */
  readonly charset: string;
  /** Content-Transfer-Encoding in lower case; "7bit" where none is named. */
  readonly encoding: string;
  /** Lower case: "attachment", "inline"; '' where none is named. */
  readonly disposition: string;
  /** As sent, decoded; '' where there is none. Clean it before it becomes the name of a file. */
  readonly fileName: string;
  /** Without angle brackets. */
  readonly contentId: string;
  readonly contentLocation: string;
  /** Its children are parts of the list. */
  readonly isMultipart: boolean;
  /** Its only child is the message inside it. */
  readonly isMessage: boolean;
}

export interface MailStructure {
  readonly sizeBytes: number;
  readonly parts: readonly MailPart[];
  /** There are more parts, or deeper ones, than are listed. */
  readonly isCut: boolean;
  /** The first hundred. */
  readonly faults: readonly MailFault[];
}

/** Limits of the reader; what is beyond them is cut, and said to be. */
export const mailLimits = {
  parts: 10_000,
  depth: 100,
  faults: 100,
  boundaryCharacters: 10_000,
  /** Of one header field that the reader itself looks into. */
  fieldBytes: 64 * 1024,
  fields: 2000,
  /** Of all fields together that `readFields` answers. */
  fieldCharacters: 2 * 1024 * 1024,
  addresses: 1000,
  references: 200,
  parameters: 200,
} as const;
