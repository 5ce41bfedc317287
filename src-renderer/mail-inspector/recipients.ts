/** Envelope against header: who got the message, and who got it without being named in it. Pure. */

export interface EnvelopeRecipient {
  readonly address: string;
  /** In the envelope, but in neither To nor Cc: a blind copy, a list, or a test. */
  readonly isEnvelopeOnly: boolean;
}

/** @param headerRecipients lower-case addresses; undefined when the header could not be read */
export function compareRecipients(
  envelope: readonly string[],
  headerRecipients: readonly string[] | undefined,
): EnvelopeRecipient[] {
  const named = new Set(headerRecipients ?? []);
  return envelope.map((address) => ({
    address,
    isEnvelopeOnly: headerRecipients !== undefined && !named.has(address.toLowerCase()),
  }));
}
