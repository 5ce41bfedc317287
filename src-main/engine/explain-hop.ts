/** One hop of a route, explained: its hosts as DNS names them, encryption, log-in, "Send as". Sends nothing. */
import type { ServerSettings } from '../settings/schema';
import type { RouteLogin, RouteSecurity, Target, TargetAnswer } from './core/delivery';
import type { Keyring } from './core/keyring';
import type { Hop } from './delivery/hops';
import { type Place, placeControl, placeWords } from './explain-place';
import type { ExplanationStep } from './explanation';

const mostNamedHosts = 5;

/** What DNS said. */
export function explainHosts(
  settings: ServerSettings,
  answer: TargetAnswer,
  { where }: HopPlace,
): ExplanationStep {
  const servers = settings.dnsServers;
  const step = {
    decision: 'next-hop',
    rule:
      servers.length > 0
        ? `DNS was asked at ${servers.join(', ')}.`
        : 'DNS was asked as this computer is set up.',
    control: { setting: 'dnsServers' },
  } as const;
  if (answer.kind === 'none') {
    const { text } = answer.status;
    return { ...step, verdict: 'refuse', text: text.endsWith('.') ? text : `${text}.` };
  }
  const hosts = answer.targets
    .slice(0, mostNamedHosts)
    .map(({ name, address }) => (name.includes(address) ? name : `${name} (${address})`));
  const others = answer.targets.length - hosts.length;
  const rest = others > 0 ? `, and ${others} more` : '';
  const whose = where === undefined ? 'Hosts' : `Hosts of ${where}`;
  return { ...step, verdict: 'pass', text: `${whose}, in the order of trying: ${hosts.join(', ')}${rest}.` };
}

/** The MTA-STS policy of the domain, where there is one that counts. */
export function explainPolicy(targets: readonly Target[]): ExplanationStep[] {
  const policy = targets[0]?.policy;
  if (!policy) return [];
  const text =
    policy.mode === 'enforce'
      ? 'These are the hosts that the domain vouches for. Mail goes to them over TLS with a valid certificate alone, whatever Outbound Security says; else it waits.'
      : 'The domain is testing its policy: mail goes as if there were none, and what would have kept it back is said as a warning.';
  return [
    {
      decision: 'security',
      verdict: 'info',
      text,
      rule: `MTA-STS policy of ${policy.domain}, mode ${policy.mode}.`,
      control: { setting: 'honoursMtaSts' },
    },
  ];
}

/** One hop as the steps about it name it. */
export interface HopPlace {
  readonly place: Place;
  /** Which hop of several; undefined: the only one. */
  readonly where: string | undefined;
  /** An entry of the list of further smart hosts, with settings of its own. */
  readonly isFurther: boolean;
}

/** Encryption, log-in and "Send as" of one hop. A step with 'refuse': the log-in cannot be made. */
export function explainSecurity(
  { keyring }: { readonly keyring: Pick<Keyring, 'unseal'> },
  { kind, security, sendAs }: Hop,
  { place, where, isFurther }: HopPlace,
): ExplanationStep[] {
  const rule = `Outbound Security of ${isFurther ? `${where}, of ` : ''}${placeWords(place)}.`;
  const say = (text: string): string =>
    where === undefined ? text : `${kind === 'mx' ? 'For' : 'At'} ${where}: ${text}`;
  const controlOf = (setting: string) => placeControl(place, isFurther ? 'furtherSmartHosts' : setting);
  const info = (text: string, setting: string): ExplanationStep => ({
    decision: 'security',
    verdict: 'info',
    text: say(text),
    rule,
    control: controlOf(setting),
  });
  const { login } = security;
  return [
    info(describeTls(security), 'outboundTls'),
    ...(login
      ? [
          {
            ...info(describeLogin(login, keyring), 'outboundAuthentication'),
            verdict: canLogIn(login, keyring) ? ('info' as const) : ('refuse' as const),
          },
        ]
      : []),
    ...(sendAs === undefined
      ? []
      : [
          info(
            `Every message is sent as ${sendAs}; the From line that it had becomes Reply-To.`,
            'outboundSender',
          ),
        ]),
  ];
}

function describeTls({ tls, isImplicitTls, minimumTls }: RouteSecurity): string {
  const oldest = minimumTls === 'TLSv1.2' ? '' : ` The oldest version is ${minimumTls.replace('v', ' ')}.`;
  const from = isImplicitTls ? ' TLS begins with the connection, without STARTTLS.' : '';
  return `${tlsWords[tls]}${from}${tls === 'off' ? '' : oldest}`;
}

const tlsWords: Readonly<Record<RouteSecurity['tls'], string>> = {
  off: 'The connection is never encrypted.',
  opportunistic: 'TLS is used where the host offers it.',
  required: 'The connection must be encrypted; without TLS the message waits.',
  verified:
    'The connection must be encrypted, with a valid certificate of the host; without one the message waits.',
};

function describeLogin(login: RouteLogin, keyring: Pick<Keyring, 'unseal'>): string {
  if (!canLogIn(login, keyring))
    return `The stored password of ${login.user} cannot be opened; enter it again.`;
  if (login.method === 'oauth2') {
    const user = login.user === '' ? 'the mailbox that signed in' : login.user;
    return `Mailroot logs in as ${user}, with a token of an OAuth2 sign-in.`;
  }
  return `Mailroot logs in as ${login.user}${login.method === 'ntlm' ? ', with NTLM' : ''}.`;
}

function canLogIn(login: RouteLogin, keyring: Pick<Keyring, 'unseal'>): boolean {
  if (login.method === 'oauth2') return true;
  try {
    keyring.unseal(login.password);
    return true;
  } catch {
    // The reason is the keyring's and names no more than this.
    return false;
  }
}
