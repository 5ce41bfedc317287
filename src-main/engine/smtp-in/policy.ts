/** What the settings mean to a session, worked out once for a settings object and not once a command. */
import type { ServerSettings } from '../../settings/schema';
import type { SwitchableVerb } from '../../settings/schema/protocol';
import { type AccessRule, compileAccessRule } from './access-list';
import { type ConnectPolicy, createConnectPolicy } from './connection-control';
import { createLineEndingPolicy, type LineEndingRules } from './line-ending-policy';
import { createRelayPolicy, type RelayPolicy } from './relay';
import { formatKeywords, type IsOn, type Offers } from './replies';
import { createTriggerPolicy, type TriggerPolicy } from './trigger-decision';

export interface Policy {
  readonly settings: ServerSettings;
  readonly fqdn: string;
  /** Appended to addresses without a domain. */
  readonly defaultDomain: string;
  readonly connect: ConnectPolicy;
  readonly relay: RelayPolicy;
  readonly lineEndings: LineEndingRules;
  /** An extension or command is switched on; not, whether it is offered at the moment. */
  readonly isOn: IsOn;
  /** A list names domains, or Received lines are to name hosts: each client's host name is looked up. */
  readonly needsHostNames: boolean;
  /** What there is to set going by ETRN, ATRN and TURN. */
  readonly triggers: TriggerPolicy;
  /** Infinity: no limit. The same for the other limits. */
  readonly maxMessageBytes: number;
  readonly maxSessionBytes: number;
  /** Never more than an envelope can hold. */
  readonly maxRecipients: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly idleTimeoutMs: number;
  readonly maxSessionMs: number;
  /** 0: as slow as it likes. */
  readonly minBytesPerSecond: number;
  readonly maxErrors: number;
  readonly maxCommands: number;
  readonly maxFailedLogOns: number;
  readonly lockOutMs: number;
  /** 0: no delay. The same for the greeting. */
  readonly tarPitMs: number;
  readonly greetingDelayMs: number;
  /** Whose word on the client's address is taken. */
  readonly proxies: AccessRule;
  /** The EHLO reply behind its first line. */
  keywords(offers: Offers): string;
}

/** As for Pickup files: without a limit a peer must not fill the memory, nor an envelope that no start reads again. */
const mostRecipients = 50_000;

const limit = (value: number | null, unit: number): number =>
  value === null ? Number.POSITIVE_INFINITY : value * unit;

function createPolicy(settings: ServerSettings, fqdn: string): Policy {
  const maxMessageBytes = limit(settings.maxMessageKb, 1024);
  const connect = createConnectPolicy(settings);
  const relay = createRelayPolicy(settings);
  const lineEndings = createLineEndingPolicy(settings);
  const isOn = createIsOn(settings.verbsOff);
  return {
    settings,
    fqdn,
    defaultDomain: settings.domains.find((domain) => domain.type === 'default')?.name ?? fqdn,
    connect,
    relay,
    lineEndings,
    isOn,
    needsHostNames:
      settings.performsReverseDnsLookup ||
      connect.access.list.domains.size > 0 ||
      relay.access.list.domains.size > 0 ||
      lineEndings.listed.list.domains.size > 0,
    triggers: createTriggerPolicy(settings),
    maxMessageBytes,
    maxSessionBytes: limit(settings.maxSessionKb, 1024),
    maxRecipients: Math.min(limit(settings.maxRecipients, 1), mostRecipients),
    maxConnections: limit(settings.maxConnections, 1),
    maxConnectionsPerAddress: limit(settings.maxConnectionsPerAddress, 1),
    idleTimeoutMs: settings.connectionTimeoutMinutes * 60_000,
    maxSessionMs: limit(settings.maxSessionMinutes, 60_000),
    minBytesPerSecond: settings.minBytesPerSecond ?? 0,
    maxErrors: limit(settings.maxErrors, 1),
    maxCommands: limit(settings.maxCommands, 1),
    maxFailedLogOns: limit(settings.maxFailedLogOns, 1),
    lockOutMs: settings.lockOutMinutes * 60_000,
    tarPitMs: settings.tarPitSeconds * 1000,
    greetingDelayMs: settings.greetingDelaySeconds * 1000,
    proxies: compileAccessRule('only', settings.proxyList),
    keywords: createKeywords(maxMessageBytes, isOn),
  };
}

/** What an extension cannot do without (RFC 3030 section 3, RFC 6531 section 3.1 item 8). */
const needs: Partial<Readonly<Record<SwitchableVerb, SwitchableVerb>>> = {
  BINARYMIME: 'CHUNKING',
  SMTPUTF8: '8BITMIME',
};

function createIsOn(verbsOff: readonly SwitchableVerb[]): IsOn {
  const off = new Set(verbsOff);
  return (verb) => {
    const needed = needs[verb];
    return !off.has(verb) && (needed === undefined || !off.has(needed));
  };
}

/** The EHLO replies, each made once. */
function createKeywords(maxMessageBytes: number, isOn: IsOn): Policy['keywords'] {
  const known = new Map<string, string>();
  return (offers) => {
    const key = JSON.stringify(offers);
    let keywords = known.get(key);
    if (keywords === undefined) {
      keywords = formatKeywords(maxMessageBytes, offers, isOn);
      known.set(key, keywords);
    }
    return keywords;
  };
}

/** The policy in force; made anew only when the settings object or the name is another one. */
export function createPolicyCache(settings: () => ServerSettings, fqdn: () => string): () => Policy {
  let policy: Policy | undefined;
  return () => {
    const currentSettings = settings();
    const currentFqdn = fqdn();
    if (policy?.settings !== currentSettings || policy.fqdn !== currentFqdn)
      policy = createPolicy(currentSettings, currentFqdn);
    return policy;
  };
}
