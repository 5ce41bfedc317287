/**
 * AUTH (RFC 4954): finds the mechanism and carries its messages between the client and its dialogue.
 * Promises: one dialogue at a time; what it holds is freed however it ends, also with the connection.
 */

import { createLoginDialogue, createPlainDialogue } from './basic-log-in';
import { createCramMd5Dialogue } from './cram-md5';
import { createGssapiDialogue } from './gssapi';
import { acceptLogOn, postponeLogOn, refuseLogOnAttempt } from './log-on';
import { createNtlmDialogue } from './ntlm';
import { replies } from './replies';
import { decodeBase64 } from './sasl';
import type { LogOnMeans, MechanismName, SaslDialogue, SaslStep } from './sasl-mechanism';
import { createScramDialogue } from './scram-log-in';
import type { Answer, Session } from './session';
import { refuseLogOn } from './submission';

interface Mechanism {
  readonly name: MechanismName;
  begin(means: LogOnMeans): SaslDialogue;
  /** The server speaks first: AUTH comes alone. */
  readonly isServerFirst?: true;
  /** Where a command's length is not enough for an answer. */
  readonly maxLineBytes?: number;
}

const table: readonly Mechanism[] = [
  // A ticket of Windows brings the groups of its owner along.
  { name: 'GSSAPI', begin: createGssapiDialogue, maxLineBytes: 64 * 1024 },
  // RFC 4954 section 4: 12,288 octets.
  { name: 'NTLM', begin: (means) => createNtlmDialogue(means), maxLineBytes: 12 * 1024 },
  { name: 'LOGIN', begin: createLoginDialogue },
  { name: 'PLAIN', begin: createPlainDialogue },
  { name: 'SCRAM-SHA-256', begin: (means) => createScramDialogue(means) },
  { name: 'CRAM-MD5', begin: (means) => createCramMd5Dialogue(means), isServerFirst: true },
];
const mechanisms: ReadonlyMap<string, Mechanism> = new Map(table.map((each) => [each.name, each]));

export function handleAuth(session: Session, argument: string): Promise<Answer> | Answer {
  const { services, hasKerberos, tls } = session;
  const { settings, fqdn } = services.policy();
  if (session.hello === '') return replies.helloFirst;
  if (session.account !== undefined) return replies.alreadyAuthenticated;
  if (session.mail) return replies.notDuringMail;
  if (services.lockOuts.isLocked(session.peerAddress)) return replies.lockedOut;
  const [name = '', initial, ...others] = argument.split(/[ \t]+/);
  if (name === '' || others.length > 0) return replies.invalidArguments;
  const mechanism = mechanisms.get(name.toUpperCase());
  if (!mechanism) return replies.unknownMechanism;
  const refusal = refuseLogOn({ mechanism: mechanism.name, settings, hasKerberos, tls });
  if (refusal) return refusal;
  if (mechanism.isServerFirst && initial !== undefined) return replies.invalidArguments;
  session.endLogOn();
  const dialogue = mechanism.begin({
    keyring: services.keyring,
    now: () => services.clock.now(),
    fqdn,
    defaultLogonDomain: settings.defaultLogonDomain,
    keytab: settings.kerberosKeytab,
  });
  session.logOnDialogue = dialogue;
  if (initial === undefined) {
    ask(session, mechanism, dialogue.prompt, (message) => advance(session, mechanism, dialogue, message));
    return undefined;
  }
  const message = decodeBase64(initial === '=' ? '' : initial);
  if (message) return advance(session, mechanism, dialogue, message);
  session.endLogOn();
  return replies.badBase64;
}

/** Gives the client's message to the dialogue, and says what becomes of it. */
async function advance(
  session: Session,
  mechanism: Mechanism,
  dialogue: SaslDialogue,
  message: Buffer,
): Promise<Answer> {
  // Others may have guessed wrong from there meanwhile, so this must not become one guess more.
  if (session.services.lockOuts.isLocked(session.peerAddress)) {
    session.endLogOn();
    return replies.lockedOut;
  }
  let step: SaslStep;
  try {
    step = await dialogue.step(message);
  } catch (error) {
    session.endLogOn();
    return postponeLogOn(session, mechanism.name, error);
  }
  if (step.kind === 'challenge') {
    ask(session, mechanism, step.data, (next) => advance(session, mechanism, dialogue, next));
    return undefined;
  }
  session.endLogOn();
  if (step.kind === 'malformed') return replies.badBase64;
  if (step.kind === 'refused') return refuseLogOnAttempt(session, { ...step, mechanism: mechanism.name });
  const { account, proof } = step;
  if (!proof) return acceptLogOn(session, account, mechanism.name);
  // RFC 4954 section 4: what the server says last takes a challenge, and an empty answer.
  ask(session, mechanism, proof, (next) =>
    next.length === 0 ? acceptLogOn(session, account, mechanism.name) : replies.badBase64,
  );
  return undefined;
}

/** Sends a challenge and gives the client's decoded answer to `next`, unless the client thinks better of it. */
function ask(
  session: Session,
  mechanism: Mechanism,
  challenge: Uint8Array,
  next: (answer: Buffer) => Promise<Answer> | Answer,
): void {
  session.wire.write(`334 ${Buffer.from(challenge).toString('base64')}\r\n`);
  session.wire.readLine((line) => {
    const text = line.trim();
    const answer = text === '*' ? undefined : decodeBase64(text);
    if (answer) return next(answer);
    session.endLogOn();
    return text === '*' ? replies.authenticationCancelled : replies.badBase64;
  }, mechanism.maxLineBytes);
}
