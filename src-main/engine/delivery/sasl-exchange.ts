/**
 * One log-in as it goes over an SMTP connection (RFC 4954 section 4): the AUTH command, then answers to challenges until
 * a reply ends it.
 *
 * Promises: ends after few challenges, however many a host would send.
 */
import type { SaslClient } from './sasl-client';

/** A challenge for each: more would be a peer that plays for time. */
const mostChallenges = 5;

export interface SaslWire {
  /** Sends the line, and hands the reply to `hear`. */
  say(line: string, hear: (reply: string) => void): void;
  /** With a reply: the log-in did not work. */
  end(refusal?: { readonly reply: string; readonly isEndless: boolean }): void;
}

export function exchangeSasl({ mechanism, initial, respond }: SaslClient, { say, end }: SaslWire): void {
  let challenges = 0;
  const hear = (reply: string): void => {
    if (reply.startsWith('235')) end();
    // The one before was answered by calling it off.
    else if (!/^334(?: |$)/.test(reply) || challenges > mostChallenges)
      end({ reply, isEndless: reply.startsWith('334') });
    else {
      const answer = ++challenges > mostChallenges ? undefined : respond(reply.slice(4).trim());
      say(answer ? answer.toString('base64') : '*', hear);
    }
  };
  // An empty answer is "=" on the command line, and an empty line after it.
  say(`AUTH ${mechanism}${initial === undefined ? '' : ` ${initial.toString('base64') || '='}`}`, hear);
}
