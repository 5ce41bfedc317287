/**
 * Mail that waits to be asked for, with clients that others wrote: fetchmail sends ETRN, and fetches by ATRN what it
 * hands to a real Postfix.
 *
 *   service --(new connection, behind ETRN)--> Postfix --> peer
 *   service <--(CRAM-MD5, ATRN)-- fetchmail --> Postfix --> peer
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { ServerSettingsInput } from '../../src-main/api/contract';
import { runCommand } from '../support/command';
import { describeUnless, missingReason, toolPath } from '../support/packages';
import { postfixSkipReason, type RunningPostfix, startPostfix } from '../support/postfix';
import { type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';
import { type SmtpPeer, startSmtpPeer } from '../support/smtp-peer';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

const password = 'fetch-4711';
const holding = { type: 'remote', name: 'branch.test', isRelayAllowed: true, holdsForTrigger: true } as const;
const local = { type: 'default', name: 'corp.test' } as const;

async function open(
  branch: Partial<Extract<NonNullable<ServerSettingsInput['domains']>[number], { type: 'remote' }>>,
  server: Partial<ServerSettingsInput> = {},
): Promise<RunningService> {
  const service = await startService({ server: { domains: [local, { ...holding, ...branch }], ...server } });
  cleanUp.push(() => service.remove());
  return service;
}

/** The branch's own mail server, and what arrives behind it. */
async function branchServer(): Promise<{ postfix: RunningPostfix; peer: SmtpPeer }> {
  const peer = await startSmtpPeer();
  cleanUp.push(() => peer.close());
  const postfix = await startPostfix({ relayHost: `[127.0.0.1]:${peer.port}` });
  cleanUp.push(() => postfix.stop());
  return { postfix, peer };
}

async function submit(service: RunningService, ...recipients: string[]): Promise<void> {
  const client = await connectSmtp(service.port);
  await client.say('EHLO test');
  for (const to of recipients) {
    const data = `From: app@line.test\r\nSubject: for ${to}\r\n\r\n.a line with a dot\r\n`;
    expect(await client.send({ from: 'app@line.test', to: [to], data })).toMatch(/^250 /);
  }
  client.end();
}

/** Runs fetchmail once, with a configuration and a home of its own. */
function fetchmail(lines: readonly string[]): Promise<{ code: number; text: string }> {
  const home = mkdtempSync(join(tmpdir(), 'mailroot-fetchmail-'));
  cleanUp.push(() => rmSync(home, { recursive: true, force: true }));
  const config = join(home, 'fetchmailrc');
  writeFileSync(config, `${lines.join('\n')}\n`, { mode: 0o600 });
  return new Promise((resolve) => {
    execFile(
      toolPath('fetchmail') ?? 'fetchmail',
      ['--fetchmailrc', config, '--nodetach', '--nosyslog', '-v', '-v', '--pidfile', join(home, 'pid')],
      { env: { ...process.env, HOME: home, FETCHMAILHOME: home, LC_ALL: 'C' }, timeout: 60_000 },
      (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, text: out + err }),
    );
  });
}

const emptyQueue = (service: RunningService): Promise<unknown> =>
  waitFor(
    'an empty queue',
    async () => (await service.client.queue.list({ serverId: 1 })).total === 0,
    30_000,
  );

const recipientsOf = (peer: SmtpPeer): string[] =>
  peer.transactions.flatMap(({ recipients }) => recipients).sort();

describeUnless(missingReason('fetchmail') ?? postfixSkipReason(), 'mail that is asked for', () => {
  it('by ETRN from fetchmail goes to a Postfix over a new connection, also after a restart', {
    timeout: 120_000,
  }, async () => {
    const { postfix, peer } = await branchServer();
    const service = await open({ smartHost: '[127.0.0.1]', port: postfix.port });
    await submit(service, 'x@branch.test', 'y@branch.test');
    await service.kill();
    await service.restart();

    const { rows } = await service.client.queue.list({ serverId: 1 });
    expect(rows.map(({ recipients }) => recipients[0]?.attempts)).toEqual([0, 0]);
    expect(rows[0]?.recipients[0]?.held).toEqual({ host: '[127.0.0.1]', canTurn: false });
    const list = await runCommand(['queue', 'list', '--data', service.dataFolder]);
    expect(list.out).toContain('when asked for');
    const show = await runCommand(['queue', 'show', rows[0]?.queueId ?? '', '--data', service.dataFolder]);
    expect(show.out).toContain('Waits until [127.0.0.1] asks for it (ETRN)');
    expect(peer.transactions).toEqual([]);

    const poll = ['poll 127.0.0.1', 'protocol ETRN', `service ${service.port}`, 'fetchdomains branch.test'];
    const first = await fetchmail(poll);
    expect(first.text).toContain('253 2.0.0 2 pending messages for node branch.test started');
    await peer.received(2);
    await emptyQueue(service);
    expect(recipientsOf(peer)).toEqual(['x@branch.test', 'y@branch.test']);
    expect((await fetchmail(poll)).text).toContain('251 2.0.0 No messages waiting for node branch.test');
  });

  it('by ATRN from fetchmail goes over its own connection to its Postfix', { timeout: 120_000 }, async () => {
    const { postfix, peer } = await branchServer();
    const service = await open({ turnAccounts: ['Branch'] }, { allowsChallengeResponse: true });
    await service.client.accounts.create({ name: 'branch', password, methods: ['cram-md5'] });
    await service.client.accounts.create({ name: 'other', password, methods: ['cram-md5'] });
    await submit(service, 'x@branch.test', 'y@branch.test', 'z@branch.test');
    const pollAs = (user: string): string[] => [
      'poll 127.0.0.1',
      'protocol ODMR',
      `service ${service.port}`,
      `user "${user}"`,
      `password "${password}"`,
      'fetchdomains branch.test',
      `smtphost 127.0.0.1/${postfix.port}`,
    ];

    const refused = await fetchmail(pollAs('other'));
    expect(refused.text).toContain('450 4.7.1 ATRN request refused');
    expect(refused.text).not.toContain(password);
    expect(peer.transactions).toEqual([]);

    const fetched = await fetchmail(pollAs('branch'));
    expect(fetched.text).toContain('250 2.0.0 OK now reversing the connection');
    await peer.received(3);
    await emptyQueue(service);
    expect(recipientsOf(peer)).toEqual(['x@branch.test', 'y@branch.test', 'z@branch.test']);
    expect(peer.transactions[0]?.data.toString()).toContain('\r\n\r\n.a line with a dot\r\n');
    expect((await fetchmail(pollAs('branch'))).text).toContain('453 4.2.0 You have no mail');
  });
});
