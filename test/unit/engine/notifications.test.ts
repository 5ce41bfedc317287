/** RFC 3461 through a whole virtual server: what a recipient's sender asked for, and what the sender is told. */
import { describe, expect, it } from 'vitest';
import { connectTurning } from '../../support/turning-client';
import { domainAt, type MailBench, openMailBench, peerWith } from './mail-bench';

const hourMs = 60 * 60_000;
const sender = 'ann@corp.test';
const withoutDsn = ['PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES'];
const withDsn = [...withoutDsn, 'DSN'];

/** Every way to write NOTIFY, and what it asks for (section 4.1). Local parts name the row. */
const rows: readonly { readonly name: string; readonly notify: string; readonly asks: string }[] = [
  { name: 'default', notify: '', asks: 'failure delay' },
  { name: 'never', notify: 'NEVER', asks: '' },
  { name: 's', notify: 'SUCCESS', asks: 'success' },
  { name: 'f', notify: 'FAILURE', asks: 'failure' },
  { name: 'd', notify: 'DELAY', asks: 'delay' },
  { name: 'sf', notify: 'SUCCESS,FAILURE', asks: 'success failure' },
  { name: 'sd', notify: 'success,delay', asks: 'success delay' },
  { name: 'fd', notify: 'Failure,Delay', asks: 'failure delay' },
  { name: 'sfd', notify: 'SUCCESS,FAILURE,DELAY', asks: 'success failure delay' },
];
const askers = (condition: string): string[] =>
  rows.filter(({ asks }) => asks.includes(condition)).map(({ name }) => name);

const everybodyAt = (domain: string): string[] =>
  rows.map(({ name, notify }) => `<${name}@${domain}>${notify === '' ? '' : ` NOTIFY=${notify}`}`);

/** "action name" of all that the sender was told, sorted. */
function told(bench: MailBench): string[] {
  return bench
    .reports()
    .flatMap(({ recipients }) =>
      recipients.map(
        (fields) => `${fields.action} ${/^rfc822; (.+)@/.exec(fields['final-recipient'] ?? '')?.[1]}`,
      ),
    )
    .sort();
}
const expected = (action: string, condition: string): string[] =>
  askers(condition)
    .map((name) => `${action} ${name}`)
    .sort();

const refuseUser = (): string => '550 5.1.1 No such user';
const refuseContent = (): string => '554 5.6.0 no';

describe('all of NOTIFY in one message', () => {
  it.each([
    ['Drop', undefined, 'dropped', expected('delivered', 'success')],
    ['a host with DSN', { extensions: withDsn }, 'relayed', []],
    ['a host without DSN', { extensions: withoutDsn }, 'relayed', expected('relayed', 'success')],
    ['a host without EHLO', { onHello: refuseEhlo }, 'relayed', expected('relayed', 'success')],
    [
      'a host with DSN that refuses',
      { extensions: withDsn, onRcpt: refuseUser },
      'bounced',
      expected('failed', 'failure'),
    ],
    [
      'a host without DSN that refuses',
      { extensions: withoutDsn, onRcpt: refuseUser },
      'bounced',
      expected('failed', 'failure'),
    ],
    [
      'a host that refuses the content',
      { extensions: withDsn, onMessage: refuseContent },
      'bounced',
      expected('failed', 'failure'),
    ],
  ] as const)('to %s', async (_where, peerOptions, outcome, notifications) => {
    const peer = peerOptions && (await peerWith(peerOptions));
    const bench = await openMailBench({
      domains: [{ type: 'default', name: 'corp.test' }, ...(peer ? [domainAt('far.test', peer)] : [])],
    });
    const domain = peer ? 'far.test' : 'corp.test';
    expect(await bench.submit({ from: sender, to: everybodyAt(domain) })).toMatch(/^250 /);
    await bench.drained();
    expect(told(bench)).toEqual(notifications);
    const its = bench.outcomes.filter(({ recipient }) => recipient.endsWith(`@${domain}`));
    // Also who wants to be told of nothing has an end that can be found.
    expect(its.filter(({ recipient }) => recipient !== sender).map((each) => each.outcome)).toEqual(
      rows.map(() => outcome),
    );
    expect(bench.files('Badmail')).toEqual([]);
  });

  it('that waits: who asked is told of the delay, once, and of the end', async () => {
    const peer = await peerWith({ onRcpt: () => '451 4.7.1 Greylisted' });
    const bench = await openMailBench({
      domains: [{ type: 'default', name: 'corp.test' }, domainAt('far.test', peer)],
    });
    await bench.submit({ from: sender, to: everybodyAt('far.test') });
    await bench.advance(11 * hourMs);
    expect(told(bench)).toEqual([]);
    await bench.advance(3 * hourMs);
    expect(told(bench)).toEqual(expected('delayed', 'delay'));
    const [delay] = bench.reports();
    expect(delay?.subject).toBe('Delivery Status Notification (Delay)');
    expect(delay?.recipients[0]).toMatchObject({
      status: '4.7.1',
      'diagnostic-code': 'smtp; 451 4.7.1 Greylisted',
      'will-retry-until': 'Sat, 28 Mar 2026 19:18:06 +0000',
    });
    expect(delay?.text).toMatch(/wait\s+for\s+a\s+while/);
    await bench.advance(33 * hourMs);
    expect(told(bench)).toEqual(expected('delayed', 'delay'));
    await bench.advance(2 * hourMs);
    expect(told(bench)).toEqual([...expected('delayed', 'delay'), ...expected('failed', 'failure')].sort());
    const end = bench.reports().find(({ subject }) => subject.endsWith('(Failure)'));
    expect(end?.recipients[0]).toMatchObject({
      status: '4.4.7',
      'diagnostic-code': 'smtp; 451 4.7.1 Greylisted',
    });
    expect(new Set(bench.outcomes.map(({ outcome }) => outcome))).toContain('expired');
    expect(bench.outcomes.filter(({ outcome }) => outcome === 'expired')).toHaveLength(rows.length);
  });
});

function refuseEhlo(line: string): string | undefined {
  return line.startsWith('EHLO') ? '502 5.5.1 no' : undefined;
}

describe('the parameters of a message', () => {
  const parameters = ' RET=FULL ENVID=QQ+2B314+3D159';
  const to = ['<dana@far.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Dana+2Bold@ivory.test', 'eric@far.test'];

  it('go to a host with DSN, which speaks for itself from then on', async () => {
    const peer = await peerWith({ extensions: withDsn });
    const bench = await openMailBench({
      domains: [{ type: 'default', name: 'corp.test' }, domainAt('far.test', peer)],
    });
    await bench.submit({ from: sender, parameters, to: [...to, '<fred@far.test> NOTIFY=FAILURE'] });
    await bench.drained();
    expect(peer.transactions[0]?.senderParams).toContain('RET=FULL ENVID=QQ+2B314+3D159');
    expect(peer.transactions[0]?.recipientParams).toEqual([
      'NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Dana+2Bold@ivory.test',
      '',
      // Added for who takes part (section 5.2.1).
      'NOTIFY=FAILURE ORCPT=rfc822;fred@far.test',
    ]);
    expect(bench.reports()).toEqual([]);
  });

  it('stay here before a host without DSN, and come back in the notification', async () => {
    const peer = await peerWith({
      extensions: withoutDsn,
      onRcpt: (address) => (address.startsWith('eric') ? '550 5.1.1 Unknown' : undefined),
    });
    const bench = await openMailBench({
      domains: [{ type: 'default', name: 'corp.test' }, domainAt('far.test', peer)],
    });
    await bench.submit({ from: sender, parameters, to });
    await bench.drained();
    expect(peer.transactions[0]).toMatchObject({ senderParams: '', recipientParams: [''] });
    const reports = bench.reports();
    const of = (word: string) => reports.find(({ subject }) => subject.endsWith(`(${word})`));
    expect(reports).toHaveLength(2);
    expect(of('Relay')).toMatchObject({
      message: { 'original-envelope-id': 'QQ+314=159' },
      recipients: [
        { action: 'relayed', 'original-recipient': 'rfc822; Dana+old@ivory.test', status: '2.0.0' },
      ],
      // RET=FULL is about failures (section 4.3).
      returned: { type: 'text/rfc822-headers' },
    });
    expect(of('Failure')).toMatchObject({
      message: { 'original-envelope-id': 'QQ+314=159' },
      recipients: [{ action: 'failed', 'final-recipient': 'rfc822; eric@far.test', status: '5.1.1' }],
      returned: { type: 'message/rfc822' },
    });
    expect(of('Failure')?.recipients[0]).not.toHaveProperty('original-recipient');
  });

  it('are those of the envelope lines of a Pickup file', async () => {
    const peer = await peerWith({ extensions: withDsn });
    const bench = await openMailBench({
      domains: [{ type: 'default', name: 'corp.test' }, domainAt('far.test', peer)],
    });
    await bench.pickUp(
      [
        `X-Sender: <${sender}> RET=HDRS ENVID=a+2Bb`,
        'X-Receiver: <dana@far.test> NOTIFY=SUCCESS ORCPT=rfc822;Dana+2Bx@ivory.test',
        'X-Receiver: <ben@corp.test> NOTIFY=SUCCESS',
        'X-Receiver: <eve@corp.test>',
        'Subject: x',
        '',
        'text',
        '',
      ].join('\r\n'),
    );
    await bench.drained();
    expect(peer.transactions[0]).toMatchObject({
      senderParams: expect.stringContaining('RET=HDRS ENVID=a+2Bb'),
      recipientParams: ['NOTIFY=SUCCESS ORCPT=rfc822;Dana+2Bx@ivory.test'],
    });
    expect(told(bench)).toEqual(['delivered ben']);
    expect(bench.reports()[0]?.message['original-envelope-id']).toBe('a+b');
  });

  it.each([
    ['with DSN', withDsn, ['NOTIFY=SUCCESS ORCPT=rfc822;x@branch.test'], []],
    ['without DSN', withoutDsn, [''], ['relayed x']],
  ] as const)(
    'go over a connection that was turned, to a host %s',
    async (_name, extensions, given, tells) => {
      const branch = { type: 'remote', name: 'branch.test', isRelayAllowed: true } as const;
      const bench = await openMailBench({
        allowsBasic: true,
        domains: [
          { type: 'default', name: 'corp.test' },
          { ...branch, holdsForTrigger: true, turnAccounts: ['ann'] },
        ],
      });
      await bench.submit({ from: sender, to: ['<x@branch.test> NOTIFY=SUCCESS'] });
      const client = await connectTurning(bench.port);
      expect(await client.logIn('ann', 'secret')).toMatch(/^235/);
      const { peer } = await client.turn('TURN', { extensions });
      await peer.received(1);
      await client.closed;
      await bench.drained();
      expect(peer.transactions[0]?.recipientParams).toEqual(given);
      expect(told(bench)).toEqual(tells);
    },
  );
});

describe('the examples of RFC 3461, section 10', () => {
  it('one message to four hosts ends as they say', async () => {
    const [example, ivory, bombs, tax] = await Promise.all([
      peerWith({ extensions: withDsn }),
      peerWith({
        extensions: withoutDsn,
        onRcpt: (address) => (address.startsWith('Carol') ? '550 error - no such recipient' : undefined),
      }),
      peerWith({ extensions: withoutDsn, onRcpt: () => '550 Suspended account' }),
      peerWith({ extensions: withDsn }),
    ]);
    const bench = await openMailBench({
      fullyQualifiedDomainName: 'example.org',
      domains: [
        { type: 'default', name: 'example.org' },
        domainAt('example.com', example),
        domainAt('ivory.edu', ivory),
        domainAt('bombs.af.mil', bombs),
        domainAt('tax-me.gov', tax),
      ],
    });
    await bench.submit({
      from: 'Alice@Example.ORG',
      parameters: ' RET=HDRS ENVID=QQ314159',
      to: [
        '<Bob@Example.COM> NOTIFY=SUCCESS ORCPT=rfc822;Bob@Example.COM',
        '<Carol@Ivory.EDU> NOTIFY=FAILURE ORCPT=rfc822;Carol@Ivory.EDU',
        '<Dana@Ivory.EDU> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Dana@Ivory.EDU',
        '<Eric@Bombs.AF.MIL> NOTIFY=FAILURE ORCPT=rfc822;Eric@Bombs.AF.MIL',
        '<Fred@Bombs.AF.MIL> NOTIFY=NEVER',
        '<George@Tax-ME.GOV> NOTIFY=FAILURE ORCPT=rfc822;George@Tax-ME.GOV',
      ],
    });
    await bench.drained();
    // 10.2, 10.5: relayed with everything that the sender said.
    expect(example.transactions[0]).toMatchObject({
      senderParams: expect.stringContaining('RET=HDRS ENVID=QQ314159'),
      recipientParams: ['NOTIFY=SUCCESS ORCPT=rfc822;Bob@Example.COM'],
    });
    expect(tax.transactions[0]?.recipientParams).toEqual(['NOTIFY=FAILURE ORCPT=rfc822;George@Tax-ME.GOV']);
    // 10.3: without.
    expect(ivory.transactions[0]).toMatchObject({ recipients: ['Dana@Ivory.EDU'], recipientParams: [''] });
    // 10.6, 10.7, 10.8: failed for Carol and Eric, relayed for Dana, silence about Fred.
    expect(told(bench)).toEqual(['failed Carol', 'failed Eric', 'relayed Dana']);
    for (const { message, recipients, header, returned } of bench.reports()) {
      expect(message['original-envelope-id']).toBe('QQ314159');
      expect(header.to).toBe('<Alice@Example.ORG>');
      expect(returned.type).toBe('text/rfc822-headers');
      for (const fields of recipients) expect(fields['original-recipient']).toBe(fields['final-recipient']);
    }
  });
});

describe('who is told, and who is not', () => {
  const refusing = { onRcpt: refuseUser };

  it('nobody of a recipient that was refused at the door', async () => {
    const bench = await openMailBench({ relayList: [] });
    expect(await bench.submit({ from: 'x@far.test', to: ['y@elsewhere.test'] })).toMatch(/^550 5\.7\.1/);
    await bench.drained();
    expect([bench.files('Drop'), bench.files('Badmail'), bench.outcomes]).toEqual([[], [], []]);
  });

  it('a sender whose mail says that a program sent it: only the null reverse-path counts', async () => {
    const peer = await peerWith(refusing);
    const bench = await openMailBench({
      domains: [{ type: 'default', name: 'corp.test' }, domainAt('far.test', peer)],
    });
    const data =
      'From: MAILER-DAEMON@corp.test\r\nAuto-Submitted: auto-generated\r\nPrecedence: bulk\r\nSubject: x\r\n\r\ny';
    await bench.submit({ from: 'mailer-daemon@corp.test', to: ['x@far.test'], data });
    await bench.drained();
    expect(told(bench)).toEqual(['failed x']);
  });

  it('nobody of a notification: it goes to Badmail', async () => {
    const peer = await peerWith(refusing);
    const bench = await openMailBench({
      domains: [{ type: 'default', name: 'corp.test' }, domainAt('far.test', peer)],
    });
    await bench.submit({ from: 'gone@far.test', to: ['x@far.test'] });
    await bench.drained();
    expect(bench.outcomes.map(({ recipient, outcome }) => `${outcome} ${recipient}`)).toEqual([
      'bounced x@far.test',
      'badmail gone@far.test',
    ]);
    expect(bench.files('Badmail')).toHaveLength(3);
    expect(peer.commands.filter(({ line }) => line.startsWith('MAIL FROM:<>'))).toHaveLength(1);
  });
});

describe('the copy of a non-delivery report', () => {
  const refusing = (address: string): string | undefined =>
    address.startsWith('bad') ? '550 5.1.1 No such user' : undefined;

  async function openWithCopy(sendNdrTo: string, peerOptions = {}) {
    const peer = await peerWith({ onRcpt: refusing, ...peerOptions });
    const bench = await openMailBench({
      sendNdrTo,
      domains: [{ type: 'default', name: 'corp.test' }, domainAt('far.test', peer)],
    });
    return { bench, peer };
  }

  it('goes to the address in the settings, with the sender in its To line', async () => {
    const { bench, peer } = await openWithCopy('desk@far.test');
    await bench.submit({ from: sender, to: ['bad@far.test'] });
    await bench.drained();
    expect(told(bench)).toEqual(['failed bad']);
    expect(peer.transactions.map(({ recipients, sender: from }) => [from, recipients])).toEqual([
      ['', ['desk@far.test']],
    ]);
    expect(peer.transactions[0]?.data.toString()).toContain(`\r\nTo: <${sender}>\r\n`);
  });

  it('is made of failures alone, and not for whom it is about', async () => {
    const { bench } = await openWithCopy('Ann@corp.test');
    await bench.submit({ from: sender, to: ['<ok@corp.test> NOTIFY=SUCCESS', 'bad@far.test'] });
    await bench.drained();
    expect(told(bench)).toEqual(['delivered ok', 'failed bad']);
  });

  it('that cannot be delivered goes to Badmail once, and the sender has the report all the same', async () => {
    const { bench } = await openWithCopy('bad-desk@far.test');
    await bench.submit({ from: sender, to: ['bad@far.test'] });
    await bench.drained();
    expect(told(bench)).toEqual(['failed bad']);
    expect(bench.files('Badmail')).toHaveLength(3);
    expect(bench.outcomes.map(({ recipient, outcome }) => `${outcome} ${recipient}`).sort()).toEqual([
      'badmail bad-desk@far.test',
      'bounced bad@far.test',
      `dropped ${sender}`,
    ]);
  });

  it('of mail to the copy address itself makes no circle', async () => {
    const { bench } = await openWithCopy('bad-desk@far.test');
    await bench.submit({ from: 'bad-sender@far.test', to: ['bad-desk@far.test'] });
    await bench.drained();
    expect(bench.outcomes.map(({ recipient, outcome }) => `${outcome} ${recipient}`).sort()).toEqual([
      'badmail bad-desk@far.test',
      'badmail bad-sender@far.test',
      'bounced bad-desk@far.test',
    ]);
  });
});

describe('settings of notifications', () => {
  it('say whom they come from, what goes back, and up to what size', async () => {
    const peer = await peerWith({ onRcpt: refuseUser });
    const bench = await openMailBench({
      postmasterAddress: 'help@desk.test',
      returnedContent: 'full',
      maxReturnedKb: 1,
      domains: [{ type: 'default', name: 'corp.test' }, domainAt('far.test', peer)],
    });
    await bench.submit({ from: sender, to: ['small@far.test'] });
    await bench.submit({ from: sender, parameters: ' RET=HDRS', to: ['hdrs@far.test'] });
    await bench.submit({
      from: sender,
      parameters: ' RET=FULL',
      to: ['large@far.test'],
      data: `Subject: x\r\n\r\n${'y'.repeat(70)}\r\n`.repeat(30),
    });
    await bench.drained();
    const types = bench
      .reports()
      .map(({ header, returned, recipients }) => [
        recipients[0]?.['final-recipient'],
        header.from,
        returned.type,
      ])
      .sort();
    expect(types).toEqual([
      ['rfc822; hdrs@far.test', 'help@desk.test', 'text/rfc822-headers'],
      ['rfc822; large@far.test', 'help@desk.test', 'text/rfc822-headers'],
      ['rfc822; small@far.test', 'help@desk.test', 'message/rfc822'],
    ]);
  });
});
