/** A message's content at rest: read whole when it is small, streamed when it is not. */
export interface ContentSource {
  readonly sizeBytes: number;
  /** All bytes in one piece. Callers ask `sizeBytes` first and stay below `wholeReadLimitBytes`. */
  read(): Promise<Uint8Array>;
  /** The bytes in pieces; may be called again for another pass. */
  stream(): AsyncIterable<Uint8Array>;
}

/** Above this a message is streamed, so that a few large messages cannot fill the memory. */
export const wholeReadLimitBytes = 1024 * 1024;
