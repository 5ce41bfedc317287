import { describe, expect, it } from 'vitest';
import {
  type Binding,
  binding,
  type CertificateRow,
  describeBinding,
} from '../../../../../src-main/api/contract';
import {
  addPair,
  describeCertificate,
  describeEncryption,
  findPairFault,
  findPairHint,
  removePair,
  replacePair,
} from '../../../../../src-renderer/property-sheets/server/identities';

const identity = (part: Partial<Binding>): Binding => ({ ...binding.parse({}), ...part });
const pairs = [identity({ port: 25 }), identity({ address: '10.0.0.1', port: 587 })];

describe('the list of identities', () => {
  it('grows, changes and shrinks without touching what was given', () => {
    const pair = identity({ address: '::1', port: 26 });
    expect(addPair(pairs, pair)).toHaveLength(3);
    expect(replacePair(pairs, 1, pair)).toEqual([pairs[0], pair]);
    expect(removePair(pairs, 0)).toEqual([pairs[1]]);
    expect(pairs).toHaveLength(2);
  });

  it.each([
    [{ address: '10.0.0.1', port: 25 }, undefined],
    [{ address: '', port: 25 }, 'port'],
    [{ address: 'host', port: 25 }, 'address'],
    [{ address: '', port: 0 }, 'port'],
    [{ address: '', port: 'x' as unknown as number }, 'port'],
  ])('judges %j', (part, field) => {
    expect(findPairFault(identity(part), { others: pairs, serverCertificate: '' })?.field).toBe(field);
  });

  const own = '0123456789abcdef';
  it.each([
    [{}, '', 'encryption'],
    [{}, own, undefined],
    [{ certificate: own }, '', undefined],
  ])('with implicit TLS and %j, server certificate "%s": %s', (part, serverCertificate, field) => {
    const pair = identity({ port: 465, encryption: 'implicit', ...part });
    expect(findPairFault(pair, { others: pairs, serverCertificate })?.field).toBe(field);
  });
});

describe('an identity that is not what clients expect', () => {
  it.each([
    [{ port: 25, encryption: 'implicit' }, [{ port: 465 }]],
    [{ port: 465, encryption: 'starttls' }, [{ encryption: 'implicit' }, { port: 25 }]],
    [{ port: 465, encryption: 'none' }, [{ encryption: 'implicit' }, { port: 25 }]],
  ] as [Partial<Binding>, Partial<Binding>[]][])('%j can be mended by %j', (part, changes) => {
    const pair = identity(part);
    expect(findPairHint(pair)?.remedies.map((remedy) => remedy.change)).toEqual(changes);
    for (const change of changes) expect(findPairHint({ ...pair, ...change })).toBeUndefined();
  });

  it.each([
    { port: 25 },
    { port: 587, encryption: 'none' },
    { port: 465, encryption: 'implicit' },
    { port: 2465, encryption: 'implicit' },
  ] as Partial<Binding>[])('%j needs no word', (part) => {
    expect(findPairHint(identity(part))).toBeUndefined();
  });
});

describe('an identity in words', () => {
  const id = '0123456789abcdef';
  const rows = [{ id, name: 'Relay' }] as CertificateRow[];

  it('names what is not as usual', () => {
    expect(describeBinding(identity({}))).toBe('(All Unassigned):25');
    expect(describeBinding(identity({ address: '::1', port: 465, encryption: 'implicit' }))).toBe(
      '[::1]:465 (implicit TLS)',
    );
    expect(describeBinding(identity({ encryption: 'none' }))).toBe('(All Unassigned):25 (no encryption)');
  });

  it('tells its encryption and its lowest TLS', () => {
    expect(describeEncryption(identity({}))).toBe('STARTTLS');
    expect(describeEncryption(identity({ encryption: 'implicit', minimumTls: 'TLSv1.3' }))).toBe(
      'Implicit TLS, TLS 1.3 only',
    );
    expect(describeEncryption(identity({ minimumTls: 'TLSv1' }))).toBe('STARTTLS, TLS 1.0 and newer');
    expect(describeEncryption(identity({ encryption: 'none', minimumTls: 'TLSv1.3' }))).toBe('None');
  });

  it('tells whose certificate it shows', () => {
    expect(describeCertificate(identity({}), rows)).toBe("The virtual server's");
    expect(describeCertificate(identity({ certificate: id }), rows)).toBe('Relay');
    expect(describeCertificate(identity({ certificate: id }), [])).toBe('Not on this computer any more');
    expect(describeCertificate(identity({ certificate: id, encryption: 'none' }), rows)).toBe('');
  });
});
