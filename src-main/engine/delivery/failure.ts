/** Why a host could not be used, in words for people, and which status follows from it. Pure. */
import type { RemoteHost } from '../core/envelope';
import { reasonOf, systemCodeOf } from '../core/problem';
import { createStatus, parseReply, type SmtpStatus } from '../core/smtp-status';

export interface HostFailure {
  /**
   * 'connect': no session came about; 'tls': STARTTLS was tried and failed; 'security': it cannot be as secure
   * as it has to be; 'login': it does not let us in; 'session': a session ended early; 'local': our own fault
   * (content unreadable); 'aborted': this server is stopping.
   */
  readonly kind: 'connect' | 'tls' | 'security' | 'login' | 'session' | 'local' | 'aborted';
  readonly reason: string;
  /** The peer's own words, when it said something. */
  readonly reply?: SmtpStatus;
  /** Instead of the usual one of its kind. */
  readonly enhanced?: string;
  /** For the log only. */
  readonly cause?: string;
  /** EHLO was sent and had no proper answer; the host may understand HELO. */
  readonly isAtEhlo?: true;
}

/** What nodemailer puts on its errors. */
interface SmtpError {
  readonly responseCode?: unknown;
  readonly response?: unknown;
  readonly timeoutType?: unknown;
  readonly originalCode?: unknown;
  /** OpenSSL's words, without the address and source line that stand in its message. */
  readonly reason?: unknown;
}

/** Longest remote text that is kept; it goes into the envelope file, notifications and lists. */
const longestText = 1_000;

/** RFC 5321 section 4.2.1: three digits, alone or in front of a space or hyphen. */
const codePattern = /^[2-5]\d\d(?=[ -]|$)/;

/** The one code of all its lines; undefined: it is no reply, and nothing may be concluded from it. */
export function codeOfReply(reply: string): number | undefined {
  const lines = reply.split('\n');
  const code = codePattern.exec(lines[0] ?? '')?.[0];
  const isOne = code !== undefined && lines.every((line) => codePattern.test(line) && line.startsWith(code));
  return isOne ? Number(code) : undefined;
}

/** Status from a reply as it came (lines joined by "\n"); text in one line, without control characters. */
export function statusOfReply(reply: string): SmtpStatus {
  const status = parseReply(codeOfReply(reply), reply);
  return { ...status, text: oneLine(status.text) };
}

const oneLine = (text: string): string =>
  text
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim()
    .slice(0, longestText);

const reasons: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by the remote server',
  EPIPE: 'connection reset by the remote server',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EADDRNOTAVAIL: 'network unreachable',
  CONNECT_TIMEOUT: 'connection timed out',
  GREETING_TIMEOUT: 'no greeting in time',
  UPGRADE_TIMEOUT: 'TLS handshake not finished in time',
  SOCKET_TIMEOUT: 'no answer in time',
};

/** The peer's reply that came with an error of the SMTP client, or undefined. */
export function replyOfError(error: unknown): string | undefined {
  const { response, responseCode } = error as SmtpError;
  return typeof response === 'string' && typeof responseCode === 'number' ? response : undefined;
}

/** Reads an error of the socket or the SMTP client. */
export function readFailure(error: unknown, kind: HostFailure['kind']): HostFailure {
  const reply = replyOfError(error);
  if (reply !== undefined) {
    const status = statusOfReply(reply);
    return { kind, reason: `${status.code} ${status.text}`, reply: status };
  }
  const { timeoutType, originalCode, reason } = error as SmtpError;
  for (const code of [timeoutType, originalCode, systemCodeOf(error)]) {
    const known = typeof code === 'string' ? reasons[code] : undefined;
    if (known !== undefined && !(code === 'ETIMEDOUT' && timeoutType !== undefined))
      return { kind, reason: known };
  }
  const words = typeof reason === 'string' && reason !== '' ? reason : reasonOf(error);
  return { kind, reason: oneLine(words) };
}

const isAnswer = ({ reply, kind }: HostFailure): boolean =>
  reply !== undefined || kind === 'security' || kind === 'login';

/** Of two failures the one that tells more: an answer before silence, else the later one. */
export function moreTelling<T extends { readonly failure: HostFailure }>(
  earlier: T | undefined,
  later: T,
): T {
  return earlier && isAnswer(earlier.failure) && !isAnswer(later.failure) ? earlier : later;
}

/** "mx1.example.com [192.0.2.1]"; the address alone when that is all there is. */
export function describeRemote({ name, address }: RemoteHost): string {
  return address === undefined || name.startsWith('[') ? name : `${name} [${address}]`;
}

/**
 * The status of recipients that are still waiting after a failure. Always temporary: a host that cannot be
 * used says nothing about the recipients, not even when it greets with 5xx (RFC 5321 section 4.2.4.2 leaves
 * it to the client; another host or another day may help).
 */
export function statusOfFailure(failure: HostFailure, remote: RemoteHost): SmtpStatus {
  const status = wordFailure(failure, remote);
  const said = failure.reply?.reply;
  return said === undefined ? status : { ...status, reply: said };
}

function wordFailure(failure: HostFailure, remote: RemoteHost): SmtpStatus {
  switch (failure.kind) {
    case 'aborted':
      return createStatus(451, '4.3.2', 'The attempt was interrupted because this server is stopping');
    case 'local':
      return failure.enhanced === undefined
        ? createStatus(451, '4.3.0', 'The message could not be read from the queue', failure.reason)
        : createStatus(451, failure.enhanced, `The message cannot be signed: ${failure.reason}`);
    case 'session': {
      const reply = failure.reply;
      if (reply && reply.code >= 400 && reply.code < 500)
        return createStatus(reply.code, reply.enhanced, `${describeRemote(remote)}: ${reply.text}`);
      return createStatus(451, '4.4.2', `${describeRemote(remote)}: ${failure.reason}`);
    }
    // RFC 3463 X.7.4, X.7.8: also when the peer said 5xx. Somebody has to mend a setting, and until then no mail
    // must be returned for it.
    case 'security':
    case 'login':
      return createStatus(
        451,
        failure.enhanced ?? (failure.kind === 'login' ? '4.7.8' : '4.7.4'),
        `${describeRemote(remote)}: ${failure.reason}`,
        failure.cause,
      );
    case 'connect':
    case 'tls':
      return createStatus(451, '4.4.1', `${describeRemote(remote)}: ${failure.reason}`);
  }
}
