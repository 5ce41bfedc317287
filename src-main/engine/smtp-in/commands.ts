/**
 * The table of verbs and the way from a line to its answer. What is not in the table does not exist: none of
 * the library's own verbs (WIZ, SHELL, KILL, XCLIENT, XFORWARD, its AUTH and STARTTLS) can be reached.
 */
import { reasonOf } from '../core/problem';
import type { SmtpStatus } from '../core/smtp-status';
import { handleAuth } from './auth-command';
import { handleData } from './data-command';
import { handleMail, handleRcpt } from './envelope-commands';
import { handleEhlo, handleHelo } from './hello-command';
import { handleHelp, handleNoop, handleQuit, handleRset, handleVrfy } from './plain-commands';
import { replies } from './replies';
import type { Answer, Session } from './session';
import { handleStartTls } from './starttls-command';
import { refuseInClear } from './submission';

/** Answers one command. A promise keeps the next command waiting. */
type Command = (session: Session, argument: string) => Promise<Answer> | Answer;

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['HELO', handleHelo],
  ['EHLO', handleEhlo],
  ['MAIL', handleMail],
  ['RCPT', handleRcpt],
  ['DATA', handleData],
  ['RSET', handleRset],
  ['NOOP', handleNoop],
  ['QUIT', handleQuit],
  ['VRFY', handleVrfy],
  ['HELP', handleHelp],
  ['AUTH', handleAuth],
  ['STARTTLS', handleStartTls],
]);

/** A client that talks nonsense this often is a machine at the wrong door. */
const maxUnknownCommands = 64;

/** A web page can make a browser send this to any port; the lines behind it must not become commands. */
const httpRequest = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|PATCH|CONNECT) .* HTTP\/\d/i;

/** Answers one command line. */
export function runCommand(session: Session, line: string): Promise<void> | undefined {
  let end = 0;
  while (end < line.length && line.charCodeAt(end) > 0x20) end++;
  const verb = line.slice(0, end).toUpperCase();
  const command = commands.get(verb);
  session.lastCommand = command ? verb : '?';
  session.log?.begin(session.lastCommand, line);
  session.record.heardCommand(session.lastCommand, line);
  return answer(session, () => {
    if (!command)
      return httpRequest.test(line) ? replies.notHttp : countNonsense(session, replies.unknownCommand);
    const refusal = refuseInClear(verb, session.services.policy().settings, session.tls);
    return refusal ?? command(session, line.slice(end).trim());
  });
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
  return answer(session, () => handler(line));
}

/** The answer to a line that was too long to read; `isContinuation`: it was no command. */
export function refuseLongLine(session: Session, isContinuation: boolean): void {
  void answer(session, () =>
    countNonsense(session, isContinuation ? replies.responseTooLong : replies.lineTooLong),
  );
}

function answer(session: Session, run: () => Promise<Answer> | Answer): Promise<void> | undefined {
  try {
    const result = session.services.isStopping() ? replies.notAvailable : run();
    if (result instanceof Promise) {
      return result.then(
        (status) => finish(session, status),
        (error: unknown) => finish(session, failure(session, error)),
      );
    }
    finish(session, result);
  } catch (error) {
    finish(session, failure(session, error));
  }
  return undefined;
}

/** Every line comes by here once, when it is answered; behind DATA's and AUTH's intermediate replies more follow. */
function finish(session: Session, status: Answer): void {
  if (status) session.wire.reply(status);
  session.log?.finish();
}

function countNonsense(session: Session, status: SmtpStatus): SmtpStatus {
  return ++session.unknownCommandCount >= maxUnknownCommands ? replies.tooManyErrors : status;
}

/** A fault of ours must not take the session down, and its text is nobody's business outside. */
function failure(session: Session, error: unknown): SmtpStatus {
  session.services.emit({
    type: 'warning',
    serverId: session.services.serverId,
    code: 'command-failed',
    text: `${session.lastCommand} from ${session.peerAddress} failed: ${reasonOf(error)}`,
  });
  return replies.internalError;
}
