/**
 * What a log-in mechanism is to AUTH (RFC 4954): a dialogue that takes the client's messages one by one and says
 * what becomes of each. The dialogue knows no session, no line and no base64.
 */
import type { Keyring, LogOnMethod } from '../core/keyring';

/** In the order in which EHLO names them (reference 5.2), and what an account must allow for each. */
export const methodOf = {
  GSSAPI: 'kerberos',
  NTLM: 'ntlm',
  LOGIN: 'basic',
  PLAIN: 'basic',
  'SCRAM-SHA-256': 'scram-sha-256',
  'CRAM-MD5': 'cram-md5',
} as const satisfies Readonly<Record<string, LogOnMethod>>;
export type MechanismName = keyof typeof methodOf;

/** What becomes of a client's message. */
export type SaslStep =
  | { readonly kind: 'challenge'; readonly data: Uint8Array }
  /** `proof`: said to the client before it may take itself for logged in. */
  | { readonly kind: 'accepted'; readonly account: string; readonly proof?: Uint8Array }
  /**
   * Not who it says it is. `user`: who it said; `reason`: for the administrator, never for the client. Without one it
   * is found afterwards by `names`, by which the account was looked for; default: those of `namesToTry`.
   */
  | {
      readonly kind: 'refused';
      readonly user: string;
      readonly reason?: string;
      readonly names?: readonly string[];
    }
  /** Not a message of this mechanism: nobody's name or password was tried. */
  | { readonly kind: 'malformed' };

/** One log-in under way. */
export interface SaslDialogue {
  /** What is said to a client that sent nothing with AUTH. */
  readonly prompt: Uint8Array;
  /** Takes the client's next message; throws Problem 'unavailable' when it cannot be judged. */
  step(message: Buffer): Promise<SaslStep> | SaslStep;
  /** Frees what the dialogue holds, however far it came; may be called again. */
  end?(): void;
}

/** What a mechanism may ask. */
export interface LogOnMeans {
  readonly keyring: Keyring;
  readonly now: () => number;
  /** Own name. */
  readonly fqdn: string;
  /** Setting "Default domain": see `namesToTry`. */
  readonly defaultLogonDomain: string;
  /** Setting "Kerberos key file". */
  readonly keytab: string;
}

export const nothing: Uint8Array = new Uint8Array();
export const malformed: SaslStep = { kind: 'malformed' };
