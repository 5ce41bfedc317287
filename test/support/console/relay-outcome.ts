/** What a relay that was set up has to be like: asked of the engine, and seen by the peer that got its mail. */
import type { ContractRouterClient } from '@orpc/contract';
import { expect } from 'vitest';
import type { Contract } from '../../../src-main/api/contract';
import { createCertificate } from '../certificate';
import { findFreePort } from '../service';
import { type SmtpPeer, startSmtpPeer } from '../smtp-peer';
import type { RelayPlan } from './scene';

/** The smart host: takes mail by STARTTLS from one that logs in. */
export async function startSmartHost(): Promise<SmtpPeer> {
  const { keyPem, certificatePem } = await createCertificate('smart.test');
  return startSmtpPeer({
    tls: { key: keyPem, cert: certificatePem },
    auth: { user: 'relay-user', password: 'relay-password', isOnlySecure: true },
  });
}

export async function planRelay(peer: SmtpPeer, home: string): Promise<RelayPlan> {
  return {
    name: 'Office relay',
    port: await findFreePort(),
    secondPort: await findFreePort(),
    home,
    domain: 'office.test',
    smartHost: { port: peer.port, user: 'relay-user', password: 'relay-password' },
    account: { name: 'scanner', password: 'quiet-harbour-7' },
    alias: 'branch.test',
    renamedAlias: 'branches.test',
    remoteDomain: 'partner.test',
    recipient: 'someone@elsewhere.test',
  };
}

/** The smart host got the one test message, encrypted, from one that had logged in. */
export async function expectDelivered(peer: SmtpPeer, plan: RelayPlan): Promise<void> {
  await peer.received(1);
  expect(peer.transactions).toHaveLength(1);
  expect(peer.transactions[0]).toMatchObject({
    isSecure: true,
    user: plan.smartHost.user,
    sender: `postmaster@${plan.domain}`,
    recipients: [plan.recipient],
  });
  expect(peer.transactions[0]?.data.toString()).toContain('Subject: Set up');
}

/** Everything that was set is in force; asked after a restart, it was stored. */
export async function expectRelay(client: ContractRouterClient<Contract>, plan: RelayPlan): Promise<void> {
  const servers = await client.servers.list();
  const summary = servers.find(({ name }) => name === plan.name);
  expect(summary?.state).toBe('started');
  const serverId = summary?.id ?? 0;
  const { settings } = await client.servers.get({ serverId });
  expect(settings).toMatchObject({
    bindings: [
      { address: '127.0.0.1', port: plan.port },
      { address: '127.0.0.1', port: plan.secondPort },
    ],
    homeDirectory: plan.home,
    isLogging: true,
    logFormat: 'iis',
    logSchedule: 'monthly',
    allowsBasic: true,
    basicRequiresTls: true,
    connectionMode: 'except',
    connectionList: ['10.66.0.0/16'],
    relayMode: 'only',
    relayList: ['127.0.0.1', '::1', '10.0.4.0/24', '10.0.9.1', '10.0.10.0/24'],
    maxMessageKb: 4096,
    smartHost: '[127.0.0.1]',
    outboundPort: plan.smartHost.port,
    outboundAuthentication: 'basic',
    outboundUserName: plan.smartHost.user,
    outboundTls: 'required',
  });
  const [certificate] = await client.certificates.list();
  expect(certificate).toMatchObject({ name: 'Relay', state: 'ready' });
  expect(settings.certificate).toBe(certificate?.id);
  expect(await client.accounts.list()).toMatchObject([{ name: plan.account.name, isEnabled: true }]);
  const { rows } = await client.domains.list({ serverId });
  expect(rows.map(({ type, name }) => [type, name])).toEqual([
    ['default', plan.domain],
    ['remote', plan.remoteDomain],
  ]);
  expect(rows[1]?.settings).toMatchObject({
    smartHost: '[127.0.0.2]',
    isRelayAllowed: true,
    sendsHelo: true,
  });
}
