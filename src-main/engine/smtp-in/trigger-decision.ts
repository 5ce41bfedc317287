/** Who may set held mail going, and which: the arguments of ETRN and ATRN, and what the settings say to them. Pure. */
import type { ServerSettings } from '../../settings/schema';
import { isDomainName, normaliseDomain } from '../core/address';
import type { SmtpStatus } from '../core/smtp-status';
import type { RemoteTrigger } from '../core/trigger';
import { type Offers, replies } from './replies';
import type { TlsFacts } from './tls-facts';

/** What of this the settings of a virtual server have use for. */
export interface TriggerPolicy {
  /** Some remote domain holds mail. */
  readonly isHolding: boolean;
  /** Who may fetch mail of some domain; names in lower case. */
  readonly turnAccounts: ReadonlySet<string>;
}

export function createTriggerPolicy(settings: Pick<ServerSettings, 'domains'>): TriggerPolicy {
  const holding = settings.domains.flatMap((domain) =>
    domain.type === 'remote' && domain.holdsForTrigger ? [domain] : [],
  );
  const accounts = holding.flatMap(({ turnAccounts }) => turnAccounts.map((name) => name.toLowerCase()));
  return { isHolding: holding.length > 0, turnAccounts: new Set(accounts) };
}

/** ETRN, TURN and ATRN are named only where they could come to something. */
export function offerTriggers(offers: Offers, { isHolding, turnAccounts }: TriggerPolicy): Offers {
  const canTurn = turnAccounts.size > 0 && offers.auth.length > 0;
  return { ...offers, etrn: isHolding, turn: canTurn, atrn: canTurn };
}

/** RFC 1985 section 5.2: a node, "@" and a domain with all below it, or "#" and the name of a queue. */
export type EtrnNode =
  | { readonly kind: 'node' | 'with-subdomains'; readonly domain: string }
  | { readonly kind: 'queue' };

/** Undefined: not an argument of ETRN. */
export function parseEtrnArgument(argument: string): EtrnNode | undefined {
  if (/^#[!-~]+$/.test(argument)) return { kind: 'queue' };
  const isWide = argument.startsWith('@');
  const domain = normaliseDomain(isWide ? argument.slice(1) : argument);
  if (!isDomainName(domain)) return undefined;
  return { kind: isWide ? 'with-subdomains' : 'node', domain };
}

/** RFC 2645 section 5.2.1: domains with commas between them; empty: all. Undefined: not that. */
export function parseAtrnArgument(argument: string): readonly string[] | undefined {
  if (argument === '') return [];
  const domains = argument.split(',').map((domain) => normaliseDomain(domain.trim()));
  return domains.every(isDomainName) ? [...new Set(domains)] : undefined;
}

/** The domains that an ETRN speaks of; undefined: no mail is held for them here. */
export function chooseReleased(
  node: Extract<EtrnNode, { domain: string }>,
  trigger: Pick<RemoteTrigger<unknown>, 'holderOf' | 'holdsBelow' | 'heldDomains'>,
): readonly string[] | undefined {
  const { domain } = node;
  const isHeld = trigger.holderOf(domain) !== undefined;
  if (node.kind === 'node') return isHeld ? [domain] : undefined;
  if (!isHeld && !trigger.holdsBelow(domain)) return undefined;
  return trigger.heldDomains().filter((held) => held === domain || held.endsWith(`.${domain}`));
}

export interface TurnQuestion {
  readonly verb: 'TURN' | 'ATRN';
  /** Who has logged in. */
  readonly account: string;
  /** In lower case; empty: all that the account may fetch. */
  readonly wanted: readonly string[];
  readonly tls: TlsFacts | undefined;
  readonly policy: TriggerPolicy;
  readonly trigger: Pick<RemoteTrigger<unknown>, 'holderOf' | 'heldDomains'>;
}

/** The domains whose mail may be fetched and waits, or the refusal. */
export function decideTurn(
  question: TurnQuestion,
): { readonly domains: readonly string[] } | { readonly refusal: SmtpStatus } {
  const { verb, wanted, tls, policy, trigger } = question;
  const account = question.account.toLowerCase();
  const mayFetch = (domain: string): boolean =>
    trigger.holderOf(domain)?.turnAccounts.some((name) => name.toLowerCase() === account) ?? false;
  const isRefused = wanted.length > 0 ? !wanted.every(mayFetch) : !policy.turnAccounts.has(account);
  if (isRefused) return { refusal: replies.turnRefused(verb) };
  const held = trigger.heldDomains();
  const domains =
    wanted.length > 0 ? held.filter((domain) => wanted.includes(domain)) : held.filter(mayFetch);
  if (domains.length === 0) return { refusal: replies.noMailToTurn };
  if (tls === undefined && domains.some((domain) => trigger.holderOf(domain)?.requiresTls))
    return { refusal: replies.startTlsFirst };
  return { domains };
}
