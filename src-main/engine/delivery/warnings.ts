/**
 * What a person should know about remote hosts, said once and not for each message.
 *
 * Owns: when each was said last.
 */
import { type Clock, steadyNow } from '../core/clock';
import type { RouteHost, RouteSecurity, Target } from '../core/delivery';
import type { Emit } from '../core/event';
import type { SmtpStatus } from '../core/smtp-status';
import { describeRemote, type HostFailure } from './failure';

const quietMs = 60 * 60_000;
const dayMs = 24 * quietMs;
/** Hosts come from other people's DNS; the list must not grow with them. */
const mostRemembered = 1_000;

type SmartHost = Pick<RouteHost, 'host' | 'port'>;

export interface DeliveryWarnings {
  /** A smart host is less secure than its mail has to be; once, until it is. */
  securityOf(target: Target, outcome: { readonly failure?: HostFailure; readonly isReached: boolean }): void;
  /** A smart host cannot be reached; once, until it can. `instead`: where its mail goes meanwhile. */
  smartHostFailed(host: SmartHost, status: SmtpStatus, instead: string | undefined): void;
  smartHostWorked(host: SmartHost): void;
  /** What an MTA-STS policy in its time of testing has against a host; once a day. */
  testedPolicy(target: Target, fault: string): void;
  /** Mail went in the clear because the host's TLS does not work; once an hour. */
  tlsFailed(target: Target, failure: HostFailure): void;
  /** A password went in the clear, because the host offers no TLS or it is off; once an hour. */
  passwordInClear(target: Target): void;
  /** A host does not understand EHLO, so its mail goes without what EHLO offers; once an hour. */
  ehloRefused(target: Target): void;
  /** A log-in was refused; once, until it works again or is changed. */
  loginRefused(target: Target, login: RouteSecurity['login'], failure: HostFailure): void;
  loginWorked(target: Target, login: RouteSecurity['login']): void;
}

export function createDeliveryWarnings(options: {
  readonly clock: Clock;
  readonly emit?: Emit;
  readonly serverId: number;
}): DeliveryWarnings {
  const { clock, emit, serverId } = options;
  const saidAt = new Map<string, number>();
  const say = (key: string, warning: { code: string; text: string; forMs: number }): void => {
    const now = steadyNow(clock);
    const last = saidAt.get(key);
    if (last !== undefined && now - last < warning.forMs) return;
    if (saidAt.size >= mostRemembered) saidAt.clear();
    saidAt.set(key, now);
    emit?.({ type: 'warning', serverId, code: warning.code, text: warning.text });
  };
  const smartHostKey = ({ host, port }: SmartHost): string => `smart|${host}|${port}`;
  const loginKey = (target: Target, login: RouteSecurity['login']): string =>
    JSON.stringify(['login', target.name, target.port, login]);
  return {
    securityOf(target, { failure, isReached }) {
      const key = `security|${target.name}|${target.port}`;
      if (failure?.kind === 'security')
        say(key, {
          code: 'security-missing',
          text: `Mail for ${describeRemote(target)} waits: ${failure.reason}.`,
          forMs: Number.POSITIVE_INFINITY,
        });
      else if (isReached) saidAt.delete(key);
    },
    smartHostFailed: (host, status, instead) =>
      say(smartHostKey(host), {
        code: 'smart-host-unreachable',
        text: `Smart host ${host.host} cannot be used: ${status.text}. Its mail ${instead === undefined ? 'waits' : `goes to ${instead}`}.`,
        forMs: Number.POSITIVE_INFINITY,
      }),
    smartHostWorked: (host) => void saidAt.delete(smartHostKey(host)),
    testedPolicy: (target, fault) =>
      say(`tested|${target.policy?.domain}|${target.name}`, {
        code: 'mta-sts-tested',
        text: `The MTA-STS policy of ${target.policy?.domain} is being tested: enforced, it would keep mail from ${describeRemote(target)}, because ${fault}.`,
        forMs: dayMs,
      }),
    tlsFailed: (target, failure) =>
      say(`tls|${target.address}`, {
        code: 'tls-failed',
        text: `TLS with ${describeRemote(target)} failed (${failure.reason}); mail was sent to it unencrypted.`,
        forMs: quietMs,
      }),
    passwordInClear: (target) =>
      say(`clear|${target.address}`, {
        code: 'password-in-clear',
        text: `The password for ${describeRemote(target)} was sent unencrypted.`,
        forMs: quietMs,
      }),
    ehloRefused: (target) =>
      say(`ehlo|${target.address}`, {
        code: 'ehlo-refused',
        text: `${describeRemote(target)} did not understand EHLO, as behind some firewalls. HELO is used for an hour; there is no TLS then.`,
        forMs: quietMs,
      }),
    loginRefused(target, login, failure) {
      // Without a token the host was not even asked: the sign-in tells of it itself.
      if (login?.method === 'oauth2' && failure.reply === undefined) return;
      say(loginKey(target, login), {
        code: 'login-refused',
        text: `The log-in at ${describeRemote(target)} does not work: ${failure.reason}. Its mail waits; check "Outbound Security".`,
        forMs: Number.POSITIVE_INFINITY,
      });
    },
    loginWorked(target, login) {
      saidAt.delete(loginKey(target, login));
    },
  };
}
