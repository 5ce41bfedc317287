/**
 * Who is at the other end: asks the keyring, and makes guessing slow.
 *
 * Promises: a password stands in no reply, event or field; each wrong one is answered later than the one before,
 * and the last one allowed ends the connection.
 * Fails: when the accounts cannot be asked, the client is told to come again and nobody is logged in.
 */
import { Problem, reasonOf } from '../core/problem';
import type { SmtpStatus } from '../core/smtp-status';
import { replies } from './replies';
import { type Credentials, isPlausible, namesToTry } from './sasl';
import type { Session } from './session';

/** The delay before the answer to each wrong log-in of a session. The last one is the last one. */
export const failureDelaysMs: readonly number[] = [500, 1000, 2000, 4000, 4000];

/** Logs the session in; the status is the answer. `undefined` credentials are wrong ones. */
export async function logOn(session: Session, credentials: Credentials | undefined): Promise<SmtpStatus> {
  let account: string | undefined;
  try {
    account = credentials && isPlausible(credentials) ? await findAccount(session, credentials) : undefined;
  } catch (error) {
    // Too many at once is for the client to know: whoever makes that happen could fill the list of events.
    if (!(error instanceof Problem && error.code === 'unavailable'))
      session.services.emit({
        type: 'warning',
        serverId: session.services.serverId,
        code: 'accounts-unavailable',
        text: `A log-in from ${session.peerAddress} could not be checked: ${reasonOf(error)}`,
      });
    return replies.accountsUnavailable;
  }
  if (account === undefined) return refuse(session);
  session.account = account;
  session.emit('session-changed');
  return replies.authenticated;
}

async function findAccount(session: Session, { user, password }: Credentials): Promise<string | undefined> {
  const { keyring, policy } = session.services;
  for (const name of namesToTry(user, policy().settings.defaultLogonDomain)) {
    const account = await keyring.authenticate(name, password);
    if (account !== undefined) return account;
  }
  return undefined;
}

async function refuse(session: Session): Promise<SmtpStatus> {
  const delayMs = failureDelaysMs[session.failedLogOnCount++] ?? 0;
  await new Promise<void>((resolve) => void session.services.clock.startTimer(resolve, delayMs));
  return session.failedLogOnCount >= failureDelaysMs.length
    ? replies.tooManyLogOnFailures
    : replies.notAuthentic;
}
