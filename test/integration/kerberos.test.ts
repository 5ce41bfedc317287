/** Clients that log in with a Kerberos ticket: curl and GNU SASL against the real service and a real MIT realm. */
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerSettingsInput } from '../../src-main/api/contract';
import { createGssapiClient } from '../support/gssapi-client';
import { kdcTools, type RunningKdc, realm, startKdc } from '../support/kdc';
import { describeWith } from '../support/packages';
import { type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp, type SmtpClient } from '../support/smtp-client';
import { outputOf } from '../support/tool-output';

const refusal = '535 5.7.3 Authentication unsuccessful';

describeWith([...kdcTools, 'curl', 'gsasl'], 'Kerberos', () => {
  let kdc: RunningKdc;
  let service: RunningService;
  let keytab: string;
  let messageFile: string;
  const tickets: Record<string, string> = {};
  const inherited = { ...process.env };

  beforeAll(async () => {
    kdc = await startKdc();
    // The service and the clients are children of this process; its own client asks the library in it.
    Object.assign(process.env, kdc.environment);
    for (const name of ['ann', 'bob', 'eve']) {
      await kdc.addPrincipal(name);
      tickets[name] = await kdc.logIn(name);
    }
    process.env.KRB5CCNAME = tickets.ann;
    keytab = await kdc.writeKeytab('smtp/localhost');
    messageFile = join(kdc.folder, 'message.txt');
    writeFileSync(messageFile, 'Subject: with a ticket\r\n\r\nHello\r\n');
    service = await startService({ server: { allowsIntegrated: true, kerberosKeytab: keytab } });
    const { accounts } = service.client;
    await accounts.create({ name: `ann@${realm}`, methods: ['kerberos'] });
    await accounts.create({ name: `bob@${realm}`, password: 'Correct horse 7', methods: ['basic', 'ntlm'] });
  });
  afterAll(async () => {
    await service?.remove();
    for (const name of [...Object.keys(kdc?.environment ?? {}), 'KRB5CCNAME'])
      if (inherited[name] === undefined) delete process.env[name];
      else process.env[name] = inherited[name];
    await kdc?.stop();
  });

  const set = (patch: Partial<ServerSettingsInput>) => service.client.servers.set({ serverId: 1, patch });

  /** Output and exit code of a client that has this person's tickets. */
  const outputFor = (tool: string, who: string, words: readonly string[]): Promise<string> =>
    outputOf(tool, words, { env: { KRB5CCNAME: tickets[who] ?? `FILE:${join(kdc.folder, 'no-tickets')}` } });
  const curl = (who: string, ...words: string[]): Promise<string> =>
    outputFor('curl', who, [
      ...['-sS', '-v', `smtp://localhost:${service.port}`, '--connect-to', '::127.0.0.1:'],
      // curl tries Kerberos only for a name with a realm.
      ...['--login-options', 'AUTH=GSSAPI', '--user', `${who}@${realm}:`],
      ...['--mail-from', 'app@line.test', '--mail-rcpt', 'ann@corp.test', '--upload-file', messageFile],
      ...words,
    ]);
  const gsasl = (who: string, actFor: string): Promise<string> =>
    outputFor('gsasl', who, [
      ...['--smtp', '--connect', `127.0.0.1:${service.port}`, '--no-starttls', '--mechanism', 'GSSAPI'],
      ...['--service', 'smtp', '--hostname', 'localhost', '--authentication-id', who],
      ...['--authorization-id', actFor],
    ]);

  describe('curl', () => {
    it('logs in with a ticket and no password, and may relay', async () => {
      const output = await curl('ann', '--mail-rcpt', 'x@elsewhere.invalid');
      expect(output).toContain('< 250-AUTH GSSAPI NTLM');
      expect(output).toContain('< 235 2.7.0 Authentication successful.');
      expect(output).toContain('< 250 2.1.5 x@elsewhere.invalid');
      expect(output).toMatch(/exit 0$/);
      const mail = await waitFor('the message in Drop', () =>
        service.dropped().find((text) => text.includes('Subject: with a ticket')),
      );
      expect(mail).toMatch(/with Mailroot ESMTPA /);
    });

    it.each([
      ['whose account does not allow Kerberos', 'bob'],
      ['without an account', 'eve'],
    ])('is refused with the ticket of a person %s', async (_, who) => {
      const output = await curl(who);
      expect(output).toContain(`< ${refusal}`);
      expect(output).not.toMatch(/> MAIL/);
    });

    it('cannot log in without a ticket', async () => {
      const output = await curl('nobody');
      expect(output).not.toContain('< 235');
      expect(output).not.toMatch(/exit 0$/);
    });

    it('is refused once its account is disabled', async () => {
      const name = `ann@${realm}`;
      await service.client.accounts.set({ name, isEnabled: false });
      expect(await curl('ann')).toContain(`< ${refusal}`);
      await service.client.accounts.set({ name, isEnabled: true });
      expect(await curl('ann')).toContain('< 235');
    });
  });

  describe('GNU SASL', () => {
    it('logs in, acting for itself', async () => {
      expect(await gsasl('ann', `ann@${realm}`)).toContain('235 2.7.0 Authentication successful.');
    });

    it('may not act for another one', async () => {
      const output = await gsasl('ann', `bob@${realm}`);
      expect(output).toContain(refusal);
      expect(output).not.toContain('235 2.7.0');
    });
  });

  describe('a client of ours', () => {
    let client: SmtpClient;
    beforeEach(async () => {
      client = await connectSmtp(service.port);
      await client.say('EHLO line.test');
    });
    afterEach(() => client.end());

    const sendToken = async (token: Buffer): Promise<string> => {
      expect(await client.say('AUTH GSSAPI')).toMatch(/^334 ?$/);
      return client.say(token.toString('base64'));
    };

    const bytesOf = (reply: string): Buffer => Buffer.from(/^334 (.*)$/.exec(reply)?.[1] ?? '', 'base64');

    it('logs in with the ticket in the AUTH command itself', async () => {
      const gssapi = createGssapiClient('smtp@localhost');
      const first = await client.say(`AUTH GSSAPI ${gssapi.step().toString('base64')}`);
      gssapi.step(bytesOf(first));
      const layers = gssapi.unwrap(bytesOf(await client.say('')));
      expect(layers.toString('hex')).toBe('01000000');
      const choice = gssapi.wrap(Buffer.from('01000000', 'hex'));
      expect(await client.say(choice.toString('base64'))).toMatch(/^235 2\.7\.0/);
    });

    it('is refused when it asks for a security layer that was not offered', async () => {
      const gssapi = createGssapiClient('smtp@localhost');
      gssapi.step(bytesOf(await sendToken(gssapi.step())));
      gssapi.unwrap(bytesOf(await client.say('')));
      const choice = gssapi.wrap(Buffer.from('04001000', 'hex'));
      expect(await client.say(choice.toString('base64'))).toContain(refusal);
    });

    it('is refused with garbage, and may go on', async () => {
      expect(await sendToken(Buffer.from('not a token'))).toContain(refusal);
      expect(await client.say('NOOP')).toMatch(/^250/);
    });

    it('is refused with a token that another connection used', async () => {
      const token = createGssapiClient('smtp@localhost').step();
      expect(await sendToken(token)).toMatch(/^334 /);
      expect(await client.say('*')).toMatch(/^501/);
      expect(await sendToken(token)).toContain(refusal);
    });

    it('is refused with a ticket for the key that the service had before', async () => {
      const token = createGssapiClient('smtp@localhost').step();
      await set({ kerberosKeytab: await kdc.writeKeytab('smtp/other') });
      expect(await sendToken(token)).toContain(refusal);
      await set({ kerberosKeytab: keytab });
    });

    it('is told that nobody can be judged when the key went away in between', async () => {
      const token = createGssapiClient('smtp@localhost').step();
      const fleeting = join(kdc.folder, 'fleeting');
      copyFileSync(keytab, fleeting);
      await set({ kerberosKeytab: fleeting });
      expect(await client.say('AUTH GSSAPI')).toMatch(/^334/);
      rmSync(fleeting);
      expect(await client.say(token.toString('base64'))).toMatch(/^454/);
      await set({ kerberosKeytab: keytab });
    });

    it('is offered Kerberos only while the key file is there', async () => {
      const path = join(kdc.folder, 'arriving');
      await set({ kerberosKeytab: path });
      expect(await client.say('EHLO line.test')).toContain('250-AUTH NTLM\n');
      expect(await client.say('AUTH GSSAPI')).toMatch(/^504/);
      copyFileSync(keytab, path);
      expect(await client.say('EHLO line.test')).toContain('250-AUTH GSSAPI NTLM\n');
      await set({ kerberosKeytab: '' });
      expect(await client.say('EHLO line.test')).toContain('250-AUTH NTLM\n');
      await set({ kerberosKeytab: keytab });
    });
  });
});
