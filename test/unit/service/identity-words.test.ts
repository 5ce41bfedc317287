import { describe, expect, it } from 'vitest';
import { formatIdentity, keepIdentities } from '../../../src-main/service/identity-words';
import { parsePatch } from '../../../src-main/service/setting-values';
import { binding, serverSettings } from '../../../src-main/settings/schema';

describe('an identity', () => {
  it.each([
    [{ address: '', port: 25 }, '(All Unassigned):25'],
    [{ address: '127.0.0.1', port: 25, encryption: 'starttls' as const }, '127.0.0.1:25'],
    [{ address: '::1', port: 465, encryption: 'implicit' as const }, '[::1]:465/implicit'],
    [{ address: '', port: 25, encryption: 'none' as const }, '(All Unassigned):25/none'],
  ])('%j is written %s', (pair, text) => {
    expect(formatIdentity(pair)).toBe(text);
  });
});

describe('identities that are written anew', () => {
  const certificate = '00112233445566aa';
  const now = [
    binding.parse({ port: 25, encryption: 'none' }),
    binding.parse({ port: 465, encryption: 'implicit', certificate, minimumTls: 'TLSv1.3' }),
  ];
  const keep = (word: string) => {
    const { bindings } = parsePatch([word], serverSettings.shape);
    return keepIdentities(bindings as Parameters<typeof keepIdentities>[0], now);
  };

  it('keep what is not written of one with the same address and port', () => {
    expect(keep('bindings=:465,:25,:587')).toEqual([now[1], now[0], { address: '', port: 587 }]);
  });

  it('take the encryption that is written, and keep the rest', () => {
    expect(keep('bindings=:465/starttls')).toEqual([{ ...now[1], encryption: 'starttls' }]);
  });

  it('keep nothing of one at another address', () => {
    expect(keep('bindings=127.0.0.1:465')).toEqual([{ address: '127.0.0.1', port: 465 }]);
  });
});
