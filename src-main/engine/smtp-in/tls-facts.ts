/** What is known about the encryption of a connection. Pure. */

export interface TlsFacts {
  /** "TLSv1.3". */
  readonly protocol: string;
  /** IANA name of the cipher suite. */
  readonly cipher: string;
  /** Length of the cipher's key; 0 when the suite is not known. */
  readonly keyBits: number;
  /** Host name that the client asked for (SNI). */
  readonly serverName?: string;
}

/** First match decides: the odd ones first, then those that have their key length in the name. */
const keyLengths: readonly (readonly [RegExp, number | 'named'])[] = [
  [/_WITH_NULL_|^TLS_SHA(?:256|384)_/, 0],
  [/_EXPORT_|_(?:RC2_CBC|RC4|DES|DES_CBC)_?40(?:_|$)/, 40],
  [/_3DES_EDE_/, 112],
  [/_DES_CBC_/, 56],
  [/_CHACHA20_POLY1305_/, 256],
  [/_(?:IDEA|SEED)_CBC_/, 128],
  [/_(?:AES|ARIA|CAMELLIA|RC4|SM4)_(\d{3})_/, 'named'],
];

/**
 * Length in bits of the key of a cipher suite, from its IANA name ("TLS_AES_128_GCM_SHA256"). A suite that is
 * not known counts as 0, so that it is never taken for a strong one.
 */
export function keyBitsOf(cipherSuite: string): number {
  for (const [pattern, bits] of keyLengths) {
    const match = pattern.exec(cipherSuite);
    if (match) return bits === 'named' ? Number(match[1]) : bits;
  }
  return 0;
}
