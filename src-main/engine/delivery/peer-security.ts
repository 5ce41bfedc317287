/** Whether a peer is as secure as its route asks, and lets us in (decision 0005). */
import { isTlsRequired, type RouteSecurity } from '../core/delivery';
import { reasonOf } from '../core/problem';
import { type HostFailure, readFailure } from './failure';

/** What the peer does not offer and the route asks for; undefined: nothing. */
export function findShortcoming(
  security: RouteSecurity,
  peer: { readonly hello: 'ehlo' | 'helo'; readonly isEncrypted: boolean; readonly hasLogIn: boolean },
): HostFailure | undefined {
  const { login } = security;
  const isHelo = peer.hello === 'helo';
  if (isTlsRequired(security) && !peer.isEncrypted) {
    const lack = isHelo ? 'behind HELO there is no STARTTLS' : 'it does not offer STARTTLS';
    return { kind: 'security', reason: `TLS is required, and ${lack}` };
  }
  if (login && !peer.hasLogIn) {
    const lack = isHelo ? 'behind HELO there is no AUTH' : 'it does not offer AUTH PLAIN or AUTH LOGIN';
    return { kind: 'security', reason: `A log-in is set up, and ${lack}` };
  }
  return undefined;
}

/**
 * Opens the stored password and logs in. Undefined: it worked.
 *
 * @param logIn rejects with the SMTP client's error
 */
export async function tryLogIn(
  sealed: string,
  { unseal, logIn }: { unseal: (secret: string) => string; logIn: (password: string) => Promise<void> },
): Promise<HostFailure | undefined> {
  const local = { kind: 'login', enhanced: '4.3.5' } as const;
  let password: string;
  try {
    password = sealed === '' ? '' : unseal(sealed);
  } catch (error) {
    const cause = reasonOf(error);
    return { ...local, reason: 'The stored password for the log-in cannot be read; enter it again', cause };
  }
  if (password === '') return { ...local, reason: 'No password is set for the log-in' };
  try {
    await logIn(password);
    return undefined;
  } catch (error) {
    const failure = readFailure(error, 'connect');
    const code = failure.reply?.code ?? 0;
    if (code < 500) return failure;
    const what = code === 535 ? 'It refused the user name or password' : 'It refused the log-in';
    return { ...failure, kind: 'login', reason: `${what} (${failure.reason})` };
  }
}
