/**
 * OAuth2 from end to end: the command line, the service, a provider and a smart host that takes only tokens of it.
 *
 *   mailroot oauth sign-in -> provider on loopback -> token -> AUTH XOAUTH2 -> smart host on loopback
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCertificate } from '../support/certificate';
import { commandLine, type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';
import { type SmtpPeer, startSmtpPeer } from '../support/smtp-peer';
import { startTokenServer, type TokenServer } from '../support/token-server';

let provider: TokenServer;
let peer: SmtpPeer;
let service: RunningService;
let signIn: string;

beforeAll(async () => {
  provider = await startTokenServer({ clientSecret: 'a shared secret of the application' });
  const { keyPem, certificatePem } = await createCertificate('localhost');
  peer = await startSmtpPeer({
    tls: { key: keyPem, cert: certificatePem },
    sasl: {
      XOAUTH2: async (initial = '', ask) => {
        const [, user = '', token = ''] =
          /^user=([^\u0001]*)\u0001auth=Bearer ([^\u0001]*)\u0001\u0001$/.exec(
            Buffer.from(initial, 'base64').toString(),
          ) ?? [];
        if (provider.isGood(token)) return { reply: '235 2.7.0 Authentication successful', user };
        await ask('eyJzdGF0dXMiOiI0MDEifQ==');
        return { reply: '535 5.7.3 Authentication unsuccessful' };
      },
    },
  });
  // What waits would wait for an hour: what comes sooner was woken.
  service = await startService({ server: { quickRetries: 0, firstRetryMinutes: 60 } });
});
afterAll(async () => {
  await service?.remove();
  await peer?.close();
  await provider?.close();
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

const wordsOf = (words: readonly string[]): string[] => [commandLine, ...words, '--data', service.dataFolder];

/** Runs the command line to its end. */
async function mailroot(words: readonly string[], input = ''): Promise<Ended> {
  const child = execFile(process.execPath, wordsOf(words));
  child.stdin?.end(input);
  return follow(child).ended;
}

function follow(child: ChildProcess): { readonly ended: Promise<Ended>; readonly error: () => string } {
  let [out, error] = ['', ''];
  child.stdout?.on('data', (piece) => {
    out += String(piece);
  });
  child.stderr?.on('data', (piece) => {
    error += String(piece);
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, error }));
  return { ended, error: () => error };
}

/** Signs in with a code, as a person with another device does. */
async function signInWithCode(name: string): Promise<Ended> {
  const { ended, error } = follow(spawn(process.execPath, wordsOf(['oauth', 'sign-in', name])));
  const code = await waitFor('the code', () => /enter the code ([0-9A-F]{8})/.exec(error())?.[1]);
  provider.enterCode(code);
  return ended;
}

async function send(subject: string): Promise<void> {
  const smtp = await connectSmtp(service.port);
  await smtp.say('EHLO scanner.test');
  const data = `From: Scanner <scanner@corp.test>\r\nTo: bob@far.test\r\nSubject: ${subject}\r\n\r\nA scan.`;
  await smtp.send({ from: 'scanner@corp.test', to: ['bob@far.test'], data });
  smtp.end();
}
const delivered = (subject: string) =>
  waitFor(`"${subject}" at the smart host`, () =>
    peer.transactions.find(({ data }) => data.toString().includes(`Subject: ${subject}`)),
  );
const attention = async () => (await service.client.system.status()).attention;

describe('a sign-in on the command line', () => {
  it('is added with its secret from standard input, and says what comes next', async () => {
    const { code, out } = await mailroot(
      [
        ...['oauth', 'add', 'Office', provider.clientId, '--provider', 'custom', '--grant', 'device-code'],
        ...['--token-endpoint', provider.endpoints.tokenEndpoint],
        ...['--device-endpoint', provider.endpoints.deviceEndpoint],
        ...['--scope', 'smtp offline_access', '--mailbox', 'printer@corp.test', '--secret-stdin'],
      ],
      `${provider.clientSecret}\n`,
    );
    expect(code).toBe(0);
    signIn = /Added ([0-9a-f]{16})\./.exec(out)?.[1] ?? '';
    expect(out).toContain(`mailroot oauth sign-in ${signIn}`);
    expect((await mailroot(['oauth', 'list'])).out).toMatch(
      /Office.*needs sign-in.*Nobody has signed in yet/,
    );
  });

  it('refuses what the provider does not offer, in one line that names it', async () => {
    const { code, error } = await mailroot([
      ...['oauth', 'add', 'Gmail', 'x', '--provider', 'google', '--grant', 'device-code'],
    ]);
    expect(code).toBe(1);
    expect(error).toBe(
      'mailroot: grant: Google does not allow a device code for mail. Sign in with a browser instead.\n',
    );
  });

  it('is signed in by a code that is entered on another device', async () => {
    const { code, out, error } = await signInWithCode('office');
    expect(error).toContain(
      `Open ${provider.endpoints.deviceEndpoint.replace('/device', '/enter')} on any device`,
    );
    expect(out).toBe('Office is signed in as printer@corp.test.\n');
    expect(code).toBe(0);
  });

  it('is signed in by the address that a browser elsewhere ended at', async () => {
    const { authorizationEndpoint, tokenEndpoint } = provider.endpoints;
    await service.client.oauth.create({
      name: 'Elsewhere',
      provider: 'custom',
      grant: 'authorization-code',
      clientId: provider.clientId,
      clientSecret: provider.clientSecret,
      authorizationEndpoint,
      tokenEndpoint,
      scope: 'smtp openid offline_access',
    });
    const child = spawn(process.execPath, wordsOf(['oauth', 'sign-in', 'Elsewhere', '--paste']));
    const { ended, error } = follow(child);
    const url = await waitFor('the address', () => /in a browser: (\S+)\n/.exec(error())?.[1]);
    child.stdin.end(`${provider.consent(url)}\n`);
    expect(await ended).toMatchObject({ code: 0, out: 'Elsewhere is signed in as printer@corp.test.\n' });
    expect((await mailroot(['oauth', 'renew', 'Elsewhere'])).out).toBe('Elsewhere works.\n');
    expect((await mailroot(['oauth', 'remove', 'Elsewhere'])).out).toBe('Removed Elsewhere.\n');
  });
});

describe('a smart host that takes tokens only', () => {
  it('gets the mail, in the name of the mailbox', async () => {
    await service.client.servers.set({
      serverId: 1,
      patch: {
        smartHost: '[127.0.0.1]',
        outboundPort: peer.port,
        outboundAuthentication: 'oauth2',
        outboundSignIn: signIn,
        outboundTls: 'required',
        relayList: ['127.0.0.1'],
      },
    });
    await send('first scan');
    expect(await delivered('first scan')).toMatchObject({ user: 'printer@corp.test', isSecure: true });
    expect(await attention()).toEqual([]);
  });

  it('refuses a token before its time: another one is fetched, and the mail goes', async () => {
    const before = provider.requests.length;
    provider.endSessions();
    // A connection that is open stays logged in.
    peer.dropConnections();
    await send('ended session');
    await delivered('ended session');
    expect(provider.requests.slice(before).map(({ grant }) => grant)).toEqual(['refresh_token']);
  });

  it('after kill -9: the refresh token that was exchanged last is the one on the disk', async () => {
    await service.kill();
    await service.restart();
    const before = provider.requests.length;
    await send('after a crash');
    await delivered('after a crash');
    expect(provider.requests.slice(before).map(({ grant }) => grant)).toEqual(['refresh_token']);
  });

  it('after the sign-in was revoked: mail waits, and says who has to do what', async () => {
    provider.revoke();
    peer.dropConnections();
    await send('second scan');
    const last = await waitFor('a reason', async () => {
      const { rows } = await service.client.queue.list({ serverId: 1 });
      return rows[0]?.recipients[0]?.last;
    });
    expect(JSON.stringify(last)).toContain('Sign in again');
    expect(await attention()).toContainEqual({
      serverId: 1,
      code: 'sign-in-needed',
      action: 'sign-ins',
      text: expect.stringContaining('Sign in again'),
    });
    expect((await mailroot(['oauth', 'list'])).out).toMatch(/Office.*needs sign-in.*no\. 1.*Sign in again/);
    expect((await mailroot(['status'])).out).toContain('! OAuth2 sign-in "Office":');
  });

  it('gets what waited as soon as somebody has signed in again', async () => {
    expect((await signInWithCode(signIn)).code).toBe(0);
    await delivered('second scan');
    await waitFor('nothing to attend to', async () => (await attention()).length === 0);
  });

  it('keeps its sign-in: it cannot be removed while a setting names it', async () => {
    const { code, error } = await mailroot(['oauth', 'remove', 'Office']);
    expect(code).toBe(1);
    expect(error).toContain(
      'Default SMTP Virtual Server logs in with it. Choose another sign-in there first.',
    );
  });
});

describe('what was done', () => {
  it('stands in the record of changes, and no token or secret stands anywhere', async () => {
    const { rows } = await service.client.changes.list({ limit: 100 });
    expect(rows.map(({ action, subject }) => `${action} ${subject}`)).toEqual(
      expect.arrayContaining(['oauth.create Office', 'oauth.beginSignIn Office', 'oauth.delete Elsewhere']),
    );
    const files = readdirSync(service.dataFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    const told = [
      ...files,
      service.output(),
      JSON.stringify(rows),
      (await mailroot(['oauth', 'list', '--json'])).out,
    ];
    for (const secret of [...provider.secrets, provider.clientSecret])
      for (const text of told) expect(text).not.toContain(secret);
  });
});

describe('a smart host by the name of its provider', () => {
  it('is listed with what it needs', async () => {
    expect((await mailroot(['smart-host', 'presets'])).out).toMatch(/^microsoft-365 .*oauth2, basic/m);
    const { out } = await mailroot(['smart-host', 'presets', 'amazon-ses']);
    expect(out).toContain('--region: Region.');
    expect(out).toContain('--password-stdin: SMTP password.');
  });

  it('is shown as old and new before anything is set, and set as shown', async () => {
    const words = ['smart-host', 'set', 'mailroot', '--host', 'relay.corp.test', '--user', 'branch'];
    const input = 'quiet harbour 7\n';
    const dry = await mailroot([...words, '--password-stdin', '--dry-run'], input);
    expect(dry.out).toMatch(/Smart host +\[127\.0\.0\.1\] +relay\.corp\.test/);
    expect(dry.out).toContain('Nothing was set.');
    expect(dry.out).not.toContain('harbour');
    const read = async () => (await service.client.servers.get({ serverId: 1 })).settings;
    expect((await read()).smartHost).toBe('[127.0.0.1]');
    expect((await mailroot([...words, '--password-stdin'], input)).code).toBe(0);
    expect(await read()).toMatchObject({
      smartHost: 'relay.corp.test',
      outboundPort: 587,
      outboundAuthentication: 'basic',
      outboundUserName: 'branch',
      outboundSignIn: '',
      outboundTls: 'verified',
    });
  });

  it('refuses what is missing with the name of the option', async () => {
    const { code, error } = await mailroot(['smart-host', 'set', 'amazon-ses', '--user', 'x']);
    expect({ code, error }).toEqual({ code: 1, error: 'mailroot: --region: Enter: Region.\n' });
  });

  it('logs in with an OAuth2 sign-in that is named', async () => {
    const words = [
      'smart-host',
      'set',
      'microsoft-365',
      '--sign-in',
      'office',
      '--sender',
      'scans@corp.test',
    ];
    expect((await mailroot(words)).out).toContain('Saved and in force.');
    const { settings } = await service.client.servers.get({ serverId: 1 });
    expect(settings).toMatchObject({
      smartHost: 'smtp.office365.com',
      outboundAuthentication: 'oauth2',
      outboundSignIn: signIn,
      outboundPassword: '',
      outboundSender: 'scans@corp.test',
      maxMessagesPerMinute: 30,
    });
  });
});
