/** What becomes of an accepted recipient, explained: route, hosts of the next hop, log-in and encryption, retries. */
import type { DomainSettings, ServerSettings } from '../settings/schema';
import type { Clock } from './core/clock';
import { type Hold, holdOf, isTlsRequired, type Route, type TargetAnswer } from './core/delivery';
import type { Keyring } from './core/keyring';
import { createStatus, isPermanent } from './core/smtp-status';
import { fallbackRouteOf } from './delivery/deliverer';
import type { ExplanationStep, RuleControl } from './explanation';
import { retryDelayMs, waitingLimits } from './queue/schedule';
import { decideRoute, findRoutingDomain } from './routing/route';
import { describeTrigger } from './routing/route-words';

export interface DeliveryFacts {
  readonly settings: ServerSettings;
  readonly clock: Clock;
  readonly keyring: Pick<Keyring, 'unseal'>;
  readonly resolveTargets: (route: Route) => Promise<TargetAnswer>;
}

/** Whoever asks waits no longer than this for the hosts of a next hop; the queue would. */
const longestWaitMs = 15_000;
const mostNamedHosts = 5;

type ConnectRoute = Extract<Route, { kind: 'mx' | 'smart-host' }>;

export async function explainDelivery(
  facts: DeliveryFacts,
  message: { readonly recipient: string; readonly sender: string; readonly resolvesNextHop: boolean },
): Promise<{ readonly steps: ExplanationStep[]; readonly outcome: string }> {
  const { settings } = facts;
  const route = decideRoute(message, settings);
  const record = findRoutingDomain(message.recipient, settings);
  const steps: ExplanationStep[] = [explainRoute(route, record)];
  if (route.kind === 'drop') return { steps, outcome: 'Accepted, and put into the Drop folder.' };
  if (route.kind === 'refuse') return { steps, outcome: failed(route.status.text, message.sender) };
  const hold = holdOf(route);
  if (hold) {
    steps.push(...explainSecurity(facts, route, record), explainHold(settings, hold, record));
    return { steps, outcome: `Accepted, and held in Queue until ${hold.host} asks for it.` };
  }
  if (!message.resolvesNextHop) {
    steps.push(...explainSecurity(facts, route, record), explainRetry(settings));
    return { steps, outcome: `Accepted, and sent ${describeWay(route)}.` };
  }

  let way: ConnectRoute = route;
  let answer = await resolveInTime(facts, way);
  steps.push(explainHosts(settings, answer));
  const fallback =
    answer.kind === 'none'
      ? fallbackRouteOf(route, { isReached: false, isAborted: false, status: answer.status })
      : undefined;
  if (fallback) {
    way = fallback;
    answer = await resolveInTime(facts, way);
    steps.push(explainHosts(settings, answer));
  }
  if (answer.kind === 'targets') steps.push(...explainSecurity(facts, way, record));
  if (answer.kind === 'none' && isPermanent(answer.status))
    return { steps, outcome: failed(answer.status.text, message.sender) };
  steps.push(explainRetry(settings));
  if (answer.kind === 'none')
    return { steps, outcome: `Accepted, but it waits in Queue: ${sentence(answer.status.text)}` };
  if (steps.some(({ decision, verdict }) => decision === 'security' && verdict === 'refuse'))
    return { steps, outcome: 'Accepted, but it waits in Queue: the log-in at the next hop cannot be made.' };
  return { steps, outcome: `Accepted, and sent ${describeWay(way)}.` };
}

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

/** A report of a report is never sent. */
const failed = (text: string, sender: string): string =>
  sender === ''
    ? `Accepted, and then put into Badmail, as there is no sender to tell: ${sentence(text)}`
    : `Accepted, and then returned to the sender: ${sentence(text)}`;

function explainRoute(route: Route, record: DomainSettings | undefined): ExplanationStep {
  const isRefused = route.kind === 'refuse';
  return {
    decision: 'route',
    verdict: isRefused ? 'refuse' : 'pass',
    text: isRefused
      ? `It cannot be routed: ${sentence(route.status.text)}`
      : route.kind === 'drop'
        ? 'It is put into the Drop folder.'
        : `${holdOf(route) ? 'When it is asked for, it' : 'It'} is sent ${describeWay(route)}.`,
    rule: `${route.rule}.`,
    control: routeControl(record),
  };
}

function routeControl(record: DomainSettings | undefined): RuleControl {
  if (record === undefined) return { setting: 'smartHost' };
  return { setting: record.type === 'remote' ? 'smartHost' : 'domains', domain: record.name };
}

function describeWay(route: ConnectRoute): string {
  const port = route.port === 25 ? '' : `, port ${route.port}`;
  if (route.kind === 'smart-host') return `to smart host ${route.host}${port}`;
  const direct = `directly to the mail hosts of ${route.domain}${port}`;
  const [fallback] = route.fallbacks ?? [];
  return fallback ? `${direct}, or to smart host ${fallback.host} when that fails` : direct;
}

async function resolveInTime({ clock, resolveTargets }: DeliveryFacts, route: Route): Promise<TargetAnswer> {
  let cancel: (() => void) | undefined;
  const late = new Promise<TargetAnswer>((resolve) => {
    const status = createStatus(451, '4.4.3', 'The DNS servers did not answer in time');
    cancel = clock.startTimer(() => resolve({ kind: 'none', status }), longestWaitMs);
  });
  try {
    return await Promise.race([resolveTargets(route), late]);
  } finally {
    cancel?.();
  }
}

function explainHosts(settings: ServerSettings, answer: TargetAnswer): ExplanationStep {
  const servers = settings.dnsServers;
  const step = {
    decision: 'next-hop',
    rule:
      servers.length > 0
        ? `DNS was asked at ${servers.join(', ')}.`
        : 'DNS was asked as this computer is set up.',
    control: { setting: 'dnsServers' },
  } as const;
  if (answer.kind === 'none') return { ...step, verdict: 'refuse', text: sentence(answer.status.text) };
  const hosts = answer.targets
    .slice(0, mostNamedHosts)
    .map(({ name, address }) => (name.includes(address) ? name : `${name} (${address})`));
  const others = answer.targets.length - hosts.length;
  const rest = others > 0 ? `, and ${others} more` : '';
  return { ...step, verdict: 'pass', text: `Hosts, in the order of trying: ${hosts.join(', ')}${rest}.` };
}

function explainSecurity(
  { keyring }: DeliveryFacts,
  { security }: ConnectRoute,
  record: DomainSettings | undefined,
): ExplanationStep[] {
  const place = record?.type === 'remote' ? { domain: record.name } : {};
  const whose = record?.type === 'remote' ? `the remote domain ${record.name}` : 'the virtual server';
  const rule = `Outbound Security of ${whose}.`;
  const { login } = security;
  const steps: ExplanationStep[] = [
    {
      decision: 'security',
      verdict: 'info',
      text: isTlsRequired(security)
        ? 'The connection must be encrypted; without TLS the message waits.'
        : 'TLS is used where the host offers it.',
      rule,
      control: { setting: 'outboundTls', ...place },
    },
  ];
  if (!login) return steps;
  const control = { setting: 'outboundAuthentication', ...place };
  const canLogIn = login.method === 'oauth2' || isReadable(keyring, login.password);
  const text = canLogIn
    ? `Mailroot logs in as ${login.user}.`
    : `The stored password of ${login.user} cannot be opened; enter it again.`;
  steps.push({ decision: 'security', verdict: canLogIn ? 'info' : 'refuse', text, rule, control });
  return steps;
}

function isReadable(keyring: Pick<Keyring, 'unseal'>, password: string): boolean {
  try {
    keyring.unseal(password);
    return true;
  } catch {
    // The reason is the keyring's and names no more than this.
    return false;
  }
}

function explainRetry(settings: ServerSettings): ExplanationStep {
  const minutes = [1, 2, 3, 4].map((failures) => formatMinutes(retryDelayMs(failures, settings)));
  const [first, second, third, further] = minutes;
  const { expiresAt } = waitingLimits(0, false, settings);
  return {
    decision: 'retry',
    verdict: 'info',
    text: `A failed attempt is followed by others after ${first}, ${second} and ${third}, and then every ${further}; after ${formatMinutes(expiresAt)} the message is returned.`,
    rule: 'Retry intervals and expiration of the virtual server.',
    control: { setting: 'firstRetryMinutes' },
  };
}

function explainHold(
  settings: ServerSettings,
  hold: Hold,
  record: DomainSettings | undefined,
): ExplanationStep {
  const { expiresAt } = waitingLimits(0, false, settings);
  return {
    decision: 'retry',
    verdict: 'info',
    text: `It is not tried before ${hold.host} asks for it with ${describeTrigger(hold)}; what cannot be delivered then waits until the next time. After ${formatMinutes(expiresAt)} the message is returned.`,
    rule: `Messages are queued for remote triggered delivery${record === undefined ? '' : ` to ${record.name}`}.`,
    control: { setting: 'holdsForTrigger', ...(record === undefined ? {} : { domain: record.name }) },
  };
}

/** "15 minutes", "4 hours", "2 days". */
function formatMinutes(ms: number): string {
  const minutes = ms / 60_000;
  const [value, unit] =
    minutes % 1440 === 0
      ? [minutes / 1440, 'day']
      : minutes % 60 === 0
        ? [minutes / 60, 'hour']
        : [minutes, 'minute'];
  const rounded = Math.round(value * 100) / 100;
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`;
}
