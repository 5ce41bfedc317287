/**
 * Turns what an incoming session says into entries of the protocol log: one for each command with its reply, and
 * for DATA one when the message is answered (reference 6.1). Credentials never reach it: AUTH is noted by its
 * mechanism alone, and what a client sends afterwards is no command line.
 */
import type { LogProtocol } from '../core/protocol-entry';

/** Facts of the session at the time of the entry. */
export interface LoggedSession {
  readonly id: string;
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly connectedAt: number;
  /** Account, else the HELO name, else ''. */
  readonly userName: string;
}

/** What became of the content behind a DATA. */
export interface LoggedMessage {
  readonly sizeBytes: number;
  readonly messageId?: string;
  readonly queueId?: string;
}

export interface CommandLog {
  /** A command is about to be answered; the verb is '?' for what is none, and then nothing else of it is noted. */
  begin(verb: string, line: string): void;
  /** Text that goes to the client. */
  said(text: string): void;
  /** What the next reply is about, when that is a message. */
  noteMessage(message: LoggedMessage): void;
  /** The command was answered; behind 354 it waits for the reply to the message. */
  finish(): void;
}

/** What clients ask for (IANA registry "SASL Mechanisms"). Another word behind AUTH may be the credentials themselves. */
const mechanism =
  /^(?:PLAIN|LOGIN|NTLM|GSSAPI|GSS-SPNEGO|KERBEROS_V4|CRAM-MD5|DIGEST-MD5|EXTERNAL|ANONYMOUS|XOAUTH2|OAUTHBEARER|SCRAM-SHA-\d{1,3}(?:-\d{1,3})?(?:-PLUS)?)$/i;

/** As far as a line is looked at; more is cut where it is written. */
const longestArgument = 4096;

export function createCommandLog(options: {
  readonly write: LogProtocol;
  /** False: nobody would read what is noted. */
  readonly isOn: () => boolean;
  readonly now: () => number;
  readonly session: () => LoggedSession;
}): CommandLog {
  const { write, isOn, now, session } = options;
  let current: { verb: string; argument: string; startedAt: number; receivedBytes: number } | undefined;
  let message: LoggedMessage | undefined;
  let code = 0;
  let sentBytes = 0;

  return {
    begin(verb, line) {
      current = undefined;
      if (!isOn()) return;
      const rest = line.slice(verb.length, verb.length + longestArgument).trim();
      current = {
        verb,
        // A password that comes behind a refused AUTH is no verb, and no text for a log.
        argument: verb === '?' ? '' : verb === 'AUTH' ? mechanismIn(rest) : rest,
        startedAt: now(),
        receivedBytes: line.length + 2,
      };
      message = undefined;
      code = 0;
      sentBytes = 0;
    },
    said(text) {
      if (!current) return;
      // Of several lines the last tells how it ended: 354 and later 250, or 334 and later 235.
      const last = text.lastIndexOf('\n', text.length - 2) + 1;
      code = Number(text.slice(last, last + 3)) || code;
      sentBytes += text.length;
    },
    noteMessage(noted) {
      message = noted;
    },
    finish() {
      if (!current || code === 0 || code === 354 || code === 334) return;
      const { verb, startedAt, receivedBytes } = current;
      const facts = session();
      const at = now();
      const isQuit = verb === 'QUIT';
      write({
        at,
        direction: 'in',
        sessionId: facts.id,
        remoteAddress: facts.remoteAddress,
        userName: facts.userName,
        localAddress: facts.localAddress,
        port: facts.localPort,
        method: verb,
        argument: message?.messageId ?? (isQuit ? facts.userName : current.argument),
        status: code,
        sentBytes,
        receivedBytes: message ? message.sizeBytes : receivedBytes,
        timeTakenMs: at - startedAt,
        ...(isQuit ? { sessionMs: at - facts.connectedAt } : {}),
        ...(message?.queueId === undefined ? {} : { queueId: message.queueId }),
      });
      current = undefined;
    },
  };
}

function mechanismIn(argument: string): string {
  const [word = ''] = argument.split(/\s/, 1);
  return mechanism.test(word) ? word : '';
}
