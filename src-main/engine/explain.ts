/**
 * What would happen to a message from A to B sent by computer C, logged in as user U: each decision with the rule
 * behind it, by the settings of this moment. Sends nothing and changes nothing.
 *
 * Promises: every decision is made by the function that the session, the queue and delivery call, never by a copy.
 * Trusts: nothing in the question; an address that cannot be read is refused with the words that the client reads.
 * Fails: with Problem 'invalid' and the field for a client that cannot be one.
 */
import { isIP } from 'node:net';
import type { ServerSettings } from '../settings/schema';
import { domainOf, isDomainName, normaliseDomain } from './core/address';
import type { Clock } from './core/clock';
import type { Route, TargetAnswer } from './core/delivery';
import type { Keyring } from './core/keyring';
import { Problem } from './core/problem';
import type { LockOut } from './core/session';
import { type Examination, examineForServer } from './examine-address';
import { explainDelivery } from './explain-delivery';
import { type DirectoryExplained, explainDirectory } from './explain-directory';
import { type AddressResult, explainSubmission, findAccountOf, readAddress } from './explain-submission';
import {
  describeAccess,
  describePeer,
  type Explanation,
  type ExplanationStep,
  type RuleControl,
  refusal,
  replyText,
} from './explanation';
import { decideWithName, findMatchingEntry, judgePeer, plainAddress } from './smtp-in/access-list';
import { decideConnect } from './smtp-in/connection-control';
import { createPolicyCache, type Policy } from './smtp-in/policy';
import { decideRelay, type RelayDecision } from './smtp-in/relay';
import { replies } from './smtp-in/replies';
import type { VirtualServer } from './virtual-server';

export interface ExplainQuestion {
  /** '' and "<>": the null reverse-path. */
  readonly from: string;
  readonly to: string;
  readonly clientAddress: string;
  /** Verified host name of the client; undefined: looked up where a list names domains. */
  readonly clientName?: string | undefined;
  /** Account that the client has logged in with. */
  readonly user?: string | undefined;
  readonly isEncrypted: boolean;
  /** Asks DNS for the hosts of the next hop. */
  readonly resolvesNextHop: boolean;
}

/** What the answer depends on besides the question. */
export interface ExplainFacts {
  readonly settings: ServerSettings;
  readonly fqdn: string;
  readonly isRunning: boolean;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly resolveTargets: (route: Route) => Promise<TargetAnswer>;
  readonly verifyHostName: (address: string) => Promise<string | undefined>;
  /** What the directory says about an address. Default: it is not asked. */
  readonly examine?: (address: string) => Promise<Examination>;
  /** The lock-out that shuts an address out. Default: there is none. */
  readonly lockOutOf?: (address: string) => LockOut | undefined;
}

/** Explains for a virtual server, whether it runs or not. */
export function explainForServer(
  server: VirtualServer,
  clock: Clock,
  question: ExplainQuestion,
): Promise<Explanation> {
  const { settings, fqdn, keyring, isRunning } = server;
  const lockOutOf = (address: string): LockOut | undefined =>
    server.isRunning ? server.running.listener.lockOutOf(address) : undefined;
  const examine = (address: string): Promise<Examination> => examineForServer(server, clock, { address });
  const facts = { settings, fqdn, keyring, isRunning, clock, lockOutOf, examine };
  return server.withDns((dns) => explain({ ...facts, ...dns }, question));
}

export async function explain(facts: ExplainFacts, question: ExplainQuestion): Promise<Explanation> {
  const { settings, fqdn } = facts;
  const policy = createPolicyCache(
    () => settings,
    () => fqdn,
  )();
  const user = question.user === '' ? undefined : question.user;
  const account = user === undefined ? undefined : findAccountOf(user, facts);
  const sender = readAddress('FROM', question.from, policy.defaultDomain);
  const recipient = readAddress('TO', question.to, policy.defaultDomain);
  const { lockOutOf = () => undefined } = facts;
  const session: SessionFacts = { ...readClient(facts, question), settings, policy, account, lockOutOf };
  const steps: ExplanationStep[] = facts.isRunning ? [] : [stopped];
  const way: readonly (() => Promise<ExplanationStep[]> | ExplanationStep[])[] = [
    () => explainConnect(session),
    () => explainSubmission({ ...facts, user, account, isEncrypted: question.isEncrypted, sender }),
    () => explainRecipient(session, recipient),
  ];
  for (const explainNext of way) {
    const found = await explainNext();
    steps.push(...found);
    const refused = found.find(({ verdict }) => verdict === 'refuse');
    if (refused) return { steps, isAccepted: false, outcome: `Refused: the client gets "${refused.reply}".` };
  }
  if (recipient.kind === 'refused' || sender.kind === 'refused')
    throw new Problem('internal', 'An address that was refused went on.');
  const directory = await explainAddress(facts, question, {
    recipient: recipient.address,
    sender: sender.address,
  });
  steps.push(...directory.steps);
  if (directory.outcome !== undefined) return { steps, isAccepted: true, outcome: directory.outcome };
  const delivery = await explainDelivery(facts, {
    recipient: directory.recipient,
    sender: sender.address,
    resolvesNextHop: question.resolvesNextHop,
  });
  return { steps: [...steps, ...delivery.steps], isAccepted: true, outcome: delivery.outcome };
}

/** Nobody is asked but with the hosts of the next hop: the answer takes as long. */
async function explainAddress(
  { settings, examine }: ExplainFacts,
  { resolvesNextHop }: ExplainQuestion,
  { recipient, sender }: { readonly recipient: string; readonly sender: string },
): Promise<DirectoryExplained> {
  if (!settings.usesLdapRouting || !examine || !resolvesNextHop) return { steps: [], recipient };
  return explainDirectory(recipient, { sender, examine });
}

const stopped: ExplanationStep = {
  decision: 'connect',
  verdict: 'info',
  text: 'The virtual server is not running; this is what it would do if it were.',
  rule: 'Nobody can connect to a virtual server that is stopped.',
};

interface Client {
  readonly peerAddress: string;
  readonly verifyHostName: () => Promise<string | undefined>;
}

interface SessionFacts extends Client {
  readonly settings: ServerSettings;
  readonly policy: Policy;
  readonly account: string | undefined;
  readonly lockOutOf: (address: string) => LockOut | undefined;
}

function readClient(facts: ExplainFacts, question: ExplainQuestion): Client {
  const peerAddress = plainAddress(question.clientAddress.trim());
  if (isIP(peerAddress) === 0) {
    const text = "Enter the client's IP address, such as 192.0.2.10 or 2001:db8::10.";
    throw new Problem('invalid', text, 'clientAddress');
  }
  const given = normaliseDomain(question.clientName?.trim() ?? '');
  if (given === '') return { peerAddress, verifyHostName: () => facts.verifyHostName(peerAddress) };
  if (!isDomainName(given))
    throw new Problem('invalid', 'Enter a host name such as client.example.com.', 'clientName');
  return { peerAddress, verifyHostName: () => Promise.resolve(given) };
}

async function explainConnect(session: SessionFacts): Promise<ExplanationStep[]> {
  const { peerAddress, policy, settings } = session;
  const before = explainProxy(session);
  const lockOut = session.lockOutOf(peerAddress);
  if (lockOut) return [...before, explainLockOut(peerAddress, lockOut)];
  let hostName: string | undefined;
  const decision = await decideWithName((name) => {
    hostName = name;
    return decideConnect({ peerAddress, hostName: name, policy: policy.connect });
  }, session.verifyHostName);
  const peer = { peerAddress, hostName };
  const rule = describeAccess({
    verb: 'connect',
    access: policy.connect.access,
    entries: settings.connectionList,
    peer,
    isNameDecisive: decision.isNameDecisive,
  });
  const control = { setting: 'connectionList' };
  if (decision.allowed)
    return [
      ...before,
      { decision: 'connect', verdict: 'pass', text: `${describePeer(peer)} may connect.`, rule, control },
    ];
  const text = `${describePeer(peer)} may not connect.`;
  return [...before, refusal({ decision: 'connect', text, rule, control, status: decision.status })];
}

function explainProxy({ peerAddress, policy, settings }: SessionFacts): ExplanationStep[] {
  const { isAdmitted } = judgePeer(policy.proxies, { peerAddress, hostName: undefined }, false);
  if (!isAdmitted) return [];
  const entry = findMatchingEntry(settings.proxyList, { peerAddress, hostName: undefined });
  return [
    {
      decision: 'connect',
      verdict: 'info',
      text: 'A connection of its own without the PROXY header is closed without a word.',
      rule: `${peerAddress} is in the list of proxies${entry === undefined || entry === peerAddress ? '' : ` as ${entry}`}.`,
      control: { setting: 'proxyList' },
    },
  ];
}

function explainLockOut(peerAddress: string, { address, failureCount, until }: LockOut): ExplanationStep {
  const failures = `${failureCount} failed ${failureCount === 1 ? 'log-in' : 'log-ins'}`;
  const network = address === peerAddress ? '' : `, with its network ${address},`;
  return refusal({
    decision: 'connect',
    text: `${peerAddress}${network} is locked out until ${timeOfDay(until)} after ${failures}.`,
    rule: 'Let it in again under Current Sessions, Locked Out.',
    control: { setting: 'maxFailedLogOns' },
    status: replies.lockedOut,
  });
}

/** "10:20", by the clock of this computer. */
function timeOfDay(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}

async function explainRecipient(session: SessionFacts, recipient: AddressResult): Promise<ExplanationStep[]> {
  if (recipient.kind === 'refused') {
    const rule = 'The recipient is not an address that the server can read.';
    return [
      refusal({ decision: 'relay', text: 'The recipient is refused.', rule, status: recipient.status }),
    ];
  }
  const { address } = recipient;
  const { peerAddress, account, policy, settings } = session;
  let hostName: string | undefined;
  const decision = await decideWithName((name) => {
    hostName = name;
    return decideRelay({
      peerAddress,
      hostName: name,
      account,
      recipient: address,
      recipientDomain: domainOf(address),
      policy: policy.relay,
    });
  }, session.verifyHostName);
  const rule = describeRelay(decision, settings, {
    verb: 'relay',
    access: policy.relay.access,
    entries: settings.relayList,
    peer: { peerAddress, hostName },
    isNameDecisive: decision.isNameDecisive,
  });
  const control = controlOf(decision);
  if (!decision.allowed) {
    const text = `${address} is refused: the client may not relay to this domain.`;
    return [refusal({ decision: 'relay', text, rule, control, status: decision.status })];
  }
  const reply = replyText(replies.recipientOk(address));
  return [{ decision: 'relay', verdict: 'pass', text: `${address} is accepted.`, rule, control, reply }];
}

function describeRelay(
  decision: RelayDecision,
  settings: ServerSettings,
  list: Parameters<typeof describeAccess>[0],
): string {
  switch (decision.by) {
    case 'local-domain':
      return `Mail for a local domain is accepted from everybody: ${decision.rule}.`;
    case 'remote-domain':
      return `Everybody may relay to the remote domain ${decision.domain}.`;
    case 'authenticated':
      return 'Whoever has logged in may relay, regardless of the relay list.';
    case 'list':
      return settings.relaysForAuthenticated && settings.allowsBasic && !decision.allowed
        ? `${describeAccess(list)} Whoever logs in may relay too.`
        : describeAccess(list);
  }
}

function controlOf({ by, domain }: RelayDecision): RuleControl {
  switch (by) {
    case 'local-domain':
      return { setting: 'domains', ...(domain === undefined ? {} : { domain }) };
    case 'remote-domain':
      return { setting: 'isRelayAllowed', ...(domain === undefined ? {} : { domain }) };
    case 'authenticated':
      return { setting: 'relaysForAuthenticated' };
    case 'list':
      return { setting: 'relayList' };
  }
}
