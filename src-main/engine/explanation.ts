/** The shape of an explanation, and the sentences for the rules that lists make. Pure. */
import { undecidedHostName } from './core/host-name';
import { formatStatus, type SmtpStatus } from './core/smtp-status';
import { type AccessRule, findMatchingEntry, type Peer } from './smtp-in/access-list';

/** Which control holds a rule: a setting of the virtual server, of one of its domains, or of a route by sender. */
export interface RuleControl {
  readonly setting: string;
  readonly domain?: string;
  /** Name of the route by sender; the setting is then the list of routes. */
  readonly route?: string;
}

export interface ExplanationStep {
  readonly decision:
    | 'connect'
    | 'submit'
    | 'relay'
    | 'directory'
    | 'route'
    | 'next-hop'
    | 'security'
    | 'limits'
    | 'retry';
  readonly verdict: 'pass' | 'refuse' | 'info';
  /** One sentence: what was decided. */
  readonly text: string;
  /** One sentence: the rule behind it, as it is set today. */
  readonly rule: string;
  readonly control?: RuleControl;
  /** The reply that the client would get. */
  readonly reply?: string;
}

export interface Explanation {
  steps: ExplanationStep[];
  isAccepted: boolean;
  outcome: string;
}

/** A reply as the client reads it. */
export const replyText = (status: SmtpStatus): string => formatStatus(status).trimEnd();

/** A step that ends the way, with the reply that the client gets. */
export function refusal(options: {
  readonly decision: ExplanationStep['decision'];
  readonly text: string;
  readonly rule: string;
  readonly control?: RuleControl;
  readonly status: SmtpStatus;
}): ExplanationStep {
  const { status, ...step } = options;
  return { ...step, verdict: 'refuse', reply: replyText(status) };
}

/** "192.0.2.7 (web.app.example)". */
export const describePeer = ({ peerAddress, hostName }: Peer): string =>
  hostName === undefined || hostName === undecidedHostName ? peerAddress : `${peerAddress} (${hostName})`;

/**
 * What a list says about a peer, in one sentence.
 *
 * @param options.verb "connect" or "relay"
 * @param options.entries the list as it stands in the settings
 */
export function describeAccess(options: {
  readonly verb: string;
  readonly access: AccessRule;
  readonly entries: readonly string[];
  readonly peer: Peer;
  readonly isNameDecisive: boolean;
}): string {
  const { verb, access, entries, peer, isNameDecisive } = options;
  if (access.mode === 'nobody') return `Nobody may ${verb}, because the list of computers cannot be read.`;
  const isOnly = access.mode === 'only';
  if (entries.length === 0)
    return isOnly
      ? `Only the computers in the list may ${verb}, and the list is empty.`
      : `All computers may ${verb}.`;
  const who = isOnly ? 'Only the computers in the list' : 'All computers except those in the list';
  const entry = findMatchingEntry(entries, peer);
  if (entry !== undefined) return `${who} may ${verb}, and this one is in it as ${entry}.`;
  if (isNameDecisive && peer.hostName === undecidedHostName)
    return `${who} may ${verb}; the list names domains, and DNS cannot tell the host name of this one at the moment.`;
  if (isNameDecisive && peer.hostName === undefined)
    return `${who} may ${verb}; the list names domains, and the host name of this one cannot be verified.`;
  return `${who} may ${verb}, and this one is not in it.`;
}
