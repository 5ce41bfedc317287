/** What the engine asks about people, keys and secrets. Filled by whoever builds the engine; the engine stores none. */
import { Problem } from './problem';
import type { SecurityPackage } from './security-package';

export interface TlsCredentials {
  readonly keyPem: string;
  /** The certificate first, then its chain. */
  readonly certificatePem: string;
  /** Another one when the certificate is another one. */
  readonly fingerprint: string;
}

/** By what an account may log in. 'basic' is PLAIN and LOGIN; 'kerberos' needs no password. */
export const logOnMethods = ['basic', 'ntlm', 'cram-md5', 'scram-sha-256', 'kerberos'] as const;
export type LogOnMethod = (typeof logOnMethods)[number];

/** What a challenge-response mechanism needs of an account. As good as the password: never logged, never kept. */
export interface LogOnSecrets {
  /** MD4 of the password in UTF-16LE (MS-NLMP 3.3.1). */
  readonly ntlm: { readonly ntHash: Uint8Array };
  readonly 'cram-md5': { readonly password: string };
  /** RFC 5802 section 3. */
  readonly 'scram-sha-256': {
    readonly salt: Uint8Array;
    readonly iterations: number;
    readonly storedKey: Uint8Array;
    readonly serverKey: Uint8Array;
  };
}

export interface AccessToken {
  /** Never logged. */
  readonly token: string;
  /** Mailbox that signed in; '' when the provider does not say. */
  readonly user: string;
}

export interface Keyring {
  /** The account's name as it was written when it was made; undefined: no such account, disabled, 'basic' not allowed, or a wrong password. */
  authenticate(user: string, password: string): Promise<string | undefined>;
  /** As `authenticate`, without a password: for explanations. Whatever it may log in by. */
  findAccount(user: string): string | undefined;
  /**
   * True while there is an account of this name and it is disabled. For operators and their records: no client may
   * learn it.
   */
  isDisabled(user: string): boolean;
  /** True while an account of this name exists, is enabled and allows the method. */
  allows(account: string, method: LogOnMethod): boolean;
  /** For an enabled account that allows the method; undefined otherwise. Throws Problem 'unavailable' when the key for it is gone. */
  logOnSecret<M extends keyof LogOnSecrets>(
    user: string,
    method: M,
  ): { readonly account: string; readonly secret: LogOnSecrets[M] } | undefined;
  /** The account logged in by a method other than `authenticate`. */
  noteLogOn(account: string): void;
  /**
   * A secret that stays the same over restarts: what is answered about names that nobody has is made with it. Default:
   * another one in each process. May throw.
   */
  readonly decoySecret?: () => Uint8Array;
  /** The system's own log-ins; undefined: this build has none. */
  readonly securityPackage?: SecurityPackage;
  /** By the number in the settings; undefined: there is none, or its key cannot be read. */
  tlsCredentials(certificateId: string): TlsCredentials | undefined;
  /**
   * A token for a log-in by OAuth2, renewed when it is about to expire.
   *
   * @param signIn number of the sign-in in the settings
   * @param refused a token that the host did not take: another one is fetched
   * @throws Problem 'unavailable' in words for people: no such sign-in, it has to be made again, or the token server
   *   cannot be reached now
   */
  accessToken(signIn: string, refused?: string): Promise<AccessToken>;
  /** Clear text of a secret in the settings. Throws Problem 'unavailable' when the key for it is gone. */
  unseal(secret: string): string;
}

/** Knows nobody and nothing. */
export const emptyKeyring: Keyring = {
  authenticate: () => Promise.resolve(undefined),
  findAccount: () => undefined,
  isDisabled: () => false,
  allows: () => false,
  logOnSecret: () => undefined,
  noteLogOn: () => undefined,
  tlsCredentials: () => undefined,
  unseal: (secret) => secret,
  accessToken: () => Promise.reject(new Problem('unavailable', 'There is no such OAuth2 sign-in.')),
};
