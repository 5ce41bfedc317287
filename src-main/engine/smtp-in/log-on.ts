/**
 * What a log-in means to the session, and what makes guessing slow.
 *
 * Promises: a password stands in no reply, event or field; each wrong one is answered later than the one before,
 * and the last one allowed ends the connection.
 * Fails: when a log-in cannot be judged, the client is told to come again and nobody is logged in.
 */
import { steadyNow } from '../core/clock';
import type { Keyring } from '../core/keyring';
import { Problem, reasonOf } from '../core/problem';
import type { SmtpStatus } from '../core/smtp-status';
import { cleanName } from './lock-out';
import { replies } from './replies';
import { isPlausibleName, namesToTry } from './sasl';
import { type MechanismName, methodOf } from './sasl-mechanism';
import type { Session, SessionServices } from './session';

/** The delay before the answer to each wrong log-in of a session. The last one is the last one. */
export const failureDelaysMs: readonly number[] = [500, 1000, 2000, 4000, 4000];

/** Logs the session in; the status is the answer. */
export function acceptLogOn(session: Session, account: string, mechanism: MechanismName): SmtpStatus {
  const { keyring, lockOuts } = session.services;
  const method = methodOf[mechanism];
  lockOuts.noteSuccess(session.peerAddress);
  // `authenticate` has noted it already.
  if (method !== 'basic') keyring.noteLogOn(account);
  session.account = account;
  session.logOnMethod = method;
  session.record.note(`Logged in as ${account}`);
  session.emit('session-changed');
  return replies.authenticated;
}

/** A log-in that failed. See `SaslStep`. */
export interface FailedLogOn {
  readonly mechanism: MechanismName;
  readonly user: string;
  readonly reason?: string;
  readonly names?: readonly string[];
}

/** Answers a wrong log-in, late. What was wrong with it is for the administrator, never for the client. */
export async function refuseLogOnAttempt(session: Session, failed: FailedLogOn): Promise<SmtpStatus> {
  const { keyring, lockOuts, policy } = session.services;
  lockOuts.noteFailure(session.peerAddress, failed.user);
  const { defaultLogonDomain } = policy().settings;
  session.record.note(describeFailedLogOn({ ...failed, keyring, defaultLogonDomain }));
  await session.delay(failureDelaysMs[session.failedLogOnCount++] ?? 0);
  return session.failedLogOnCount >= failureDelaysMs.length
    ? replies.tooManyLogOnFailures
    : replies.notAuthentic;
}

/** One sentence of who it was and how it tried, one of what was wrong; never the password. */
export function describeFailedLogOn(
  failed: FailedLogOn & {
    readonly keyring: Pick<Keyring, 'findAccount' | 'isDisabled' | 'allows'>;
    readonly defaultLogonDomain: string;
  },
): string {
  const { mechanism, user, reason = findReason(failed) } = failed;
  const who = user === '' ? 'A client' : `"${cleanName(user)}"`;
  return `${who} could not log in by ${mechanism}. ${reason.replace(/\.$/, '')}.`;
}

/** Looked up after the log-in was judged, and in the same way whatever was wrong: the answer comes at the same time. */
function findReason(failed: Parameters<typeof describeFailedLogOn>[0]): string {
  const { keyring, mechanism, user, defaultLogonDomain } = failed;
  if (!isPlausibleName(user))
    return user === '' ? 'It gave no name' : 'This cannot be the name of an account';
  const found = (failed.names ?? namesToTry(user, defaultLogonDomain)).map((name) => ({
    isKnown: keyring.findAccount(name) !== undefined,
    isDisabled: keyring.isDisabled(name),
    mayLogOn: keyring.allows(name, methodOf[mechanism]),
  }));
  if (found.some(({ mayLogOn }) => mayLogOn)) return 'The password is wrong';
  if (found.some(({ isKnown }) => isKnown)) return 'The account may not log in in this way';
  return found.some(({ isDisabled }) => isDisabled)
    ? 'The account is disabled'
    : 'There is no account of this name';
}

/** What clients can bring about as often as they like is said once in this time. */
const silenceMs = 60 * 60_000;
const saidAt = new WeakMap<SessionServices, number>();

/** Answers a log-in that could not be judged. */
export function postponeLogOn(session: Session, mechanism: MechanismName, error: unknown): SmtpStatus {
  const { services } = session;
  if (isWorthTelling(services, mechanism, error))
    services.emit({
      type: 'warning',
      serverId: services.serverId,
      code: 'accounts-unavailable',
      text: `A log-in from ${session.peerAddress} could not be checked: ${reasonOf(error)}`,
    });
  session.record.note(`The log-in could not be checked: ${reasonOf(error)}`);
  return replies.accountsUnavailable;
}

/** Whoever could fill the list of events does not. */
function isWorthTelling(services: SessionServices, mechanism: MechanismName, error: unknown): boolean {
  if (!(error instanceof Problem && error.code === 'unavailable')) return true;
  // Too many at once, which is for the client to know; the others lack a key or a library, which somebody must mend.
  if (methodOf[mechanism] === 'basic') return false;
  const nowMs = steadyNow(services.clock);
  const before = saidAt.get(services);
  if (before !== undefined && nowMs - before < silenceMs) return false;
  saidAt.set(services, nowMs);
  return true;
}
