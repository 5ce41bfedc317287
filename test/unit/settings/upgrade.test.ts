/** A settings file from before access, certificates and outbound security were settings. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSecurity } from '../../../src-main/engine/core/delivery';
import { decideRoute } from '../../../src-main/engine/routing/route';
import { createConnectPolicy, decideConnect } from '../../../src-main/engine/smtp-in/connection-control';
import { createRelayPolicy, decideRelay } from '../../../src-main/engine/smtp-in/relay';
import { describeRelayPolicy } from '../../../src-main/engine/smtp-in/relay-words';
import { decideOffers, refuseLogOn, refuseSubmission } from '../../../src-main/engine/smtp-in/submission';
import { type ServerSettings, settingsDocument } from '../../../src-main/settings/schema';

const routeOf = (recipient: string, settings: ServerSettings) =>
  decideRoute({ recipient, sender: 'app@line.test' }, settings);

const path = join(import.meta.dirname, '../../fixtures/settings/before-access.json');
const [server] = settingsDocument.parse(JSON.parse(readFileSync(path, 'utf8'))).servers as [ServerSettings];

describe('an older settings file', () => {
  it('lets everybody connect and hand over mail without a log-in, as before', () => {
    const policy = createConnectPolicy(server);
    expect(decideConnect({ peerAddress: '203.0.113.9', hostName: undefined, policy })).toMatchObject({
      allowed: true,
      isNameDecisive: false,
    });
    expect(refuseSubmission({ settings: server, tls: undefined, account: undefined })).toBeUndefined();
  });

  it.each([
    ['127.0.0.1', 'elsewhere.test', true],
    ['10.0.4.17', 'elsewhere.test', true],
    ['2001:db8::7', 'elsewhere.test', true],
    ['10.0.5.1', 'elsewhere.test', false],
    ['203.0.113.9', 'elsewhere.test', false],
    ['203.0.113.9', 'sub.closed.test', false],
    ['203.0.113.9', 'partner.test', true],
    ['203.0.113.9', 'alias.test', true],
  ])('relays for %s to %s: %s', (peerAddress, recipientDomain, allowed) => {
    const decision = decideRelay({
      recipientDomain,
      recipient: `b@${recipientDomain}`,
      peerAddress,
      hostName: undefined,
      account: undefined,
      policy: createRelayPolicy(server),
    });
    expect(decision).toMatchObject({ allowed, isNameDecisive: false });
  });

  it('offers neither log-in nor encryption, so that relaying for accounts opens nothing', () => {
    const facts = { settings: server, hasKerberos: true, tls: undefined };
    expect(decideOffers({ ...facts, hasCertificate: false })).toMatchObject({ auth: [], tls: false });
    for (const mechanism of ['PLAIN', 'NTLM', 'GSSAPI', 'CRAM-MD5'] as const)
      expect(refuseLogOn({ ...facts, mechanism })).toMatchObject({ code: 504 });
    const { text, isOpenRelay } = describeRelayPolicy(server);
    expect(text).not.toContain('authenticated');
    expect(isOpenRelay).toBe(false);
  });

  it('sends as before: no log-in, encryption where it is offered, and under its own name', () => {
    for (const recipient of ['b@elsewhere.test', 'b@partner.test', 'b@sub.closed.test'])
      expect(routeOf(recipient, server), recipient).toMatchObject({ security: openSecurity });
    expect(routeOf('b@elsewhere.test', server)).not.toHaveProperty('security.login');
    // The name of a queue that mail may be waiting in.
    expect(routeOf('b@elsewhere.test', server)).toMatchObject({
      destination: 'smart:[mail.corp.test]:25',
    });
    expect(server.masqueradeDomain).toBe('');
  });
});
