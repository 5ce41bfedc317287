/** Explanations over the real decisions; DNS and accounts are the test's. */
import { describe, expect, it } from 'vitest';
import type { TargetAnswer } from '../../../src-main/engine/core/delivery';
import { emptyKeyring, type Keyring } from '../../../src-main/engine/core/keyring';
import { createStatus } from '../../../src-main/engine/core/smtp-status';
import { type ExplainFacts, type ExplainQuestion, explain } from '../../../src-main/engine/explain';
import type { ServerSettingsInput } from '../../../src-main/settings/schema';
import { createFakeClock } from '../../support/fake-clock';
import { createServerSettings } from '../../support/settings';

const domains: ServerSettingsInput['domains'] = [
  { type: 'default', name: 'corp.test' },
  { type: 'alias', name: 'alias.test' },
  { type: 'remote', name: 'partner.test', isRelayAllowed: true, smartHost: '[192.0.2.25]', port: 2525 },
  { type: 'remote', name: '*.secure.test', outboundTls: 'required' },
  { type: 'remote', name: 'branch.test', isRelayAllowed: true, holdsForTrigger: true, turnAccounts: ['ann'] },
];

const keyring: Keyring = {
  ...emptyKeyring,
  ...emptyKeyring,
  findAccount: (user) =>
    ['ann', 'bob@line.test', 'scanner'].find((name) => name === user.toLowerCase()) && user,
  allows: (account, method) => method === (account === 'scanner' ? 'ntlm' : 'basic'),
  tlsCredentials: (id) =>
    id === '0123456789abcdef' ? { keyPem: '', certificatePem: '', fingerprint: '' } : undefined,
  unseal: (secret) => {
    if (secret === 'damaged') throw new Error('no key');
    return secret;
  },
};

interface Setup {
  readonly settings?: Partial<ServerSettingsInput>;
  readonly question?: Partial<ExplainQuestion>;
  readonly names?: Readonly<Record<string, string>>;
  readonly targets?: TargetAnswer | 'silent' | ((kind: string, host: string) => TargetAnswer);
  readonly isRunning?: boolean;
  readonly keyring?: Partial<Keyring>;
  readonly lockOutOf?: ExplainFacts['lockOutOf'];
}

const found: TargetAnswer = {
  kind: 'targets',
  targets: [
    { name: 'mx1.test', address: '192.0.2.1', port: 25 },
    { name: 'mx2.test', address: '2001:db8::2', port: 25 },
  ],
};

function ask(setup: Setup = {}) {
  const { settings = {}, question = {}, names = {}, targets = found, isRunning = true } = setup;
  const asked: string[] = [];
  const clock = createFakeClock();
  const explanation = explain(
    {
      settings: createServerSettings({ domains, ...settings }),
      fqdn: 'relay.corp.test',
      isRunning,
      clock,
      keyring: { ...keyring, ...setup.keyring },
      ...(setup.lockOutOf ? { lockOutOf: setup.lockOutOf } : {}),
      resolveTargets: async (route) => {
        if (targets === 'silent') return new Promise(() => undefined);
        return typeof targets === 'function'
          ? targets(route.kind, route.kind === 'smart-host' ? route.host : '')
          : targets;
      },
      verifyHostName: async (address) => {
        asked.push(address);
        return names[address];
      },
    },
    {
      from: 'app@line.test',
      to: 'ann@corp.test',
      clientAddress: '203.0.113.9',
      isEncrypted: false,
      resolvesNextHop: true,
      ...question,
    },
  );
  return { explanation, asked, clock };
}

/** "connect pass, submit pass, ..." */
async function verdicts(setup: Setup): Promise<string> {
  const { steps } = await ask(setup).explanation;
  return steps.map(({ decision, verdict }) => `${decision} ${verdict}`).join(', ');
}
async function refusalOf(setup: Setup) {
  const explanation = await ask(setup).explanation;
  expect(explanation.isAccepted).toBe(false);
  const last = explanation.steps.at(-1);
  expect(last?.verdict).toBe('refuse');
  expect(explanation.outcome).toBe(`Refused: the client gets "${last?.reply}".`);
  return last;
}

describe('a message that arrives', () => {
  it('for a local domain goes to Drop, and each rule names its setting', async () => {
    const { steps, isAccepted, outcome } = await ask().explanation;
    expect({ isAccepted, outcome }).toEqual({
      isAccepted: true,
      outcome: 'Accepted, and put into the Drop folder.',
    });
    expect(steps).toEqual([
      {
        decision: 'connect',
        verdict: 'pass',
        text: '203.0.113.9 may connect.',
        rule: 'All computers may connect.',
        control: { setting: 'connectionList' },
      },
      {
        decision: 'submit',
        verdict: 'pass',
        text: 'The client may hand over mail.',
        rule: 'Anonymous access is on: no log-in is needed.',
        control: { setting: 'allowsAnonymous' },
        reply: '250 2.1.0 app@line.test....Sender OK',
      },
      {
        decision: 'relay',
        verdict: 'pass',
        text: 'ann@corp.test is accepted.',
        rule: 'Mail for a local domain is accepted from everybody: default domain corp.test.',
        control: { setting: 'domains', domain: 'corp.test' },
        reply: '250 2.1.5 ann@corp.test',
      },
      {
        decision: 'route',
        verdict: 'pass',
        text: 'It is put into the Drop folder.',
        rule: 'Default domain corp.test: Drop.',
        control: { setting: 'domains', domain: 'corp.test' },
      },
    ]);
  });

  it.each<[string, Setup, string, string]>([
    [
      'by the domain record',
      { question: { to: 'x@partner.test' } },
      'connect pass, submit pass, relay pass, route pass, next-hop pass, security info, retry info',
      'Accepted, and sent to smart host [192.0.2.25], port 2525.',
    ],
    [
      'by MX',
      { question: { to: 'x@elsewhere.test' }, settings: { relayList: ['203.0.113.0/24'] } },
      'connect pass, submit pass, relay pass, route pass, next-hop pass, security info, retry info',
      'Accepted, and sent directly to the mail hosts of elsewhere.test.',
    ],
    [
      'without asking DNS',
      {
        question: { to: 'x@elsewhere.test', resolvesNextHop: false },
        settings: { relayList: ['203.0.113.9'], smartHost: 'mail.test', triesDirectDelivery: true },
        targets: 'silent',
      },
      'connect pass, submit pass, relay pass, route pass, security info, next-hop info, security info, retry info',
      'Accepted, and sent directly to the mail hosts of elsewhere.test, or to smart host mail.test when that fails.',
    ],
    [
      'that finds nobody for now waits',
      {
        question: { to: 'x@partner.test' },
        targets: { kind: 'none', status: createStatus(451, '4.4.3', 'DNS is down') },
      },
      'connect pass, submit pass, relay pass, route pass, next-hop refuse, retry info',
      'Accepted, but it waits in Queue: DNS is down.',
    ],
    [
      'that finds nobody ever is returned',
      {
        question: { to: 'x@partner.test' },
        targets: { kind: 'none', status: createStatus(550, '5.1.2', 'No such domain') },
      },
      'connect pass, submit pass, relay pass, route pass, next-hop refuse',
      'Accepted, and then returned to the sender: No such domain.',
    ],
    [
      'that cannot be returned goes to Badmail',
      {
        question: { to: 'x@partner.test', from: '' },
        targets: { kind: 'none', status: createStatus(550, '5.1.2', 'No such domain') },
      },
      'connect pass, submit pass, relay pass, route pass, next-hop refuse',
      'Accepted, and then put into Badmail, as there is no sender to tell: No such domain.',
    ],
    [
      'falls back on the smart host',
      {
        question: { to: 'x@elsewhere.test' },
        settings: { relayList: ['203.0.113.9'], smartHost: 'mail.test', triesDirectDelivery: true },
        targets: (kind) =>
          kind === 'mx' ? { kind: 'none', status: createStatus(550, '5.1.2', 'No such domain') } : found,
      },
      'connect pass, submit pass, relay pass, route pass, next-hop refuse, next-hop pass, security info, retry info',
      'Accepted, and sent to smart host mail.test.',
    ],
    [
      'does not, where the domain takes no mail',
      {
        question: { to: 'x@elsewhere.test' },
        settings: { relayList: ['203.0.113.9'], smartHost: 'mail.test', triesDirectDelivery: true },
        targets: (kind) =>
          kind === 'mx' ? { kind: 'none', status: createStatus(556, '5.1.10', 'Null MX') } : found,
      },
      'connect pass, submit pass, relay pass, route pass, next-hop refuse',
      'Accepted, and then returned to the sender: Null MX.',
    ],
    [
      'whose password for the next hop is lost waits',
      {
        question: { to: 'x@elsewhere.test' },
        settings: {
          relayList: ['203.0.113.9'],
          smartHost: 'mail.test',
          outboundAuthentication: 'basic',
          outboundUserName: 'relay',
          outboundPassword: 'damaged',
        },
      },
      'connect pass, submit pass, relay pass, route pass, next-hop pass, security info, security refuse, retry info',
      'Accepted, but it waits in Queue: the log-in at the next hop cannot be made.',
    ],
  ])('%s', async (_name, setup, expected, outcome) => {
    expect(await verdicts(setup)).toBe(expected);
    expect(await ask(setup).explanation).toMatchObject({ isAccepted: true, outcome });
  });

  it('does not wait for DNS for ever', async () => {
    const { explanation, clock } = ask({ question: { to: 'x@partner.test' }, targets: 'silent' });
    await clock.advance(15_000);
    expect((await explanation).outcome).toBe(
      'Accepted, but it waits in Queue: The DNS servers did not answer in time.',
    );
  });

  it('at a stopped server is told what would happen', async () => {
    expect(await verdicts({ isRunning: false })).toBe(
      'connect info, connect pass, submit pass, relay pass, route pass',
    );
  });

  it('names the domain whose Outbound Security counts', async () => {
    const { steps } = await ask({
      question: { to: 'x@a.secure.test' },
      settings: { relayList: ['203.0.113.9'] },
    }).explanation;
    expect(steps.find(({ decision }) => decision === 'security')).toMatchObject({
      text: 'The connection must be encrypted; without TLS the message waits.',
      control: { setting: 'outboundTls', domain: '*.secure.test' },
    });
  });
});

describe('a way with several smart hosts', () => {
  const relayList = ['203.0.113.9'];
  const question = { to: 'x@elsewhere.test' };
  const nobody: TargetAnswer = { kind: 'none', status: createStatus(451, '4.4.3', 'DNS is down') };
  /** The steps from the route on, with the setting that each points at. */
  const told = async (setup: Setup): Promise<string[]> => {
    const { steps } = await ask(setup).explanation;
    return steps
      .filter(({ decision }) => !['connect', 'submit', 'relay', 'retry'].includes(decision))
      .map(
        ({ text, control }) =>
          `${text} [${[control?.domain ?? control?.route, control?.setting].filter(Boolean).join(': ')}]`,
      );
  };

  it('of the virtual server: each with encryption, log-in and Send as', async () => {
    const settings: Partial<ServerSettingsInput> = {
      relayList,
      smartHost: 'mail.test',
      outboundTls: 'verified',
      outboundMinimumTls: 'TLSv1.3',
      outboundAuthentication: 'oauth2',
      outboundSignIn: '0123456789abcdef',
      outboundSender: 'app@line.test',
      furtherSmartHosts: [
        {
          host: 'second.test',
          port: 465,
          outboundTls: 'required',
          outboundTlsFromStart: true,
          outboundAuthentication: 'ntlm',
          outboundUserName: 'CORP\\relay',
          outboundPassword: 'x',
        },
        { host: 'third.test', port: 25, outboundTls: 'off' },
      ],
    };
    expect(await told({ settings, question })).toEqual([
      'It is sent to smart host mail.test, or to smart host second.test, port 465, then third.test when that fails. [smartHost]',
      'Hosts of smart host mail.test, in the order of trying: mx1.test (192.0.2.1), mx2.test (2001:db8::2). [dnsServers]',
      'At smart host mail.test: The connection must be encrypted, with a valid certificate of the host; without one the message waits. The oldest version is TLS 1.3. [outboundTls]',
      'At smart host mail.test: Mailroot logs in as the mailbox that signed in, with a token of an OAuth2 sign-in. [outboundAuthentication]',
      'At smart host mail.test: Every message is sent as app@line.test; the From line that it had becomes Reply-To. [outboundSender]',
      'When it cannot be used, smart host second.test, port 465, then third.test is tried. [furtherSmartHosts]',
      'At smart host second.test, port 465: The connection must be encrypted; without TLS the message waits. TLS begins with the connection, without STARTTLS. [furtherSmartHosts]',
      'At smart host second.test, port 465: Mailroot logs in as CORP\\relay, with NTLM. [furtherSmartHosts]',
      'At smart host third.test: The connection is never encrypted. [furtherSmartHosts]',
    ]);
  });

  it('goes past hosts that DNS does not know, and log-ins that cannot be made', async () => {
    const settings: Partial<ServerSettingsInput> = {
      relayList,
      smartHost: 'mail.test',
      furtherSmartHosts: [
        {
          host: 'second.test',
          outboundAuthentication: 'basic',
          outboundUserName: 'ann',
          outboundPassword: 'damaged',
        },
        { host: 'third.test' },
      ],
    };
    const { steps, outcome } = await ask({
      settings,
      question,
      targets: (_kind, host) => (host === 'mail.test' ? nobody : found),
    }).explanation;
    expect(steps.filter(({ verdict }) => verdict === 'refuse').map(({ text }) => text)).toEqual([
      'DNS is down.',
      'At smart host second.test: The stored password of ann cannot be opened; enter it again.',
    ]);
    expect(outcome).toBe('Accepted, and sent to smart host third.test.');
  });

  it('of a route by sender: its name, its limits, and the list that holds it', async () => {
    const settings: Partial<ServerSettingsInput> = {
      relayList,
      maxMessagesPerMinute: 100,
      senderRoutes: [
        {
          name: 'Line',
          senders: ['*.test'],
          smartHost: 'line.test',
          maxConnections: 2,
          maxMessagesPerMinute: 30,
        },
      ],
    };
    expect(await told({ settings, question: { ...question, from: 'app@x.test' } })).toEqual([
      'It is sent to smart host line.test. [Line: senderRoutes]',
      'Hosts, in the order of trying: mx1.test (192.0.2.1), mx2.test (2001:db8::2). [dnsServers]',
      'TLS is used where the host offers it. [Line: senderRoutes]',
      'At most 2 connections at the same time and 30 messages per minute; the rest waits in Queue. [Line: senderRoutes]',
    ]);
    const { steps } = await ask({ settings, question: { ...question, from: 'app@x.test' } }).explanation;
    expect(steps.find(({ decision }) => decision === 'route')?.rule).toBe(
      'Route Line for *.test: smart host line.test.',
    );
    expect((await told({ settings, question: { ...question, from: 'app@other.example' } }))[0]).toBe(
      'It is sent directly to the mail hosts of elsewhere.test. [smartHost]',
    );
  });

  it('of a remote domain: its own limits, and those of the virtual server', async () => {
    const of = (limits: object): Setup => ({
      settings: {
        maxMessagesPerMinute: 100,
        domains: [
          { type: 'default', name: 'corp.test' },
          { type: 'remote', name: 'partner.test', isRelayAllowed: true, ...limits },
        ],
      },
      question: { to: 'x@partner.test' },
    });
    expect((await told(of({ maxConnections: 1 }))).at(-1)).toBe(
      'At most 1 connection at the same time and 100 messages per minute; the rest waits in Queue. [partner.test: maxMessagesPerMinute]',
    );
    expect((await told(of({}))).at(-1)).toBe(
      'At most 100 connections at the same time and 100 messages per minute; the rest waits in Queue. [maxMessagesPerMinute]',
    );
  });
});

describe('a refusal', () => {
  const basic = { allowsBasic: true, allowsAnonymous: false };
  it.each<[string, Setup, string, string, string | undefined]>([
    [
      'by connection control',
      { settings: { connectionList: ['203.0.113.0/24'] } },
      'connect',
      '554 5.7.1 Connection refused',
      'connectionList',
    ],
    [
      'of a client that does not log in',
      { settings: basic },
      'submit',
      '530 5.7.0 Client was not authenticated',
      'allowsAnonymous',
    ],
    [
      'of an unknown account',
      { settings: basic, question: { user: 'eve' } },
      'submit',
      '535 5.7.3 Authentication unsuccessful',
      'accounts',
    ],
    [
      'of a log-in where there is none',
      { question: { user: 'ann' } },
      'submit',
      '504 5.7.4 Unrecognized authentication type',
      'allowsBasic',
    ],
    [
      'of a password in clear',
      { settings: { ...basic, basicRequiresTls: true }, question: { user: 'ann' } },
      'submit',
      '538 5.7.11 Encryption required for this authentication type',
      'basicRequiresTls',
    ],
    [
      'of mail in clear',
      { settings: { requiresTls: true } },
      'submit',
      '530 5.7.0 Must issue a STARTTLS command first',
      'requiresTls',
    ],
    [
      'of a log-in in clear where a secure channel is required',
      { settings: { ...basic, requiresTls: true }, question: { user: 'ann' } },
      'submit',
      '530 5.7.0 Must issue a STARTTLS command first',
      'requiresTls',
    ],
    [
      'of an account whose ways to log in are all off',
      { settings: { allowsBasic: true }, question: { user: 'scanner' } },
      'submit',
      '504 5.7.4',
      'accounts',
    ],
    [
      'of a password in clear for an account without another way',
      {
        settings: { allowsBasic: true, basicRequiresTls: true, allowsIntegrated: true },
        question: { user: 'ann' },
      },
      'submit',
      '538 5.7.11',
      'basicRequiresTls',
    ],
    [
      'of encryption without a certificate',
      { question: { isEncrypted: true } },
      'submit',
      '554 5.7.3 Unable to initialize security subsystem',
      'certificate',
    ],
    [
      'of encryption that is switched off everywhere',
      {
        settings: { certificate: '0123456789abcdef', bindings: [{ encryption: 'none' }] },
        question: { isEncrypted: true },
      },
      'submit',
      '554 5.7.3 Unable to initialize security subsystem',
      'bindings',
    ],
    ['of a bad sender', { question: { from: 'a b@line.test' } }, 'submit', '501 5.5.4', undefined],
    [
      'of a bad recipient',
      { question: { to: 'a@b@corp.test' } },
      'relay',
      '501 5.5.4 Invalid Address',
      undefined,
    ],
    ['of nobody', { question: { to: '' } }, 'relay', '501 5.5.4 Invalid Address', undefined],
    [
      'of the null path as recipient',
      { question: { to: '<>' } },
      'relay',
      '501 5.5.4 Invalid Address',
      undefined,
    ],
    [
      'of a command in disguise',
      { question: { to: '<a@corp.test>\r\nRCPT TO:<b@elsewhere.test>' } },
      'relay',
      '501 5.5.4',
      undefined,
    ],
    [
      'of a stranger',
      { question: { to: 'x@elsewhere.test' } },
      'relay',
      '550 5.7.1 Unable to relay for x@elsewhere.test',
      'relayList',
    ],
    [
      'of a client without a name by "all except" a domain',
      { question: { to: 'x@elsewhere.test' }, settings: { relayMode: 'except', relayList: ['bad.example'] } },
      'relay',
      '550 5.7.1 Unable to relay for x@elsewhere.test',
      'relayList',
    ],
  ])('%s', async (_name, setup, decision, reply, setting) => {
    const step = await refusalOf(setup);
    expect(step?.decision).toBe(decision);
    expect(step?.reply?.startsWith(reply)).toBe(true);
    expect(step?.control?.setting).toBe(setting);
  });

  it.each<[Partial<ExplainQuestion>, string]>([
    [{ clientAddress: 'printer' }, 'clientAddress'],
    [{ clientAddress: '' }, 'clientAddress'],
    [{ clientAddress: '10.0.0.0/8' }, 'clientAddress'],
    [{ clientName: 'a b' }, 'clientName'],
  ])('of a question that makes no sense: %o', async (question, field) => {
    await expect(ask({ question }).explanation).rejects.toMatchObject({ code: 'invalid', field });
  });
});

describe('an encrypted connection', () => {
  it('needs the certificate of any identity, not that of the virtual server', async () => {
    const explanation = await ask({
      settings: { bindings: [{ certificate: '0123456789abcdef' }] },
      question: { isEncrypted: true },
    }).explanation;
    expect(explanation.isAccepted).toBe(true);
  });

  it('is all there is where every identity has implicit TLS', async () => {
    const explanation = await ask({
      settings: {
        requiresTls: true,
        certificate: '0123456789abcdef',
        bindings: [{ port: 465, encryption: 'implicit' }],
      },
    }).explanation;
    expect(explanation.isAccepted).toBe(true);
    expect(explanation.steps.map(({ rule }) => rule)).toContain(
      'Every identity of the virtual server has implicit TLS.',
    );
  });
});

describe('a log-in', () => {
  it.each([
    ['ann', { allowsBasic: true }, 'Basic authentication is on, and the account is enabled.', 'allowsBasic'],
    [
      'scanner',
      { allowsBasic: true, basicRequiresTls: true, allowsIntegrated: true },
      'Integrated Windows Authentication is on, and the account is enabled.',
      'allowsIntegrated',
    ],
  ])('of %s goes by a way that the account and the settings allow', async (user, settings, rule, setting) => {
    const { steps } = await ask({ settings, question: { user } }).explanation;
    expect(steps[1]).toMatchObject({
      verdict: 'pass',
      text: `The client logs in as ${user}.`,
      rule,
      control: { setting },
    });
  });
});

describe('who may relay', () => {
  const to = 'x@elsewhere.test';
  it.each<[string, Setup, string]>([
    [
      'a subnet',
      { settings: { relayList: ['10.0.0.1', '203.0.113.0/24'] } },
      'Only the computers in the list may relay, and this one is in it as 203.0.113.0/24.',
    ],
    [
      'an IPv4 client on an IPv6 socket',
      { settings: { relayList: ['203.0.113.9'] }, question: { clientAddress: '::ffff:203.0.113.9' } },
      'Only the computers in the list may relay, and this one is in it as 203.0.113.9.',
    ],
    [
      'a verified host name',
      { settings: { relayList: ['app.example'] }, names: { '203.0.113.9': 'web1.app.example' } },
      'Only the computers in the list may relay, and this one is in it as app.example.',
    ],
    [
      'a host name that the question gives',
      { settings: { relayList: ['app.example'] }, question: { clientName: 'App.Example' } },
      'Only the computers in the list may relay, and this one is in it as app.example.',
    ],
    [
      'all except the list',
      { settings: { relayMode: 'except', relayList: ['10.0.0.1'] } },
      'All computers except those in the list may relay, and this one is not in it.',
    ],
    [
      'who has logged in',
      { settings: { allowsBasic: true }, question: { user: 'ANN' } },
      'Whoever has logged in may relay, regardless of the relay list.',
    ],
    [
      'who has logged in with the default domain left out',
      { settings: { allowsBasic: true, defaultLogonDomain: 'line.test' }, question: { user: 'bob' } },
      'Whoever has logged in may relay, regardless of the relay list.',
    ],
  ])('%s', async (_name, setup, rule) => {
    const { steps, isAccepted } = await ask({ ...setup, question: { to, ...setup.question } }).explanation;
    expect(isAccepted).toBe(true);
    expect(steps.find(({ decision }) => decision === 'relay')?.rule).toBe(rule);
  });

  it('asks for the host name only where a list names domains', async () => {
    const plain = ask({
      question: { to },
      settings: { relayList: ['10.0.0.1'], connectionList: ['10.0.0.2'] },
    });
    await plain.explanation;
    expect(plain.asked).toEqual([]);
    const named = ask({ question: { to }, settings: { relayList: ['app.example'] } });
    await named.explanation;
    expect(named.asked).toEqual(['203.0.113.9']);
  });
});

it('mail that waits to be asked for is explained so, and DNS is not asked', async () => {
  const explanation = await ask({ question: { to: 'x@branch.test' }, targets: 'silent' }).explanation;
  expect(explanation.outcome).toBe('Accepted, and held in Queue until branch.test asks for it.');
  const last = explanation.steps.at(-1);
  expect(last?.control).toEqual({ setting: 'holdsForTrigger', domain: 'branch.test' });
  expect(last?.text).toContain('ATRN, TURN or ETRN');
  expect(explanation.steps.some(({ decision }) => decision === 'next-hop')).toBe(false);
});

describe('what shuts a client out before any rule', () => {
  const until = new Date(2026, 0, 5, 10, 20).getTime();
  it('is its lock-out, with its end and where it is lifted', async () => {
    const lockOutOf = (address: string) => ({ address, failureCount: 20, lockedAt: 0, until, lastUser: '' });
    expect(await refusalOf({ lockOutOf })).toMatchObject({
      decision: 'connect',
      text: '203.0.113.9 is locked out until 10:20 after 20 failed log-ins.',
      rule: 'Let it in again under Current Sessions, Locked Out.',
      reply: expect.stringMatching(/^421 4\.7\.0 Too many failed/),
    });
    expect(await verdicts({ lockOutOf: () => undefined })).toMatch(/^connect pass/);
  });

  it('is the PROXY header that a listed proxy does not send', async () => {
    const { steps } = await ask({ settings: { proxyList: ['203.0.113.0/24'] } }).explanation;
    expect(steps[0]).toMatchObject({
      verdict: 'info',
      text: 'A connection of its own without the PROXY header is closed without a word.',
      rule: '203.0.113.9 is in the list of proxies as 203.0.113.0/24.',
    });
  });
});

describe('an account that cannot log in', () => {
  const settings = { allowsIntegrated: true };
  it('by Kerberos alone lacks the key file, and nothing else', async () => {
    const allows: Keyring['allows'] = (_account, method) => method === 'kerberos';
    const securityPackage = {
      isUsable: () => false,
      accept: () => {
        throw new Error('not asked');
      },
    };
    expect(
      await refusalOf({ settings, question: { user: 'ann' }, keyring: { allows, securityPackage } }),
    ).toMatchObject({
      rule: expect.stringContaining('Kerberos key file is missing or cannot be used'),
      control: { setting: 'kerberosKeytab' },
    });
  });

  it('is disabled, or not there', async () => {
    const isDisabled = (user: string) => user === 'carl';
    const ruleFor = async (user: string) =>
      (await refusalOf({ settings, question: { user }, keyring: { isDisabled } }))?.rule;
    expect(await ruleFor('carl')).toBe('The account is disabled.');
    expect(await ruleFor('dora')).toBe('There is no enabled account of this name.');
  });
});
