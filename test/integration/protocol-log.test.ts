/** The protocol log of the real service: what came in, what went out, linked by session and queue id. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';
import { type SmtpPeer, startSmtpPeer } from '../support/smtp-peer';

let service: RunningService;
let peer: SmtpPeer | undefined;

afterEach(async () => {
  await service.remove();
  await peer?.close();
  peer = undefined;
});

const folder = (): string => join(service.dataFolder, 'LogFiles', 'SMTPSVC1');
const text = (): string => {
  try {
    return readdirSync(folder())
      .map((name) => readFileSync(join(folder(), name), 'utf8'))
      .join('');
  } catch {
    return '';
  }
};
/** Lines as objects by the names in #Fields. */
function lines(): Record<string, string>[] {
  let names: string[] = [];
  return text()
    .split('\r\n')
    .flatMap((line) => {
      if (line.startsWith('#Fields: ')) names = line.slice(9).split(' ');
      if (line === '' || line.startsWith('#')) return [];
      const values = line.split(' ');
      return [Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']))];
    });
}

async function send(to: string): Promise<void> {
  const client = await connectSmtp(service.port);
  await client.say('EHLO scanner');
  await client.send({ from: 'app@line.test', to: [to], data: 'Subject: Report\r\n\r\nAll is well.' });
  await client.say('QUIT');
  client.end();
}

it('has every command of a session, and the way out of its message', async () => {
  peer = await startSmtpPeer();
  service = await startService({
    server: { smartHost: '[127.0.0.1]', outboundPort: peer.port, relayList: ['127.0.0.1'] },
  });
  await send('bob@far.test');
  await peer.received(1);
  await waitFor('the answer to the message in the log', () =>
    lines().some(
      (line) =>
        line['cs-username'] === 'OutboundConnectionResponse' &&
        /^250/.test(line['cs-uri-query'] ?? '') &&
        line['x-queue-id'] !== '-',
    ),
  );
  const all = lines();
  const incoming = all.filter((line) => !line['cs-username']?.startsWith('Outbound'));
  expect(incoming.map((line) => `${line['cs-method']} ${line['sc-status']}`)).toEqual([
    'EHLO 250',
    'MAIL 250',
    'RCPT 250',
    'DATA 250',
    'QUIT 240',
  ]);
  expect(new Set(incoming.map((line) => line['x-session-id'])).size).toBe(1);
  const data = incoming.find((line) => line['cs-method'] === 'DATA');
  expect(data?.['cs-uri-query']).toMatch(/^<.+@relay\.corp\.test>$/);
  const outgoing = all.filter((line) => line['cs-username'] === 'OutboundConnectionCommand');
  expect(outgoing.map((line) => line['cs-method'])).toEqual(
    expect.arrayContaining(['EHLO', 'MAIL', 'RCPT', 'DATA']),
  );
  expect(outgoing.find((line) => line['cs-method'] === 'RCPT')).toMatchObject({
    'x-queue-id': data?.['x-queue-id'],
    's-port': String(peer.port),
  });
});

it('writes what is left when it is stopped, follows a changed format, and is silent when it is off', async () => {
  service = await startService();
  await send('ann@corp.test');
  await service.client.servers.set({ serverId: 1, patch: { logFormat: 'ncsa' } });
  await send('ann@corp.test');
  await service.client.servers.set({ serverId: 1, patch: { isLogging: false } });
  await send('silent@corp.test');
  await service.stop();
  expect(
    readdirSync(folder())
      .map((name) => name.slice(0, 2))
      .sort(),
  ).toEqual(['ex', 'nc']);
  expect(text()).toMatch(/127\.0\.0\.1 - scanner \[.*\] "QUIT -\?scanner SMTP" 240 \d+\r\n/);
  expect(text()).not.toContain('silent@corp.test');
});

it('never holds a password', async () => {
  service = await startService({ server: { allowsBasic: true } });
  await service.client.accounts.create({ name: 'ann', password: 'correct horse' });
  const client = await connectSmtp(service.port);
  const secret = Buffer.from('\0ann\0correct horse').toString('base64');
  await client.say('EHLO scanner');
  expect(await client.say(`AUTH PLAIN ${secret}`)).toMatch(/^235/);
  // Behind a refused AUTH a hasty client sends its password as if it had been asked for.
  await client.say('AUTH NONSENSE');
  await client.say(secret);
  await client.say('QUIT');
  client.end();
  await service.stop();
  const methods = lines().map((line) => `${line['cs-method']} ${line['cs-uri-query']} ${line['sc-status']}`);
  expect(methods).toContain('AUTH +PLAIN 235');
  expect(text()).not.toContain(secret);
  expect(text()).not.toContain('correct');
  expect(lines().at(-1)?.['cs-username']).toBe('ann');
});
