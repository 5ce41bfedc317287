/**
 * The way of one attempt over the hops of its route: the hosts of the first hop one after the other, then those of the
 * next when that one could not be used.
 *
 * Owns: which hops rest because they could not be used a moment ago, and which hosts are spoken to with HELO because
 *   they did not understand EHLO.
 * Promises: a recipient that got an answer is offered to nobody else; what is not known for certain is temporary; each
 *   result says which hops were left and why.
 * Trusts: the targets (checked by routing).
 * Fails: never rejects.
 */
import type { ServerSettings } from '../../settings/schema';
import type { Clock } from '../core/clock';
import {
  isTlsRequired,
  type RecipientResult,
  type Route,
  type RouteSecurity,
  type Target,
  type TargetAnswer,
} from '../core/delivery';
import type { Recipient, RemoteHost } from '../core/envelope';
import type { SmtpStatus } from '../core/smtp-status';
import { orAborted } from '../core/within';
import { describeRemote, type HostFailure, moreTelling, statusOfFailure } from './failure';
import {
  type ConnectRoute,
  describeHop,
  describeLeft,
  describeWayTo,
  type Hop,
  hopsOf,
  isNextHopTried,
  type LeftHop,
} from './hops';
import type { OutgoingMessage } from './outgoing-message';
import { createRests } from './rests';
import type { OutboundSession } from './session';
import type { WireReader } from './session-wire';
import type { TargetAttempt, TargetAttemptResult } from './target-attempt';
import type { DeliveryWarnings } from './warnings';

export interface HopWalkOptions {
  readonly settings: () => ServerSettings;
  readonly fqdn: () => string;
  /** Never rejects; see routing. */
  readonly resolveTargets: (route: Route) => Promise<TargetAnswer>;
  readonly attemptTarget: (attempt: TargetAttempt) => Promise<TargetAttemptResult>;
  readonly warnings: DeliveryWarnings;
  readonly clock: Clock;
}

/** One message on one route. */
export interface Run {
  readonly route: ConnectRoute;
  /** As it leaves to the hosts of this hop. */
  readonly messageFor: (hop: Hop) => OutgoingMessage;
  readonly recipients: readonly Recipient[];
  readonly signal: AbortSignal;
  readonly reader: WireReader;
}

/** What a walk came to. */
export interface WalkResult {
  readonly results: ReadonlyMap<Recipient, RecipientResult>;
  /** For the recipients without a result. */
  readonly status?: SmtpStatus;
  readonly remote?: RemoteHost;
  /** Some host was spoken to, or the trouble was ours: the destination is not down. */
  readonly isReached: boolean;
  readonly isAborted: boolean;
}

export interface HopWalk {
  /** Over all hops of the route. */
  walk(run: Run): Promise<WalkResult>;
  /** Over one connection alone that is open already. */
  walkSession(run: Run, session: OutboundSession): Promise<WalkResult>;
}

/** A hop that cannot be used costs a message up to half a minute, so the next ones go past it for this long. */
const hopRestMs = 60_000;
/** Firewalls stay as they are; what is lost meanwhile is what EHLO would have offered. */
const heloRestMs = 60 * 60_000;

interface HopResult extends WalkResult {
  readonly failure?: HostFailure;
  readonly isUnresolved?: boolean;
}

export const stopping = statusOfFailure({ kind: 'aborted', reason: 'interrupted' }, { name: '' });

export function createHopWalk(options: HopWalkOptions): HopWalk {
  const { settings, fqdn, resolveTargets, attemptTarget, warnings, clock } = options;
  const hopRests = createRests<Omit<LeftHop, 'hop'>>({ clock, restMs: hopRestMs });
  const heloRests = createRests<true>({ clock, restMs: heloRestMs });

  const note = (reader: WireReader, text: string): void => {
    if (reader.isReading()) reader.tell({ at: clock.now(), side: 'note', text });
  };

  const warn = (target: Target, { login }: RouteSecurity, outcome: TargetAttemptResult): void => {
    const { failure, tlsFailure, isPasswordInClear, isReached, testedFault } = outcome;
    if (testedFault !== undefined) warnings.testedPolicy(target, testedFault);
    if (tlsFailure) warnings.tlsFailed(target, tlsFailure);
    if (isPasswordInClear) warnings.passwordInClear(target);
    if (failure?.kind === 'login') warnings.loginRefused(target, login, failure);
    else if (login && isReached) warnings.loginWorked(target, login);
  };

  /** HELO for hosts that lately did not understand EHLO; a second try with it for those that just showed it. */
  const attemptWithHello = async (attempt: TargetAttempt): Promise<TargetAttemptResult> => {
    const { target, security, reader, hello } = attempt;
    const key = `${target.address}|${target.port}`;
    // Behind HELO there is neither TLS nor a log-in.
    const needsEhlo = isTlsRequired(security) || security.login || target.policy?.mode === 'enforce';
    const mayUseHelo = hello === 'ehlo' && !needsEhlo && !attempt.session;
    if (!mayUseHelo) return attemptTarget(attempt);
    if (heloRests.find(key)) {
      note(reader, `${describeRemote(target)} did not understand EHLO lately, so HELO is used`);
      const outcome = await attemptTarget({ ...attempt, hello: 'helo' });
      if (!outcome.isReached) heloRests.end(key);
      return outcome;
    }
    const first = await attemptTarget(attempt);
    if (first.isEhloRefused) {
      heloRests.begin(key, true);
      warnings.ehloRefused(target);
    }
    if (!first.failure?.isAtEhlo) return first;
    note(
      reader,
      `EHLO had no proper answer (${first.failure.reason}), as behind some firewalls; trying again with HELO`,
    );
    const second = await attemptTarget({ ...attempt, hello: 'helo' });
    if (!second.isReached) return second.failure ? { ...second, failure: first.failure } : second;
    heloRests.begin(key, true);
    warnings.ehloRefused(target);
    return second;
  };

  const walkTargets = async (
    run: Run,
    hop: Hop,
    { targets, session }: { readonly targets: readonly Target[]; readonly session?: OutboundSession },
  ): Promise<HopResult> => {
    const { signal, reader } = run;
    const { outboundTimeoutMinutes, maxMessagesPerConnection, maxRecipients } = settings();
    const limits = { timeoutMs: outboundTimeoutMinutes * 60_000, maxMessagesPerConnection, maxRecipients };
    const message = run.messageFor(hop);
    const results = new Map<Recipient, RecipientResult>();
    let waiting = run.recipients;
    let isReached = false;
    let last: { failure: HostFailure; remote: RemoteHost } | undefined;
    for (const target of targets) {
      if (waiting.length === 0) break;
      const { name, address, port } = target;
      const remote: RemoteHost = { name, address, port };
      const { hello, security } = hop;
      const outcome = await attemptWithHello({
        target,
        hello,
        fqdn: fqdn(),
        security,
        reader,
        message,
        recipients: waiting,
        limits,
        signal,
        ...(session ? { session } : {}),
      });
      isReached ||= outcome.isReached;
      warn(target, security, outcome);
      // Other people's hosts have faults of their own; a smart host is of our choosing, and much may wait for it.
      if (hop.kind === 'smart-host') warnings.securityOf(target, outcome);
      for (const [recipient, status] of outcome.answers) {
        const isDsnRelayed = outcome.isDsnRelayed && status.code < 300;
        results.set(recipient, {
          address: recipient.address,
          status,
          remote,
          ...(isDsnRelayed ? { isDsnRelayed } : {}),
          ...(outcome.tls ? { tls: outcome.tls } : {}),
        });
      }
      waiting = waiting.filter((recipient) => !results.has(recipient));
      if (!outcome.failure) continue;
      last = moreTelling(last, { failure: outcome.failure, remote });
      // Our own trouble: another host would not help, and each refused password brings the account nearer to
      // being locked.
      if (isOurs(outcome.failure)) {
        last = { failure: outcome.failure, remote };
        break;
      }
    }
    const kind = last?.failure.kind;
    return {
      results,
      isReached: isReached || kind === 'local',
      isAborted: kind === 'aborted',
      ...(last && waiting.length > 0
        ? { failure: last.failure, status: statusOfFailure(last.failure, last.remote) }
        : {}),
      ...(last && kind !== 'local' && kind !== 'aborted' ? { remote: last.remote } : {}),
    };
  };

  const walkHop = async (run: Run, hop: Hop): Promise<HopResult> => {
    const { reader } = run;
    const answer = await orAborted(resolveTargets(hop), run.signal);
    const nobody = { results: new Map(), isReached: false };
    if (answer === undefined) return { ...nobody, status: stopping, isAborted: true };
    if (answer.kind === 'none') {
      note(reader, answer.status.text);
      return { ...nobody, status: answer.status, isAborted: false, isUnresolved: true };
    }
    if (reader.isReading()) note(reader, `${hop.rule}: ${answer.targets.map(describeRemote).join(', ')}`);
    return walkTargets(run, hop, { targets: answer.targets });
  };

  return {
    async walk(run) {
      const { route, reader } = run;
      const hops = hopsOf(route);
      const hasNext = hops.length > 1;
      const resting = hops.map((hop) => (hasNext ? hopRests.find(restKey(hop)) : undefined));
      // When none is left, all are as good as the first.
      const goesPast = resting.some((rest) => rest === undefined);
      const left: LeftHop[] = [];
      let isReached = false;
      let result: HopResult = { results: new Map(), isReached, isAborted: false };
      for (const [at, hop] of hops.entries()) {
        const next = hops[at + 1];
        const rest = goesPast && next ? resting[at] : undefined;
        if (rest) {
          left.push({ hop, ...rest });
          note(
            reader,
            `${describeLeft({ hop, ...rest })} a moment ago; ${describeHop(next as Hop)} is tried`,
          );
          continue;
        }
        result = await walkHop(run, hop);
        isReached ||= result.isReached;
        const { status, failure, isUnresolved = false } = result;
        const isLeft = isNextHopTried({
          answerCount: result.results.size,
          ...(status ? { status } : {}),
          ...(failure ? { failure } : {}),
        });
        if (!isLeft || !status) {
          if (hasNext) hopRests.end(restKey(hop));
          if (hop.kind === 'smart-host' && result.isReached) warnings.smartHostWorked(hop);
          break;
        }
        if (hasNext) hopRests.begin(restKey(hop), { status, isUnresolved });
        // What is wrong with its encryption or its log-in has a warning of its own.
        if (hop.kind === 'smart-host' && failure?.kind !== 'security' && failure?.kind !== 'login')
          warnings.smartHostFailed(hop, status, next && describeHop(next));
        if (!next) break;
        left.push({ hop, status, isUnresolved });
        note(reader, `${describeLeft({ hop, status, isUnresolved })}; ${describeHop(next)} is tried`);
      }
      const used = hops[left.length] as Hop;
      return { ...withCause(result, left, used), isReached };
    },
    async walkSession(run, session) {
      const [hop] = hopsOf(run.route);
      // It was when the connection was turned around; the setting may have been changed since.
      if (isTlsRequired(hop.security) && !session.isEncrypted)
        return { results: new Map(), isReached: true, isAborted: false };
      return walkTargets(run, hop, { targets: [session.target], session });
    },
  };
}

const isOurs = ({ kind }: HostFailure): boolean => kind === 'local' || kind === 'aborted' || kind === 'login';

/** What makes a hop another one: the host, and how it is spoken to. */
const restKey = (hop: Hop): string =>
  JSON.stringify([hop.kind, hop.kind === 'mx' ? hop.domain : hop.host, hop.port, hop.hello, hop.security]);

/** The statuses of what a later hop said, with the hops before it. */
function withCause(result: WalkResult, left: readonly LeftHop[], used: Hop): WalkResult {
  if (left.length === 0) return result;
  const way = describeWayTo(left, used);
  const add = (status: SmtpStatus): SmtpStatus => ({
    ...status,
    cause: status.cause === undefined ? way : `${way}; ${status.cause}`,
  });
  const results = [...result.results].map(
    ([recipient, each]) => [recipient, { ...each, status: add(each.status) }] as const,
  );
  return { ...result, results: new Map(results), ...(result.status ? { status: add(result.status) } : {}) };
}
