/** What the engine asks about people, keys and secrets. Filled by whoever builds the engine; the engine stores none. */

export interface TlsCredentials {
  readonly keyPem: string;
  /** The certificate first, then its chain. */
  readonly certificatePem: string;
  /** Another one when the certificate is another one. */
  readonly fingerprint: string;
}

export interface Keyring {
  /** The account's name as it was written when it was made; undefined: no such account, disabled, or a wrong password. */
  authenticate(user: string, password: string): Promise<string | undefined>;
  /** As `authenticate`, without a password: for explanations. */
  findAccount(user: string): string | undefined;
  /** By the number in the settings; undefined: there is none, or its key cannot be read. */
  tlsCredentials(certificateId: string): TlsCredentials | undefined;
  /** Clear text of a secret in the settings. Throws Problem 'unavailable' when the key for it is gone. */
  unseal(secret: string): string;
}

/** Knows nobody and nothing. */
export const emptyKeyring: Keyring = {
  authenticate: () => Promise.resolve(undefined),
  findAccount: () => undefined,
  tlsCredentials: () => undefined,
  unseal: (secret) => secret,
};
