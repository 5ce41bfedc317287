/**
 * Asking another host for our mail. The host that holds it is a Mailroot, whose ETRN, ATRN and TURN are proved against
 * fetchmail (remote-trigger.test.ts); ETRN also asks a real Postfix.
 *
 *   customer --(ETRN)--> provider --(new connection)--> customer's Drop
 *   customer --(log-in, ATRN or TURN)--> provider --(the same connection)--> customer's Drop
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { ServerSettingsInput } from '../../src-main/api/contract';
import { runCommand } from '../support/command';
import { describeUnless } from '../support/packages';
import { postfixSkipReason, startPostfix } from '../support/postfix';
import { findFreePort, type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

const password = 'fetch-4711';

/** Holds the mail of branch.test; the host of that domain listens on `port`. */
async function openProvider(port: number, more: Partial<ServerSettingsInput> = {}): Promise<RunningService> {
  const service = await startService({
    server: {
      allowsBasic: true,
      basicRequiresTls: false,
      domains: [
        { type: 'default', name: 'provider.test' },
        {
          type: 'remote',
          name: 'branch.test',
          isRelayAllowed: true,
          holdsForTrigger: true,
          turnAccounts: ['branch'],
          smartHost: '[127.0.0.1]',
          port,
        },
      ],
      ...more,
    },
  });
  cleanUp.push(() => service.remove());
  await service.client.accounts.create({ name: 'branch', password });
  return service;
}

type CollectionInput = NonNullable<ServerSettingsInput['collections']>[number];

async function openCustomer(
  collection: Partial<CollectionInput> & Pick<CollectionInput, 'port'>,
  more: Partial<ServerSettingsInput> = {},
): Promise<RunningService> {
  const service = await startService({
    server: {
      domains: [{ type: 'default', name: 'branch.test' }],
      collections: [
        { name: 'Provider', isEnabled: false, host: '[127.0.0.1]', domains: ['branch.test'], ...collection },
      ],
      ...more,
    },
  });
  cleanUp.push(() => service.remove());
  return service;
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

const dropped = async (service: RunningService): Promise<string[]> =>
  (await service.client.messages.list({ serverId: 1, folder: 'drop', offset: 0, limit: 100 })).rows
    .map(({ subject }) => subject)
    .sort();

const logIn = {
  outboundAuthentication: 'basic',
  outboundUserName: 'branch',
  outboundPassword: password,
} as const;
const ask = (service: RunningService) => service.client.collections.ask({ serverId: 1, name: 'Provider' });

describe('mail that another host holds', { timeout: 60_000 }, () => {
  it('comes over a new connection after ETRN', async () => {
    const port = await findFreePort();
    const provider = await openProvider(port);
    const customer = await openCustomer(
      { port: provider.port },
      { bindings: [{ address: '127.0.0.1', port }] },
    );
    await submit(provider, 'x@branch.test', 'y@branch.test');
    expect(await ask(customer)).toEqual({
      isOk: true,
      text: 'branch.test: 253 2.0.0 2 pending messages for node branch.test started',
    });
    await waitFor('both messages', async () => (await dropped(customer)).length === 2);
    expect(await dropped(customer)).toEqual(['for x@branch.test', 'for y@branch.test']);
    expect((await ask(customer)).text).toContain('251 2.0.0 No messages waiting');
  });

  it.each(['atrn', 'turn'] as const)('comes over the same connection after %s', async (command) => {
    const provider = await openProvider(9);
    const customer = await openCustomer({ port: provider.port, command, ...logIn });
    await submit(provider, 'x@branch.test', 'y@branch.test');
    // The answer comes when the connection is over: everything is here by then.
    expect(await ask(customer)).toMatchObject({ isOk: true });
    expect(await dropped(customer)).toEqual(['for x@branch.test', 'for y@branch.test']);
    expect((await provider.client.queue.list({ serverId: 1 })).total).toBe(0);
    const { rows } = await customer.client.sessions.recent({ serverId: 1, offset: 0, limit: 10 });
    expect(rows[0]).toMatchObject({ messageCount: 2 });
    expect((await ask(customer)).text).toMatch(/^453 4\.2\.0 You have no mail/);
  });

  it('comes encrypted where the log-in was, and is not asked for with another password', async () => {
    const provider = await openProvider(9);
    const certificate = await provider.client.certificates.createSelfSigned({
      name: 'Provider',
      names: ['provider.test'],
    });
    await provider.client.servers.set({
      serverId: 1,
      patch: { certificate: certificate.id, basicRequiresTls: true },
    });
    const customer = await openCustomer(
      { port: provider.port, command: 'atrn', ...logIn, outboundTls: 'required' },
      // Whoever turned the connection around inside of TLS satisfies it.
      { isLogging: true },
    );
    await submit(provider, 'x@branch.test');
    expect(await ask(customer)).toMatchObject({ isOk: true });
    expect(await dropped(customer)).toEqual(['for x@branch.test']);
    const { rows } = await customer.client.sessions.recent({ serverId: 1, offset: 0, limit: 10 });
    expect(rows[0]?.tls).toBe('TLSv1.3');

    await provider.client.accounts.set({ name: 'branch', password: 'another-4711' });
    const refused = await runCommand(['collection', 'ask', 'Provider', '--data', customer.dataFolder]);
    expect(refused.code).toBe(1);
    expect(refused.error).toContain('535');
    expect(refused.error).not.toContain(password);
    const list = await runCommand(['collection', 'list', '--data', customer.dataFolder]);
    expect(list.out).toMatch(/Provider .*535.*by hand/);
  });

  it('is asked for by the schedule, and after a start', async () => {
    const provider = await openProvider(9);
    await submit(provider, 'x@branch.test');
    const customer = await openCustomer({ port: provider.port, command: 'atrn', isEnabled: true, ...logIn });
    await waitFor('the message', async () => (await dropped(customer)).length === 1);
    const [state] = await customer.client.collections.list({ serverId: 1 });
    expect(state?.nextAskAt).toBeGreaterThan(state?.askedAt ?? Number.POSITIVE_INFINITY);
  });

  it('stays there, with the reason, while the host cannot be reached', async () => {
    const customer = await openCustomer({ port: await findFreePort() });
    const { isOk, text } = await ask(customer);
    expect(isOk).toBe(false);
    expect(text).toContain('connection refused');
  });
});

describeUnless(postfixSkipReason(), 'a Postfix', () => {
  it('answers ETRN in its own words, which are shown', { timeout: 60_000 }, async () => {
    const postfix = await startPostfix({ relayHost: '[127.0.0.1]:9' });
    cleanUp.push(() => postfix.stop());
    const customer = await openCustomer({ port: postfix.port });
    const { text } = await ask(customer);
    expect(text).toMatch(
      /^branch\.test: (?:250 2\.0\.0 Queuing started|459 4\.0\.0 <branch\.test>: service unavailable)/,
    );
  });
});
