/** The client's side of the ways to log in with a password or a token (RFC 4954). NTLM is in ntlm-client. Pure. */

/** One log-in under way; for a second try another one is made. */
export interface SaslClient {
  readonly mechanism: string;
  /** Sent with the AUTH command. Undefined: the host speaks first. */
  readonly initial?: Buffer;
  /** The answer to what stands behind "334 ", as it came. Undefined: nothing fits it, and the log-in is called off. */
  respond(challenge: string): Buffer | undefined;
  /** What must not be repeated in any form. */
  readonly secrets: readonly string[];
}

export interface PasswordLogin {
  readonly user: string;
  readonly password: string;
}

/** RFC 4616. */
export function createPlainClient({ user, password }: PasswordLogin): SaslClient {
  const message = `\u0000${user}\u0000${password}`;
  return {
    mechanism: 'PLAIN',
    initial: Buffer.from(message),
    respond: () => undefined,
    secrets: [password, message],
  };
}

/** No RFC; two questions, whatever words they are asked in. */
export function createLoginClient({ user, password }: PasswordLogin): SaslClient {
  const answers = [user, password];
  return {
    mechanism: 'LOGIN',
    respond() {
      const answer = answers.shift();
      return answer === undefined ? undefined : Buffer.from(answer);
    },
    secrets: [password],
  };
}

export interface TokenLogin {
  readonly user: string;
  readonly token: string;
}

/** XOAUTH2 as Google and Microsoft have it. A refusal comes as a challenge, which wants an empty answer. */
export function createXoauth2Client({ user, token }: TokenLogin): SaslClient {
  const message = `user=${user}\u0001auth=Bearer ${token}\u0001\u0001`;
  return {
    mechanism: 'XOAUTH2',
    initial: Buffer.from(message),
    respond: () => Buffer.alloc(0),
    secrets: [token, message],
  };
}

/** RFC 7628. */
export function createOauthBearerClient(
  { user, token }: TokenLogin,
  { host, port }: { readonly host: string; readonly port: number },
): SaslClient {
  const name = user.replaceAll('=', '=3D').replaceAll(',', '=2C');
  const message = `n,a=${name},\u0001host=${host}\u0001port=${port}\u0001auth=Bearer ${token}\u0001\u0001`;
  return {
    mechanism: 'OAUTHBEARER',
    initial: Buffer.from(message),
    // RFC 7628 section 3.2.3.
    respond: () => Buffer.from('\u0001'),
    secrets: [token, message],
  };
}
