import { createPublicKey } from 'node:crypto';
import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkDmarc,
  checkRecord,
  checkSpf,
  describeKey,
  dmarcNamesOf,
  type TxtAnswer,
} from '../../../src-main/dkim';
import { makeDkimKey } from '../../support/dkim-keys';

const key = makeDkimKey('corp.test', 'one');
const other = makeDkimKey('corp.test', 'one');
const ed25519 = makeDkimKey('corp.test', 'two', 'ed25519');
const facts = describeKey(key.setting.privateKey, 'rsa-sha256');
const p = key.record.slice(key.record.indexOf('p=') + 2);
const records = (...texts: string[]): TxtAnswer => ({ kind: 'records', records: texts });
const stateOf = (answer: TxtAnswer): string => checkRecord(key.name, answer, facts).state;

describe('the record of a key in DNS', () => {
  const pkcs1 = createPublicKey(key.pkcs8Pem).export({ format: 'der', type: 'pkcs1' }).toString('base64');
  it.each([
    ['as it was given', key.record, 'published'],
    ['without what may be left out', `p=${p}`, 'published'],
    ['with spaces, notes and a last semicolon', `v=DKIM1 ;  k=rsa; n=mine; p= ${p} ;`, 'published'],
    ['with a key in pieces', `v=DKIM1; p=${p.slice(0, 100)} ${p.slice(100)}`, 'published'],
    ['with the bare RSA key', `v=DKIM1; p=${pkcs1}`, 'published'],
    ['limited to what is used', `v=DKIM1; h=sha1:sha256; s=email; t=s; p=${p}`, 'published'],
    ['for testing', `v=DKIM1; t=s:y; p=${p}`, 'testing'],
    ['of another key', other.record, 'other-key'],
    ['of another kind', ed25519.record, 'other-key'],
    ['said to be of another kind', `v=DKIM1; k=ed25519; p=${p}`, 'other-key'],
    ['with half of the key', `v=DKIM1; p=${p.slice(0, 200)}`, 'other-key'],
    ['revoked', 'v=DKIM1; k=rsa; p=', 'revoked'],
    ['without a key', 'v=DKIM1; k=rsa', 'invalid'],
    ['of another version', `v=DKIM2; p=${p}`, 'invalid'],
    ['with the version behind', `p=${p}; v=DKIM1`, 'invalid'],
    ['with a tag twice', `v=DKIM1; p=${p}; p=${p}`, 'invalid'],
    ['in quotes', `"v=DKIM1; p=${p}"`, 'invalid'],
    ['with backslashes', `v=DKIM1\\; k=rsa\\; p=${p}`, 'invalid'],
    ['with a letter lost', `v=DKIM1; p=${p.replace('M', '…')}`, 'invalid'],
    ['for another hash', `v=DKIM1; h=sha1; p=${p}`, 'invalid'],
    ['for another service', `v=DKIM1; s=tlsrpt; p=${p}`, 'invalid'],
    ['of something else', 'v=spf1 -all', 'invalid'],
    ['that is empty', '', 'invalid'],
  ])('%s is judged as hosts do', (_, text, state) => {
    const found = checkRecord(key.name, records(text), facts);
    expect(found.state).toBe(state);
    expect(found.text).toContain(key.name);
    expect(found.text).toMatch(/\.$/);
    expect(found.found).toEqual([text]);
  });

  it.each([
    ['missing', { kind: 'none' }],
    ['missing', { kind: 'unknown' }],
    ['unknown', { kind: 'failed', reason: 'no DNS server could be reached' }],
    ['several', records(key.record, key.record)],
  ] as const)('is %s when DNS says so', (state, answer) => {
    expect(stateOf(answer)).toBe(state);
  });

  it('is an answer whatever stands there, and never repeats more than a page of it', () => {
    assert(
      property(string({ maxLength: 200 }), (text) => {
        expect(['published', 'testing']).not.toContain(stateOf(records(text)));
      }),
    );
    const [found] = checkRecord(key.name, records('x'.repeat(60_000)), facts).found;
    expect(found?.length).toBe(2_000);
  });
});

describe('SPF of a domain', () => {
  it.each([
    ['v=spf1 ip4:192.0.2.1 -all', 'found', 'is to be refused'],
    ['v=spf1 mx ~all', 'found', 'is suspicious'],
    ['V=SPF1 ?all', 'found', 'says nothing'],
    ['v=spf1 +all', 'found', 'protects nobody'],
    ['v=spf1 all', 'found', 'protects nobody'],
    ['v=spf1 redirect=_spf.far.test', 'found', 'another domain'],
    ['v=spf1', 'found', 'does not say'],
    ['v=spf10 -all', 'missing', 'no SPF record'],
  ])('%s', (text, state, words) => {
    const policy = checkSpf('corp.test', records('something=else', text));
    expect(policy.state).toBe(state);
    expect(policy.text).toContain(words);
  });

  it('is wrong twice, and not known without DNS', () => {
    expect(checkSpf('corp.test', records('v=spf1 -all', 'v=spf1 -all')).state).toBe('invalid');
    expect(checkSpf('corp.test', { kind: 'failed', reason: 'x' }).state).toBe('unknown');
    expect(checkSpf('corp.test', { kind: 'none' }).state).toBe('missing');
  });
});

describe('DMARC of a domain', () => {
  it('is looked for at the domain and those above it, but not at the top', () => {
    expect(dmarcNamesOf('a.b.corp.test')).toEqual([
      '_dmarc.a.b.corp.test',
      '_dmarc.b.corp.test',
      '_dmarc.corp.test',
    ]);
    expect(dmarcNamesOf('test')).toEqual(['_dmarc.test']);
    expect(dmarcNamesOf(`${'a.'.repeat(60)}test`).length).toBeLessThanOrEqual(6);
  });

  const at = (name: string, answer: TxtAnswer) => ({ name, answer });
  it.each([
    ['its own', [at('_dmarc.a.corp.test', records('v=DMARC1; p=reject'))], 'found', 'is refused (reject)'],
    [
      'that of the domain above, which has one for those below',
      [
        at('_dmarc.a.corp.test', { kind: 'unknown' } as const),
        at('_dmarc.corp.test', records('v=DMARC1; p=reject; sp=none')),
      ],
      'found',
      'only watch (none)',
    ],
    ['a strict one', [at('_dmarc.a.corp.test', records('v=DMARC1; p=none; adkim=s'))], 'found', 'adkim=s'],
    ['a wrong one', [at('_dmarc.a.corp.test', records('v=DMARC1; p=perhaps'))], 'invalid', 'does not count'],
    ['none', [at('_dmarc.a.corp.test', { kind: 'none' } as const)], 'missing', 'no DMARC record'],
    [
      'not known',
      [at('_dmarc.a.corp.test', { kind: 'failed', reason: 'x' } as const)],
      'unknown',
      'could not be asked',
    ],
  ] as const)('is %s', (_, asked, state, words) => {
    const policy = checkDmarc('a.corp.test', asked);
    expect(policy.state).toBe(state);
    expect(policy.text).toContain(words);
  });
});
