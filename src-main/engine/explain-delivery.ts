/** What becomes of an accepted recipient, explained: route, hosts of the next hop, log-in and encryption, retries. */
import type { ServerSettings } from '../settings/schema';
import type { Clock } from './core/clock';
import { type Hold, holdOf, type Route, type TargetAnswer } from './core/delivery';
import type { Keyring } from './core/keyring';
import { createStatus, isPermanent } from './core/smtp-status';
import { type ConnectRoute, describeHop, type Hop, hopsOf, isNextHopTried } from './delivery/hops';
import { explainHosts, explainPolicy, explainSecurity, type HopPlace } from './explain-hop';
import { explainLimits, type Place, placeControl, placeWords } from './explain-place';
import type { ExplanationStep } from './explanation';
import { retryDelayMs, waitingLimits } from './queue/schedule';
import { decideRoute, findRoutingPlace } from './routing/route';
import { describeHosts, describeTrigger } from './routing/route-words';

export interface DeliveryFacts {
  readonly settings: ServerSettings;
  readonly clock: Clock;
  readonly keyring: Pick<Keyring, 'unseal'>;
  readonly resolveTargets: (route: Route) => Promise<TargetAnswer>;
}

/** Whoever asks waits no longer than this for the hosts of a next hop; the queue would. */
const longestWaitMs = 15_000;

export async function explainDelivery(
  facts: DeliveryFacts,
  message: { readonly recipient: string; readonly sender: string; readonly resolvesNextHop: boolean },
): Promise<{ readonly steps: ExplanationStep[]; readonly outcome: string }> {
  const { settings } = facts;
  const route = decideRoute(message, settings);
  const place = findRoutingPlace(message, settings);
  const steps: ExplanationStep[] = [explainRoute(route, place)];
  if (route.kind === 'drop') return { steps, outcome: 'Accepted, and put into the Drop folder.' };
  if (route.kind === 'refuse') return { steps, outcome: failed(route.status.text, message.sender) };
  const hold = holdOf(route);
  if (hold) {
    steps.push(...explainHops(facts, route, place), ...explainLimits(settings, place));
    steps.push(explainHold(settings, hold, place));
    return { steps, outcome: `Accepted, and held in Queue until ${hold.host} asks for it.` };
  }
  if (!message.resolvesNextHop) {
    steps.push(...explainHops(facts, route, place), ...explainLimits(settings, place));
    steps.push(explainRetry(settings));
    return { steps, outcome: `Accepted, and sent ${describeWay(route)}.` };
  }

  const walk = await walkHops(facts, route, place);
  steps.push(...walk.steps);
  if (walk.isReturned) return { steps, outcome: failed(walk.trouble ?? '', message.sender) };
  if (walk.trouble === undefined) steps.push(...explainLimits(settings, place));
  steps.push(explainRetry(settings));
  if (walk.trouble !== undefined)
    return { steps, outcome: `Accepted, but it waits in Queue: ${sentence(walk.trouble)}` };
  return { steps, outcome: `Accepted, and sent ${describeHopWay(walk.used)}.` };
}

/** What the attempt would do until a host takes the message. */
interface HopsWalked {
  readonly steps: ExplanationStep[];
  /** The last one that was looked at. */
  readonly used: Hop;
  /** Why nobody takes it. */
  readonly trouble?: string;
  /** It is for good. */
  readonly isReturned?: boolean;
}

async function walkHops(facts: DeliveryFacts, route: ConnectRoute, place: Place): Promise<HopsWalked> {
  const hops = hopsOf(route);
  const steps: ExplanationStep[] = [];
  let walked: HopsWalked = { steps, used: hops[0] };
  for (const [at, used] of hops.entries()) {
    const answer = await resolveInTime(facts, used);
    steps.push(explainHosts(facts.settings, answer, placeOf(hops, used, place)));
    if (answer.kind === 'none') {
      const { status } = answer;
      walked = { steps, used, trouble: status.text, isReturned: isPermanent(status) };
      if (!isNextHopTried({ answerCount: 0, status })) return walked;
      continue;
    }
    const security = explainSecurity(facts, used, placeOf(hops, used, place));
    steps.push(...security, ...explainPolicy(answer.targets));
    if (security.some(({ verdict }) => verdict === 'refuse')) {
      walked = { steps, used, trouble: 'the log-in at the next hop cannot be made' };
      continue;
    }
    steps.push(...explainRest(facts, hops, { place, at }));
    return { steps, used };
  }
  return walked;
}

/** Every hop, without a question to DNS. */
function explainHops(facts: DeliveryFacts, route: ConnectRoute, place: Place): ExplanationStep[] {
  const hops = hopsOf(route);
  const first = explainSecurity(facts, hops[0], placeOf(hops, hops[0], place));
  return [...first, ...explainRest(facts, hops, { place, at: 0 })];
}

/** The hops behind the one that would take the message. */
function explainRest(
  facts: DeliveryFacts,
  hops: readonly Hop[],
  { place, at }: { readonly place: Place; readonly at: number },
): ExplanationStep[] {
  const rest = hops.slice(at + 1);
  if (rest.length === 0) return [];
  const hosts = rest.flatMap((hop) => (hop.kind === 'smart-host' ? [hop] : []));
  const setting =
    place.kind === 'server' && hops[0]?.kind === 'mx' ? 'triesDirectDelivery' : 'furtherSmartHosts';
  return [
    {
      decision: 'next-hop',
      verdict: 'info',
      text: `When it cannot be used, smart host ${describeHosts(hosts)} is tried.`,
      rule: `Smart hosts of ${placeWords(place)}, in this order.`,
      control: placeControl(place, setting),
    },
    ...rest.flatMap((hop) => explainSecurity(facts, hop, placeOf(hops, hop, place))),
  ];
}

function placeOf(hops: readonly Hop[], hop: Hop, place: Place): HopPlace {
  // Behind MX comes the place's own smart host before the further ones.
  const firstFurther = hops[0]?.kind === 'mx' ? 2 : 1;
  return {
    place,
    where: hops.length === 1 ? undefined : describeHop(hop),
    isFurther: hops.indexOf(hop) >= firstFurther,
  };
}

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

/** A report of a report is never sent. */
const failed = (text: string, sender: string): string =>
  sender === ''
    ? `Accepted, and then put into Badmail, as there is no sender to tell: ${sentence(text)}`
    : `Accepted, and then returned to the sender: ${sentence(text)}`;

function explainRoute(route: Route, place: Place): ExplanationStep {
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
    control: placeControl(place, 'smartHost'),
  };
}

function describeWay(route: ConnectRoute): string {
  const { fallbacks = [] } = route;
  const rest = fallbacks.length === 0 ? '' : `, or to smart host ${describeHosts(fallbacks)} when that fails`;
  return `${describeHopWay(route)}${rest}`;
}

function describeHopWay(hop: Hop): string {
  if (hop.kind === 'smart-host') return `to ${describeHop(hop)}`;
  return `directly to the mail hosts of ${hop.domain}${hop.port === 25 ? '' : `, port ${hop.port}`}`;
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

function explainRetry(settings: ServerSettings): ExplanationStep {
  const { quickRetries, quickRetryMinutes } = settings;
  const minutes = [1, 2, 3, 4].map((slow) => formatMinutes(retryDelayMs(quickRetries + slow, settings)));
  const [first, second, third, further] = minutes;
  const quick =
    quickRetries === 0
      ? 'A failed attempt is followed by others'
      : `A failed attempt is followed by ${quickRetries === 1 ? 'a quick retry' : `${quickRetries} quick retries, each`} after ${formatMinutes(quickRetryMinutes * 60_000)}, by others`;
  const { expiresAt } = waitingLimits(0, false, settings);
  return {
    decision: 'retry',
    verdict: 'info',
    text: `${quick} after ${first}, ${second} and ${third}, and then every ${further}; after ${formatMinutes(expiresAt)} the message is returned.`,
    rule: 'Retry intervals and expiration of the virtual server.',
    control: { setting: 'firstRetryMinutes' },
  };
}

function explainHold(settings: ServerSettings, hold: Hold, place: Place): ExplanationStep {
  const { expiresAt } = waitingLimits(0, false, settings);
  const whose = place.kind === 'domain' ? ` to ${place.domain.name}` : '';
  return {
    decision: 'retry',
    verdict: 'info',
    text: `It is not tried before ${hold.host} asks for it with ${describeTrigger(hold)}; what cannot be delivered then waits until the next time. After ${formatMinutes(expiresAt)} the message is returned.`,
    rule: `Messages are queued for remote triggered delivery${whose}.`,
    control: placeControl(place, 'holdsForTrigger'),
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
