/**
 * The table of verbs and the way from a line to its answer. What is not in the table does not exist: none of
 * the library's own verbs (WIZ, SHELL, KILL, XCLIENT, XFORWARD, its AUTH and STARTTLS) can be reached.
 */
import type { SwitchableVerb } from '../../settings/schema/protocol';
import { isAscii } from '../core/address';
import { reasonOf } from '../core/problem';
import type { SmtpStatus } from '../core/smtp-status';
import { decodeUtf8 } from './address-path';
import { handleAuth } from './auth-command';
import { handleBdat, refuseBdat } from './bdat-command';
import { giveAnswer } from './counted-answer';
import { handleData } from './data-command';
import { handleMail, handleRcpt } from './envelope-commands';
import { handleEhlo, handleHelo } from './hello-command';
import { handleHelp, handleNoop, handleQuit, handleRset, handleVrfy } from './plain-commands';
import { replies } from './replies';
import type { Answer, Session } from './session';
import { handleStartTls } from './starttls-command';
import { refuseInClear } from './submission';
import { handleAtrn, handleEtrn, handleTurn } from './trigger-commands';

/** Answers one command. A promise keeps the next command waiting. */
type Command = (session: Session, argument: string) => Promise<Answer> | Answer;

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['HELO', handleHelo],
  ['EHLO', handleEhlo],
  ['MAIL', handleMail],
  ['RCPT', handleRcpt],
  ['DATA', handleData],
  ['BDAT', handleBdat],
  ['RSET', handleRset],
  ['NOOP', handleNoop],
  ['QUIT', handleQuit],
  ['VRFY', handleVrfy],
  ['HELP', handleHelp],
  ['AUTH', handleAuth],
  ['STARTTLS', handleStartTls],
  ['ETRN', handleEtrn],
  ['ATRN', handleAtrn],
  ['TURN', handleTurn],
]);

/** Commands that can be switched off, by the name of their switch. */
const switches: Readonly<Record<string, SwitchableVerb>> = {
  BDAT: 'CHUNKING',
  VRFY: 'VRFY',
  HELP: 'HELP',
  TURN: 'TURN',
  ATRN: 'ATRN',
  ETRN: 'ETRN',
};

/** Verbs whose answer may come in several steps. */
const stepwise: ReadonlySet<string> = new Set(['AUTH', 'DATA', 'BDAT']);

/** A web page can make a browser send this to any port; the lines behind it must not become commands. */
const httpRequest = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|PATCH|CONNECT) .* HTTP\/\d/i;

/** Answers one command line. */
export function runCommand(session: Session, line: string): Promise<void> | undefined {
  let end = 0;
  while (end < line.length && line.charCodeAt(end) > 0x20) end++;
  const verb = line.slice(0, end).toUpperCase();
  const command = commands.get(verb);
  session.lastCommand = command ? verb : '?';
  const shown = isAscii(line) ? line : (decodeUtf8(line) ?? line);
  session.log?.begin(session.lastCommand, shown);
  session.record.heardCommand(session.lastCommand, shown);
  return answer(session, line, () => {
    if (!command) return httpRequest.test(line) ? replies.notHttp : replies.unknownCommand;
    const { settings, isOn } = session.services.policy();
    const name = switches[verb];
    const refusal =
      name !== undefined && !isOn(name) ? replies.notImplemented : refuseInClear(verb, settings, session.tls);
    const argument = trimBlanks(line.slice(end));
    if (!refusal) return command(session, argument);
    return verb === 'BDAT' ? refuseBdat(session, argument, refusal) : refusal;
  });
}

/** Without blanks and controls at both ends. Not `trim`: it takes 0xA0 too, which may be half a character. */
function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= 0x20) from++;
  while (to > from && text.charCodeAt(to - 1) <= 0x20) to--;
  return text.slice(from, to);
}

/**
 * Answers a line that belongs to the command under way (AUTH). It may be a password: it stands in no field, and
 * no log may take it.
 */
export function continueCommand(
  session: Session,
  line: string,
  handler: (line: string) => Promise<Answer> | Answer,
): Promise<void> | undefined {
  session.record.heardSecret();
  return answer(session, '', () => handler(line));
}

/** The answer to a line that was too long to read; `isContinuation`: it was no command. */
export function refuseLongLine(session: Session, isContinuation: boolean): Promise<void> | undefined {
  return answer(session, '', () => (isContinuation ? replies.responseTooLong : replies.lineTooLong));
}

function answer(
  session: Session,
  line: string,
  run: () => Promise<Answer> | Answer,
): Promise<void> | undefined {
  const recipientCount = session.mail?.recipients.size ?? 0;
  const finish = (status: Answer): Promise<void> | undefined =>
    finishLine(session, line, status, recipientCount);
  try {
    const result = session.services.isStopping() ? replies.notAvailable : run();
    if (result instanceof Promise) {
      return result.then(finish, (error: unknown) => finish(failure(session, error)));
    }
    return finish(result);
  } catch (error) {
    return finish(failure(session, error));
  }
}

/** Every line comes by here once, when it is answered; behind DATA's and AUTH's intermediate replies more follow. */
function finishLine(
  session: Session,
  line: string,
  status: Answer,
  recipientCount: number,
): Promise<void> | undefined {
  const hasNewRecipient = (session.mail?.recipients.size ?? 0) > recipientCount;
  // The answer to content, and the last one of a log-in, is still to come and is counted then.
  const goesOn = status === undefined && stepwise.has(session.lastCommand);
  const wait = giveAnswer(session, status, hasNewRecipient || goesOn ? 'progress' : 'command');
  if (wait)
    return wait.then(() => {
      session.log?.finish();
      traceAnswer(session, status, line);
    });
  session.log?.finish();
  traceAnswer(session, status, line);
  return undefined;
}

/** Behind the answer, so that the dialogue has it. */
function traceAnswer(session: Session, status: Answer, line: string): void {
  const { trace } = session.services;
  if (!trace) return;
  if (status && status.code >= 400) trace.tellAnswer(session, status, trimBlanks(line.slice(4)));
  // RSET, QUIT or a HELO in between: the client gave its message up.
  if (!session.mail && session.transfer === undefined) session.traced.isOpen = false;
}

/** A fault of ours must not take the session down, and its text is nobody's business outside. */
function failure(session: Session, error: unknown): SmtpStatus {
  session.services.emit({
    type: 'warning',
    serverId: session.services.serverId,
    code: 'command-failed',
    text: `${session.lastCommand} from ${session.peerAddress} failed: ${reasonOf(error)}`,
  });
  // Its octets may still be under way, and they are no commands.
  return session.lastCommand === 'BDAT' ? replies.outOfStep : replies.internalError;
}
