import { describe, expect, it } from 'vitest';
import { parseBinding, parsePatch } from '../../../src-main/service/setting-values';
import { remoteDomain, serverSettings } from '../../../src-main/settings/schema';

const patchOf = (...words: string[]) => parsePatch(words, serverSettings.shape);

describe('setting=value', () => {
  it.each([
    ['maxConnections=50', { maxConnections: 50 }],
    ['maxConnections=', { maxConnections: null }],
    ['maxConnections=null', { maxConnections: null }],
    ['maxConnections=none', { maxConnections: null }],
    ['connectionTimeoutMinutes=2.5', { connectionTimeoutMinutes: 2.5 }],
    ['startsAutomatically=true', { startsAutomatically: true }],
    ['startsAutomatically=no', { startsAutomatically: false }],
    ['hasDropQuota=On', { hasDropQuota: true }],
    ['relayMode=except', { relayMode: 'except' }],
    ['smartHost=mail.example.com', { smartHost: 'mail.example.com' }],
    ['smartHost=[192.0.2.25]', { smartHost: '[192.0.2.25]' }],
    ['smartHost=', { smartHost: '' }],
    ['smartHost="mail.example.com"', { smartHost: 'mail.example.com' }],
    ['name=25', { name: '25' }],
    ['name=A = B', { name: 'A = B' }],
    ['relayList=192.0.2.1', { relayList: ['192.0.2.1'] }],
    ['relayList=192.0.2.1, 10.0.0.0/8', { relayList: ['192.0.2.1', '10.0.0.0/8'] }],
    ['relayList=["192.0.2.1"]', { relayList: ['192.0.2.1'] }],
    ['relayList=', { relayList: [] }],
    ['bindings=:2525', { bindings: [{ address: '', port: 2525 }] }],
    [
      'bindings=:25,127.0.0.1:465/implicit',
      {
        bindings: [
          { address: '', port: 25 },
          { address: '127.0.0.1', port: 465, encryption: 'implicit' },
        ],
      },
    ],
    [
      'bindings=127.0.0.1:25,[::1]:25',
      {
        bindings: [
          { address: '127.0.0.1', port: 25 },
          { address: '::1', port: 25 },
        ],
      },
    ],
    ['verbsOff=vrfy,Dsn', { verbsOff: ['VRFY', 'DSN'] }],
    ['relayMode=EXCEPT', { relayMode: 'except' }],
    ['minimumTls=tlsv1.3', { minimumTls: 'TLSv1.3' }],
    ['bindings=[{"address":"","port":25}]', { bindings: [{ address: '', port: 25 }] }],
  ])('%s', (word, patch) => {
    expect(patchOf(word)).toEqual(patch);
  });

  it('takes several', () => {
    expect(patchOf('maxHops=20', 'smartHost=a.example')).toEqual({ maxHops: 20, smartHost: 'a.example' });
  });

  it('knows the settings of a domain', () => {
    expect(parsePatch(['isRelayAllowed=yes', 'port='], remoteDomain.shape)).toEqual({
      isRelayAllowed: true,
      port: null,
    });
  });

  it.each([
    ['maxHops', undefined, 'not of the form setting=value'],
    ['=5', undefined, 'not of the form setting=value'],
    ['maxHops=5', 'maxHops', 'At least 10.'],
    ['maxHops=many', 'maxHops', 'Enter a number.'],
    ['maxMessageKb=lots', 'maxMessageKb', 'Enter a number.'],
    ['isLogging=perhaps', 'isLogging', 'Enter true or false.'],
    ['relayMode=all', 'relayMode', 'Enter one of: only, except.'],
    ['relayList=10.0.4', 'relayList', '"10.0.4": Enter an IP address, a subnet'],
    ['relayList=10.0.0.1,10.0.0.999', 'relayList', '"10.0.0.999": Enter '],
    ['relayList=["10.0.0.1","10.0.0.999"]', 'relayList', '"10.0.0.999": Enter '],
    ['verbsOff=VRFY,HELLO', 'verbsOff', '"HELLO": Enter one of: '],
    ['bindings=mail', 'bindings', 'Enter an address and a port, such as 127.0.0.1:25.'],
    ['bindings=:25,:465/tls', 'bindings', '":465/tls": Enter one of: starttls, implicit, none.'],
    ['bindings=127.0.0.1:99999', 'bindings', 'A port is 1 to 65535.'],
    ['smarthost=x', 'smarthost', 'There is no such setting. Did you mean smartHost?'],
    ['colour=red', 'colour', 'There is no such setting.'],
    ['__proto__=1', '__proto__', 'There is no such setting.'],
    ['toString=1', 'toString', 'There is no such setting.'],
  ])('%s is refused', (word, field, reason) => {
    expect(() => patchOf(word)).toThrowError(
      expect.objectContaining({ code: 'invalid', field, message: expect.stringContaining(reason) }),
    );
  });

  it('is refused when it is given twice', () => {
    expect(() => patchOf('maxHops=20', 'maxHops=30')).toThrow('given twice');
  });
});

describe('identities', () => {
  it.each([
    ['25', { address: '', port: 25 }],
    [':25', { address: '', port: 25 }],
    ['127.0.0.1:25', { address: '127.0.0.1', port: 25 }],
    ['[::1]:25', { address: '::1', port: 25 }],
    ['::1', '::1'],
    ['mail', 'mail'],
  ])('%s', (text, binding) => {
    expect(parseBinding(text)).toEqual(binding);
  });
});
