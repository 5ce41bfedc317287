/**
 * Notifications through the built service and a real Postfix behind it, which offers DSN or does not, takes,
 * refuses or puts off what it gets, and sends its own notifications back to the service.
 *
 *   client -> service -> Postfix -> discarded;   Postfix's notifications -> service -> Drop
 */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isReport, readReport } from '../support/delivery-report';
import { describeUnless, describeWith, missingReason } from '../support/packages';
import { postfixSkipReason, type RunningPostfix, startPostfix } from '../support/postfix';
import { findFreePort, type RunningService, startService, waitFor } from '../support/service';
import { group, person, personName, startSlapd } from '../support/slapd';
import { connectSmtp } from '../support/smtp-client';
import { startSmtpPeer } from '../support/smtp-peer';

const sender = 'ann@corp.test';

/** Python's email package: types of the parts, defects, and the fields of the report. */
const readerScript = `
import sys, json, email, email.policy
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
parts = m.get_payload()
groups = [dict(g.items()) for g in parts[1].get_payload()]
print(json.dumps({"types": [p.get_content_type() for p in m.walk() if p.get_content_type() != "text/plain" or p in parts],
  "defects": [str(d) for p in m.walk() for d in p.defects], "groups": groups}))
`;

function readWithPython(mail: string): {
  readonly defects: readonly string[];
  readonly groups: readonly Record<string, string>[];
} {
  const withoutEnvelope = mail.replace(/^(?:x-(?:sender|receiver):.*\r\n)+/i, '');
  const run = spawnSync('python3', ['-c', readerScript], { input: Buffer.from(withoutEnvelope, 'latin1') });
  expect(run.stderr.toString()).toBe('');
  return JSON.parse(run.stdout.toString());
}

interface Pair {
  readonly service: RunningService;
  readonly postfix: RunningPostfix;
  readonly port: number;
  submit(parameters: string, ...to: string[]): Promise<void>;
  /** Waits for a mail in Drop that holds all of these. */
  dropped(...words: string[]): Promise<string>;
}

async function startPair(postfixSettings: Record<string, string>): Promise<Pair> {
  const port = await findFreePort();
  const answers = [
    '{ dead@far.test = 550 5.1.1 Nobody of this name lives here }',
    '{ slow@far.test = 450 4.2.0 Greylisted, come back later }',
  ];
  const postfix = await startPostfix({
    settings: {
      transport_maps: `inline:{ corp.test=smtp:[127.0.0.1]:${port} }`,
      smtpd_recipient_restrictions: `check_recipient_access inline:{ ${answers.join(', ')} }, permit_mynetworks, reject`,
      ...postfixSettings,
    },
  });
  const service = await startService({
    server: {
      bindings: [{ address: '127.0.0.1', port }],
      quickRetries: 0,
      firstRetryMinutes: 0.05,
      secondRetryMinutes: 0.05,
      thirdRetryMinutes: 0.05,
      subsequentRetryMinutes: 0.05,
      outboundDelayMinutes: 0.05,
      outboundExpirationMinutes: 0.15,
      domains: [
        { type: 'default', name: 'corp.test' },
        {
          type: 'remote',
          name: 'far.test',
          isRelayAllowed: true,
          smartHost: '[127.0.0.1]',
          port: postfix.port,
        },
      ],
    },
  });
  return {
    service,
    postfix,
    port,
    async submit(parameters, ...to) {
      const client = await connectSmtp(port);
      await client.say('EHLO app.corp.test');
      for (const line of [`MAIL FROM:<${sender}>${parameters}`, ...to.map((each) => `RCPT TO:${each}`)])
        expect(await client.say(line)).toMatch(/^250 /);
      expect(await client.say('DATA')).toMatch(/^354 /);
      expect(await client.say('Subject: Order 7\r\n\r\nHello\r\n.')).toMatch(/^250 /);
      client.end();
    },
    dropped: (...words) =>
      waitFor(`a mail with ${words.join(', ')}. Postfix wrote:\n${postfix.log()}`, () =>
        service.dropped().find((mail) => words.every((word) => mail.includes(word))),
      ),
  };
}

describeUnless(postfixSkipReason() ?? missingReason('python3'), 'notifications and a real Postfix', () => {
  describe.each([
    ['that offers DSN', {}, true],
    ['with DSN switched off', { smtpd_discard_ehlo_keywords: 'dsn' }, false],
  ] as const)('%s', (_name, settings, offersDsn) => {
    let pair: Pair;
    beforeAll(async () => {
      pair = await startPair(settings);
      await pair.submit(
        ' RET=HDRS ENVID=Order+2B7',
        '<taken@far.test> NOTIFY=SUCCESS,FAILURE',
        '<silent@far.test> NOTIFY=NEVER',
        '<dead@far.test>',
        '<slow@far.test> NOTIFY=DELAY,FAILURE ORCPT=rfc822;Slow.Joe@far.test',
        '<ben@corp.test> NOTIFY=SUCCESS',
      );
    });
    afterAll(async () => {
      await pair?.service.remove();
      await pair?.postfix.stop();
    });

    if (offersDsn)
      it('hands the duty over: its own notification comes back, and none of ours', async () => {
        const mail = await pair.dropped('Original-Recipient: rfc822;taken@far.test');
        // Postfix wrote it, and found in it what the service passed on: ENVID, and the ORCPT that it added.
        expect(mail).toContain('Reporting-MTA: dns; postfix.test');
        expect(mail).toContain('Original-Envelope-Id: Order+7');
        expect(mail).toMatch(/^Action: (?:delivered|relayed)\r$/m);
        await pair.dropped('Action: failed', 'Final-Recipient: rfc822; slow@far.test');
        expect(pair.service.dropped().filter((each) => each.includes('(Relay)'))).toEqual([]);
      });
    else
      it('keeps the duty: "relayed" is ours to say, with the words of Postfix', async () => {
        const mail = await pair.dropped('(Relay)');
        const report = readReport(mail);
        expect(report.message).toMatchObject({
          'original-envelope-id': 'Order+7',
          'reporting-mta': 'dns; relay.corp.test',
          'received-from-mta': 'dns; app.corp.test',
        });
        expect(report.recipients).toEqual([
          expect.objectContaining({
            'final-recipient': 'rfc822; taken@far.test',
            action: 'relayed',
            'diagnostic-code': expect.stringMatching(/^smtp; 250 2\.0\.0 Ok: queued as/),
          }),
        ]);
        await pair.dropped('Action: failed', 'Final-Recipient: rfc822; slow@far.test');
        expect(pair.service.dropped().filter((each) => each.includes('dns; postfix.test'))).toEqual([]);
      });

    it('tells of the refusal, of the delay, of its end, and of Drop; Python reads them all', async () => {
      const found = {
        failed: await pair.dropped('(Failure)', 'dead@far.test'),
        delayed: await pair.dropped('(Delay)'),
        expired: await pair.dropped('(Failure)', 'slow@far.test'),
        delivered: await pair.dropped('(Success)', 'relay.corp.test'),
      };
      for (const mail of Object.values(found)) {
        expect(isReport(mail)).toBe(true);
        const strict = readReport(mail);
        const { defects, groups } = readWithPython(mail);
        expect(defects).toEqual([]);
        const lower = groups.map((group) =>
          Object.fromEntries(Object.entries(group).map(([name, value]) => [name.toLowerCase(), value])),
        );
        expect(lower).toEqual([strict.message, ...strict.recipients]);
      }
      expect(readReport(found.failed).recipients[0]).toMatchObject({
        action: 'failed',
        status: '5.1.1',
        'remote-mta': 'dns; [127.0.0.1]',
        'diagnostic-code': expect.stringContaining('Nobody of this name lives here'),
      });
      expect(readReport(found.delayed).recipients[0]).toMatchObject({
        action: 'delayed',
        status: '4.2.0',
        'original-recipient': 'rfc822; Slow.Joe@far.test',
      });
      expect(readReport(found.expired).recipients[0]).toMatchObject({
        action: 'failed',
        status: '4.4.7',
        'diagnostic-code': expect.stringContaining('Greylisted, come back later'),
      });
      expect(readReport(found.delivered).recipients[0]).toMatchObject({
        action: 'delivered',
        'final-recipient': 'rfc822; ben@corp.test',
      });
      const all = pair.service.dropped().filter((mail) => mail.includes(`x-receiver: ${sender}`));
      // The four, and the one about what Postfix took; nobody is told of who wanted silence.
      expect(all).toHaveLength(5);
      expect(all.filter((mail) => mail.includes('silent@'))).toEqual([]);
    });
  });

  it('a notification to a dead sender goes to Badmail, counted, and the copy arrives', async () => {
    const { service, postfix, port } = await startPair({});
    try {
      await service.client.servers.set({ serverId: 1, patch: { sendNdrTo: 'desk@corp.test' } });
      const client = await connectSmtp(port);
      await client.say('EHLO app.corp.test');
      const message = { from: 'dead@far.test', to: ['dead@far.test'], data: 'Subject: x\r\n\r\ny' };
      expect(await client.send(message)).toMatch(/^250 /);
      client.end();
      const row = await waitFor('a message in Badmail', async () => {
        const { rows } = await service.client.messages.list({ serverId: 1, folder: 'badmail' });
        return rows[0];
      });
      expect(row).toMatchObject({
        cause: 'notification-undeliverable',
        recipients: ['dead@far.test'],
        reason: expect.stringContaining('Nobody of this name lives here'),
      });
      const copy = await waitFor('the copy', () => service.dropped()[0]);
      expect(copy).toContain('x-receiver: desk@corp.test');
      expect(readReport(copy).header.to).toBe('<dead@far.test>');
      const { badmailCounts } = await service.client.servers.get({ serverId: 1 });
      expect(badmailCounts.filter(({ count }) => count > 0)).toEqual([
        {
          cause: 'notification-undeliverable',
          count: 1,
          text: 'A delivery status notification could not be delivered.',
        },
      ]);
    } finally {
      await service.remove();
      await postfix.stop();
    }
  });
});

describeWith(['slapd'], 'a group of the directory', () => {
  it('is told as expanded to who asked, and its members only when they fail', async () => {
    const directory = await startSlapd({
      entries: [
        person('Ann', { mail: sender }),
        person('Ben', { mail: 'ben@corp.test' }),
        person('Cid', { mail: 'cid@far.test' }),
        group('Team', { mail: 'team@corp.test', member: ['Ben', 'Cid'].map(personName) }),
      ],
    });
    const peer = await startSmtpPeer({ onRcpt: () => '550 5.1.1 No such user' });
    const service = await startService({
      server: {
        usesLdapRouting: true,
        ldapServer: '127.0.0.1',
        ldapPort: directory.port,
        ldapBase: directory.base,
        relayList: ['127.0.0.1'],
        domains: [
          { type: 'default', name: 'corp.test' },
          { type: 'remote', name: 'far.test', smartHost: '[127.0.0.1]', port: peer.port },
        ],
      },
    });
    try {
      const client = await connectSmtp(service.port);
      await client.say('EHLO app.corp.test');
      await client.say(`MAIL FROM:<${sender}> ENVID=E7`);
      expect(await client.say('RCPT TO:<team@corp.test> NOTIFY=SUCCESS,FAILURE')).toMatch(/^250 /);
      await client.say('DATA');
      expect(await client.say('Subject: Order 7\r\n\r\nHello\r\n.')).toMatch(/^250 /);
      client.end();
      const find = (word: string) =>
        waitFor(`${word} in Drop`, () => service.dropped().find((mail) => mail.includes(word)));
      const expanded = readReport(await find('(Expanded)'));
      expect(expanded.message['original-envelope-id']).toBe('E7');
      expect(expanded.recipients).toEqual([
        {
          'final-recipient': 'rfc822; team@corp.test',
          action: 'expanded',
          status: '2.1.5',
          'final-log-id': expect.stringMatching(/^[0-9a-f]{24}$/),
        },
      ]);
      const failure = readReport(await find('(Failure)'));
      expect(failure.recipients[0]).toMatchObject({
        action: 'failed',
        'final-recipient': 'rfc822; cid@far.test',
      });
      await find('x-receiver: ben@corp.test');
      await waitFor(
        'an empty queue',
        async () => (await service.client.queue.list({ serverId: 1 })).total === 0,
      );
      // RFC 3461 section 5.2.7: success was told for the group, so not for its members.
      expect(service.dropped().filter((mail) => mail.includes('(Success)'))).toEqual([]);
    } finally {
      await service.remove();
      await peer.close();
      await directory.remove();
    }
  });
});
