import { describe, expect, it } from 'vitest';
import { serverSettings, settingsDocument } from '../../../src-main/settings/schema';
import { findDocumentFaults } from '../../../src-main/settings/store';
import { createServerSettings } from '../../support/settings';

const documentOf = (...servers: unknown[]) => ({ version: 1, servers });
const second = {
  id: 2,
  name: 'Scanners',
  homeDirectory: '/srv/scanners',
  bindings: [{ address: '', port: 26 }],
};

describe('settings schema', () => {
  it('has the installed defaults of the original', () => {
    const settings = createServerSettings();
    expect(settings).toMatchObject({
      maxConnections: null,
      connectionTimeoutMinutes: 10,
      relayMode: 'only',
      relayList: [],
      maxMessageKb: 2048,
      maxSessionKb: 10_240,
      maxMessagesPerConnection: 20,
      maxRecipients: 100,
      firstRetryMinutes: 15,
      secondRetryMinutes: 30,
      thirdRetryMinutes: 60,
      subsequentRetryMinutes: 240,
      outboundDelayMinutes: 720,
      outboundExpirationMinutes: 2880,
      localDelayMinutes: 720,
      localExpirationMinutes: 2880,
      maxOutboundConnections: 1000,
      maxOutboundConnectionsPerDomain: 100,
      outboundTimeoutMinutes: 10,
      outboundPort: 25,
      maxHops: 15,
      smartHost: '',
      triesDirectDelivery: false,
    });
  });

  it('every setting carries title, text and when it applies', () => {
    for (const [name, schema] of Object.entries(serverSettings.shape)) {
      if (name === 'id' || name === 'domains') continue;
      const facts = schema.meta();
      expect(facts, name).toMatchObject({ title: expect.any(String), description: expect.any(String) });
      expect(['live', 'restart'], name).toContain(facts?.['x-applies']);
    }
  });

  const refused: [reason: string, server: object, field: string][] = [
    ['an unknown setting', { colour: 'red' }, 'servers.0.colour'],
    ['port 0', { bindings: [{ address: '', port: 0 }] }, 'servers.0.bindings.0.port'],
    ['port 65536', { bindings: [{ address: '', port: 65_536 }] }, 'servers.0.bindings.0.port'],
    ['no identity', { bindings: [] }, 'servers.0.bindings'],
    [
      'a host name as identity',
      { bindings: [{ address: 'localhost', port: 25 }] },
      'servers.0.bindings.0.address',
    ],
    [
      'the same identity twice',
      {
        bindings: [
          { address: '', port: 25 },
          { address: '', port: 25 },
        ],
      },
      'servers.0.bindings.1',
    ],
    ['a relative home directory', { homeDirectory: 'mailroot' }, 'servers.0.homeDirectory'],
    ['a bare address as smart host', { smartHost: '192.0.2.1' }, 'servers.0.smartHost'],
    [
      'direct delivery first without a smart host',
      { triesDirectDelivery: true },
      'servers.0.triesDirectDelivery',
    ],
    ['a secure channel without a certificate', { requiresTls: true }, 'servers.0.requiresTls'],
    [
      'a secure channel where an identity never encrypts',
      {
        requiresTls: true,
        certificate: '00000000000000aa',
        bindings: [{ port: 25 }, { port: 26, encryption: 'none' }],
      },
      'servers.0.bindings.1.encryption',
    ],
    [
      'implicit TLS without a certificate',
      { bindings: [{ port: 465, encryption: 'implicit' }] },
      'servers.0.bindings.0.encryption',
    ],
    [
      'passwords behind TLS alone, where nobody can encrypt',
      {
        allowsAnonymous: false,
        allowsBasic: true,
        basicRequiresTls: true,
        certificate: '00000000000000aa',
        bindings: [{ port: 25, encryption: 'none' }],
      },
      'servers.0.basicRequiresTls',
    ],
    ['a session limit below the message limit', { maxSessionKb: 100 }, 'servers.0.maxSessionKb'],
    ['a delay after the expiration', { outboundDelayMinutes: 5000 }, 'servers.0.outboundDelayMinutes'],
    [
      'more connections per domain than in total',
      { maxOutboundConnections: 10 },
      'servers.0.maxOutboundConnectionsPerDomain',
    ],
    ['9 hops', { maxHops: 9 }, 'servers.0.maxHops'],
    ['a pattern in the relay list', { relayList: ['*.corp.test'] }, 'servers.0.relayList.0'],
    ['an address with a zero in front', { connectionList: ['10.0.0.01'] }, 'servers.0.connectionList.0'],
    [
      'a subnet of IPv4 in IPv6 that is none',
      { connectionList: ['::ffff:192.0.2.0/90'] },
      'servers.0.connectionList.0',
    ],
    [
      'the same in another spelling, which would let in every IPv4 address',
      { relayList: ['::ffff:c000:200/90'] },
      'servers.0.relayList.0',
    ],
    ['the same written out', { relayList: ['0:0:0:0:0:ffff:192.0.2.0/80'] }, 'servers.0.relayList.0'],
    ['a mailbox with a control character', { sendNdrTo: 'a\u0000b@corp.test' }, 'servers.0.sendNdrTo'],
    ['a mailbox beyond ASCII', { sendNdrTo: '\u00e4@corp.test' }, 'servers.0.sendNdrTo'],
    [
      'an address to listen on that is octal',
      { bindings: [{ address: '010.0.0.1' }] },
      'servers.0.bindings.0.address',
    ],
    ['a smart host of digits', { smartHost: '999.1.1.1' }, 'servers.0.smartHost'],
    ['a DNS server that is none', { dnsServers: ['999.1.1.1'] }, 'servers.0.dnsServers.0'],
    ['a DNS server on no port', { dnsServers: ['[2001:db8::53]:0'] }, 'servers.0.dnsServers.0'],
    ['a subnet that is too long', { relayList: ['10.0.0.0/33'] }, 'servers.0.relayList.0'],
    [
      'two default domains',
      {
        domains: [
          { type: 'default', name: 'a.test' },
          { type: 'default', name: 'b.test' },
        ],
      },
      'servers.0.domains',
    ],
    ['no default domain', { domains: [{ type: 'remote', name: 'a.test' }] }, 'servers.0.domains'],
    [
      'a domain twice, in another case',
      {
        domains: [
          { type: 'default', name: 'a.test' },
          { type: 'alias', name: 'A.test' },
        ],
      },
      'servers.0.domains.1.name',
    ],
    [
      'a wildcard in the middle',
      {
        domains: [
          { type: 'default', name: 'a.test' },
          { type: 'remote', name: 'a.*.test' },
        ],
      },
      'servers.0.domains.1.name',
    ],
    [
      'a wildcard alias',
      {
        domains: [
          { type: 'default', name: 'a.test' },
          { type: 'alias', name: '*.b.test' },
        ],
      },
      'servers.0.domains.1.name',
    ],
  ];
  it.each(refused)('refuses %s and names the field', (_reason, change, field) => {
    const faults = findDocumentFaults(documentOf({ ...createServerSettings(), ...change }));
    expect(faults.map((fault) => fault.field)).toContain(field);
    for (const fault of faults) expect(fault.reason).toMatch(/\S/);
  });

  const foreignFolders: [folder: string, change: object, field: string][] = [
    ['Queue as Drop', { dropDirectory: '/nonexistent/mailroot/Queue/' }, 'dropDirectory'],
    ['Queue as Badmail', { badmailDirectory: '/nonexistent/mailroot/queue' }, 'badmailDirectory'],
    ['Pickup as Badmail', { badmailDirectory: '/nonexistent/mailroot/Pickup' }, 'badmailDirectory'],
    [
      'Badmail as Badmail',
      { badmailDirectory: '/nonexistent/other/../mailroot/Badmail' },
      'badmailDirectory',
    ],
    ['Drop as Badmail', { badmailDirectory: '/nonexistent//mailroot/Drop' }, 'badmailDirectory'],
    ['Drop as Drop', { dropDirectory: '/nonexistent/mailroot/Drop' }, 'dropDirectory'],
    ['Badmail as Drop', { dropDirectory: '/nonexistent/mailroot/Badmail' }, 'dropDirectory'],
    ['home directory as Drop', { dropDirectory: '/nonexistent/mailroot' }, 'dropDirectory'],
  ];
  it.each(foreignFolders)('refuses the %s of another virtual server', (_folder, change, field) => {
    const other = { ...createServerSettings(), ...second, ...change };
    const faults = findDocumentFaults(documentOf(createServerSettings(), other));
    expect(faults.map((fault) => fault.field)).toEqual([`servers.1.${field}`]);
  });

  it.each([
    ['its own Drop as Badmail', { badmailDirectory: '/nonexistent/mailroot/Drop' }, 'badmailDirectory'],
    ['its own Pickup as Drop', { dropDirectory: '/nonexistent/mailroot/Pickup' }, 'dropDirectory'],
    ['its home directory as Badmail', { badmailDirectory: '/nonexistent/mailroot/' }, 'badmailDirectory'],
  ])('refuses %s', (_what, change, field) => {
    const faults = findDocumentFaults(documentOf({ ...createServerSettings(), ...change }));
    expect(faults.map((fault) => fault.field)).toContain(`servers.0.${field}`);
  });

  it.each([
    ['127.0.0.1', /square brackets: \[127\.0\.0\.1\]\./],
    ['2001:db8::1', /square brackets: \[2001:db8::1\]\./],
    ['[127.0.0.1]:5587', /Outbound connections, TCP port/],
    ['mail.test:587', /Outbound connections, TCP port/],
    ['no host', /Enter a host name/],
  ])('says how to write the smart host %s', (smartHost, reason) => {
    const [fault] = findDocumentFaults(documentOf({ ...createServerSettings(), smartHost }));
    expect(fault).toMatchObject({ field: 'servers.0.smartHost', reason: expect.stringMatching(reason) });
  });

  it('accepts a Drop folder that another program or virtual server picks up', () => {
    const other = { ...createServerSettings(), ...second, dropDirectory: '/nonexistent/mailroot/Pickup' };
    expect(findDocumentFaults(documentOf(createServerSettings(), other))).toEqual([]);
  });

  it('accepts a wildcard remote domain, a literal smart host and IPv6', () => {
    const server = createServerSettings({
      bindings: [{ address: '::1', port: 25 }],
      smartHost: '[2001:db8::1]',
      relayList: ['2001:db8::/32', '10.0.0.1'],
      domains: [
        { type: 'default', name: 'corp.test' },
        { type: 'remote', name: '*.partner.test', smartHost: '[192.0.2.7]', port: 2525 },
      ],
    });
    expect(findDocumentFaults(documentOf(server))).toEqual([]);
  });

  it('names the virtual server that has the identity already', () => {
    const other = createServerSettings({ ...second, bindings: [{ address: '127.0.0.1', port: 2525 }] });
    const [fault] = findDocumentFaults(documentOf(createServerSettings(), other));
    expect(fault).toEqual({
      field: 'servers.1.bindings.0',
      reason: '127.0.0.1:2525 is used by "Default SMTP Virtual Server".',
    });
  });

  it('refuses two virtual servers in one home directory, however it is spelled', () => {
    const other = createServerSettings({ ...second, homeDirectory: '/nonexistent/Mailroot/' });
    expect(
      findDocumentFaults(documentOf(createServerSettings(), other)).map((fault) => fault.field),
    ).toContain('servers.1.homeDirectory');
  });

  it('0 is a value, not "no limit"', () => {
    expect(
      settingsDocument.safeParse(documentOf({ ...createServerSettings(), maxRecipients: 0 })).success,
    ).toBe(false);
    expect(
      settingsDocument.safeParse(documentOf({ ...createServerSettings(), maxRecipients: null })).success,
    ).toBe(true);
    expect(
      settingsDocument.safeParse(documentOf({ ...createServerSettings(), maxRecipients: Number.NaN }))
        .success,
    ).toBe(false);
  });
});
