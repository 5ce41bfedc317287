/** What finds the end of a message's content, or of a part of it, in the client's bytes. */

export interface ContentPiece {
  /** Message bytes; may be empty. Shares memory with the chunk. */
  readonly content: Buffer;
  /** Index in the chunk behind the end of the content; -1 while it goes on. */
  readonly endAt: number;
}

export interface ContentReader {
  /** Takes the next bytes, which it may change. */
  push(chunk: Buffer): ContentPiece;
}
