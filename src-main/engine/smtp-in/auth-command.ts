/** AUTH PLAIN and AUTH LOGIN (RFC 4954, RFC 4616), and the dialogue behind them. */
import type { SmtpStatus } from '../core/smtp-status';
import { logOn } from './log-on';
import { replies } from './replies';
import { decodeBase64, parsePlain } from './sasl';
import type { Answer, Session } from './session';
import { refuseLogOn } from './submission';

type Mechanism = (session: Session, initial: string | undefined) => Promise<Answer> | Answer;

const mechanisms: ReadonlyMap<string, Mechanism> = new Map<string, Mechanism>([
  ['LOGIN', handleLogin],
  ['PLAIN', handlePlain],
]);

/** "Username:" and "Password:". */
const askForUser = 'VXNlcm5hbWU6';
const askForPassword = 'UGFzc3dvcmQ6';

export function handleAuth(session: Session, argument: string): Promise<Answer> | Answer {
  const { settings } = session.services.policy();
  if (session.hello === '') return replies.helloFirst;
  if (session.account !== undefined) return replies.alreadyAuthenticated;
  if (session.mail) return replies.notDuringMail;
  const [name = '', initial, ...others] = argument.split(/[ \t]+/);
  if (name === '' || others.length > 0) return replies.invalidArguments;
  const mechanism = mechanisms.get(name.toUpperCase());
  if (!mechanism) return replies.unknownMechanism;
  const refusal = refuseLogOn(settings, session.tls);
  if (refusal) return refusal;
  return mechanism(session, initial === '=' ? '' : initial);
}

function handlePlain(session: Session, initial: string | undefined): Promise<Answer> | Answer {
  if (initial === undefined) return ask(session, '', (message) => answerPlain(session, message));
  const message = decodeBase64(initial);
  return message === undefined ? replies.badBase64 : answerPlain(session, message);
}

function answerPlain(session: Session, message: string): Promise<SmtpStatus> | SmtpStatus {
  const credentials = parsePlain(message);
  if (credentials === 'malformed') return replies.badBase64;
  return logOn(session, credentials === 'foreign' ? undefined : credentials);
}

function handleLogin(session: Session, initial: string | undefined): Answer {
  const askPassword = (user: string): Answer =>
    ask(session, askForPassword, (password) => logOn(session, { user, password }));
  if (initial === undefined) return ask(session, askForUser, askPassword);
  const user = decodeBase64(initial);
  return user === undefined ? replies.badBase64 : askPassword(user);
}

/** Sends a challenge and gives the client's decoded answer to `next`, unless the client thinks better of it. */
function ask(
  session: Session,
  challenge: string,
  next: (answer: string) => Promise<Answer> | Answer,
): undefined {
  session.wire.write(`334 ${challenge}\r\n`);
  session.wire.readLine((line) => {
    const text = line.trim();
    if (text === '*') return replies.authenticationCancelled;
    const answer = decodeBase64(text);
    return answer === undefined ? replies.badBase64 : next(answer);
  });
}
