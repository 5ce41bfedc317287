/** Collecting mail: what is told of it, and that it ends while the world does not answer. */
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../../src-main/engine/core/clock';
import type { EngineEvent } from '../../../src-main/engine/core/event';
import { emptyKeyring } from '../../../src-main/engine/core/keyring';
import { createMailCollection } from '../../../src-main/engine/mail-collection';
import { createServerSettings } from '../../support/settings';
import { type SmtpPeer, startSmtpPeer } from '../../support/smtp-peer';

let peer: SmtpPeer | undefined;
afterEach(() => peer?.close());

it('a password that went over the wire in clear is told, once an hour', async () => {
  const auth = { user: 'branch', password: 'fetch-4711' };
  peer = await startSmtpPeer({ auth });
  const target = { name: 'mail.provider.test', address: '127.0.0.1', port: peer.port };
  const settings = createServerSettings({
    collections: [
      {
        name: 'Provider',
        isEnabled: false,
        host: target.name,
        domains: ['branch.test'],
        outboundAuthentication: 'basic',
        outboundUserName: auth.user,
        outboundPassword: auth.password,
      },
    ],
  });
  const events: EngineEvent[] = [];
  const collector = createMailCollection({
    serverId: 1,
    settings: () => settings,
    fqdn: () => 'relay.corp.test',
    clock: systemClock,
    emit: (event) => events.push(event),
    keyring: emptyKeyring,
    logProtocol: () => undefined,
    dns: { resolveTargets: () => Promise.resolve({ kind: 'targets', targets: [target] }) },
    listener: { adopt: () => undefined },
  });
  await collector.askNow('Provider');
  await collector.askNow('Provider');
  await collector.close();
  const told = events.filter((event) => event.type === 'warning' && event.code === 'password-in-clear');
  expect(told).toMatchObject([
    { text: 'The password for mail.provider.test [127.0.0.1] was sent unencrypted.' },
  ]);
});

it('a DNS server that does not answer does not hold up the end', async () => {
  const settings = createServerSettings({
    collections: [{ name: 'Provider', host: 'mail.provider.test', domains: ['branch.test'] }],
  });
  const collector = createMailCollection({
    serverId: 1,
    settings: () => settings,
    fqdn: () => 'relay.corp.test',
    clock: systemClock,
    emit: () => undefined,
    keyring: emptyKeyring,
    logProtocol: () => undefined,
    dns: { resolveTargets: () => new Promise(() => undefined) },
    listener: { adopt: () => undefined },
  });
  expect(collector.states()).toMatchObject([{ isAsking: true }]);
  await collector.close();
  expect(collector.states()).toMatchObject([{ isAsking: false }]);
});
