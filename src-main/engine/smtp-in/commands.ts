/**
 * The table of verbs and the way from a line to a command. What is not in the table does not exist: none of
 * the library's own verbs (WIZ, SHELL, KILL, XCLIENT, XFORWARD, AUTH, STARTTLS) can be reached.
 */
import { reasonOf } from '../core/problem';
import type { SmtpStatus } from '../core/smtp-status';
import { handleData } from './data-command';
import { handleMail, handleRcpt } from './envelope-commands';
import { handleEhlo, handleHelo } from './hello-command';
import { handleHelp, handleNoop, handleQuit, handleRset, handleVrfy } from './plain-commands';
import { replies } from './replies';
import type { Session } from './session';

type Answer = SmtpStatus | undefined;
/** Answers one command; undefined when it wrote its answer itself. A promise keeps the next command waiting. */
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
]);

/** A client that talks nonsense this often is a machine at the wrong door. */
const maxUnknownCommands = 64;

/** A web page can make a browser send this to any port; the lines behind it must not become commands. */
const httpRequest = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|PATCH|CONNECT) .* HTTP\/\d/i;

/** Answers one line. */
export function runCommand(session: Session, line: string): Promise<void> | undefined {
  const { wire, services } = session;
  let end = 0;
  while (end < line.length && line.charCodeAt(end) > 0x20) end++;
  const verb = line.slice(0, end).toUpperCase();
  const command = commands.get(verb);
  session.lastCommand = command ? verb : '?';
  if (services.isStopping()) {
    wire.reply(replies.notAvailable);
    return undefined;
  }
  if (!command) {
    wire.reply(httpRequest.test(line) ? replies.notHttp : countNonsense(session, replies.unknownCommand));
    return undefined;
  }
  try {
    const answer = command(session, line.slice(end).trim());
    if (answer instanceof Promise) {
      return answer.then(
        (status) => (status ? wire.reply(status) : undefined),
        (error: unknown) => wire.reply(failure(session, error)),
      );
    }
    if (answer) wire.reply(answer);
  } catch (error) {
    wire.reply(failure(session, error));
  }
  return undefined;
}

/** The answer to a line that was too long to read. */
export function refuseLongLine(session: Session): void {
  session.wire.reply(countNonsense(session, replies.lineTooLong));
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
