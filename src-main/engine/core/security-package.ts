/**
 * A log-in that the operating system judges and not our own accounts (GSSAPI on Linux and macOS). The protocol
 * part of the engine knows only this; native calls live outside of the engine.
 */

/** One log-in under way. Not shared; `close` frees what the system keeps for it. */
export interface SecurityContext {
  /**
   * Takes the client's next token. `reply` goes back to the client, also when it is empty. Rejects with
   * Problem 'refused' when the system does not believe the client, and 'unavailable' when it could not judge.
   */
  step(token: Uint8Array): Promise<{ readonly reply: Uint8Array; readonly isEstablished: boolean }>;
  /** Client's name once established: "ann@EXAMPLE.COM". */
  principal(): string;
  /** Protects a message with integrity but not privacy (RFC 4752 section 3.1). */
  wrap(message: Uint8Array): Uint8Array;
  /** Throws Problem 'refused' when the message was not protected by the client. */
  unwrap(message: Uint8Array): Uint8Array;
  close(): void;
}

export interface SecurityPackage {
  /**
   * Can a log-in be completed now? False without the system's library or without a key of our service. Cheap: it may
   * be asked with each EHLO.
   *
   * @param keytab path of the key file; '' is the computer's own
   */
  isUsable(keytab: string): boolean;
  /** Begins a log-in. Throws Problem 'unavailable'. */
  accept(keytab: string): SecurityContext;
}
