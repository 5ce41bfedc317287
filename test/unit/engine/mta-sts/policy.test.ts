import { describe, expect, it } from 'vitest';
import type { TargetAnswer } from '../../../../src-main/engine/core/delivery';
import { createStatus } from '../../../../src-main/engine/core/smtp-status';
import {
  applyPolicy,
  isNamed,
  type Policy,
  parsePolicy,
  parseRecord,
} from '../../../../src-main/engine/mta-sts/policy';

describe('parseRecord', () => {
  it.each<[claim: string, records: string[], id: string | undefined]>([
    ['the example of RFC 8461', ['v=STSv1; id=20160831085700Z;'], '20160831085700Z'],
    ['without blanks and end', ['v=STSv1;id=1'], '1'],
    ['other records beside it', ['v=spf1 -all', 'v=STSv1; id=a1'], 'a1'],
    ['fields that nobody knows', ['v=STSv1; new=x; id=a1;'], 'a1'],
    ['two of them', ['v=STSv1; id=1;', 'v=STSv1; id=2;'], undefined],
    ['no id', ['v=STSv1;'], undefined],
    ['an id with other characters', ['v=STSv1; id=a-b;'], undefined],
    ['an id that is too long', [`v=STSv1; id=${'a'.repeat(33)};`], undefined],
    ['another version', ['v=STSv2; id=1;'], undefined],
    ['a version that only begins like it', ['v=STSv10; id=1;'], undefined],
    ['none', [], undefined],
  ])('%s', (_claim, records, id) => {
    expect(parseRecord(records)).toBe(id);
  });
});

const text =
  'version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n';

describe('parsePolicy', () => {
  it('reads the example of RFC 8461', () => {
    expect(parsePolicy(text)).toEqual({
      mode: 'enforce',
      maxAgeS: 604_800,
      mx: ['mail.example.com', '*.example.net'],
    });
  });

  it.each<[claim: string, text: string, expected: Partial<Policy>]>([
    ['lines that end with LF alone', text.replaceAll('\r', ''), { mode: 'enforce' }],
    ['fields that nobody knows', `${text}new: x\r\n`, { mode: 'enforce' }],
    ['the first of two modes', `${text}mode: none\r\n`, { mode: 'enforce' }],
    ['names in any case', text.replace('mail', 'MAIL'), { mx: ['mail.example.com', '*.example.net'] }],
    ['no hosts in mode none', 'version: STSv1\nmode: none\nmax_age: 86400', { mode: 'none', mx: [] }],
    ['an age above a year as a year', text.replace('604800', '9999999999'), { maxAgeS: 31_557_600 }],
  ])('takes %s', (_claim, given, expected) => {
    expect(parsePolicy(given)).toMatchObject(expected);
  });

  it.each([
    ['a web page', '<html>Not found</html>', /not of version/],
    ['another version', text.replace('STSv1', 'STSv2'), /not of version/],
    ['an unknown mode', text.replace('enforce', 'strict'), /no known mode/],
    ['no age', text.replace(/max_age.*/, ''), /how long/],
    ['an age that is no number', text.replace('604800', '-1'), /how long/],
    ['no hosts', text.replace(/mx.*\r\n/g, ''), /names no mail host/],
    ['a host that is no name', text.replace('mail.example.com', '<b>'), /no proper name/],
    ['a star within a name', text.replace('mail.', 'ma*.'), /no proper name/],
    ['thousands of hosts', `${text}${'mx: a.test\n'.repeat(5_000)}`, /too many/],
    ['nothing', '', /not of version/],
  ])('refuses %s', (_claim, given, fault) => {
    expect(parsePolicy(given)).toEqual({ fault: expect.stringMatching(fault) });
  });
});

const policyWith = (mode: Policy['mode'], ...mx: string[]): Policy => ({ mode, maxAgeS: 86_400, mx });

describe('isNamed', () => {
  it.each([
    ['mail.example.com', 'mail.example.com', true],
    ['MAIL.example.com', 'mail.example.com', true],
    ['mx.example.net', '*.example.net', true],
    ['a.b.example.net', '*.example.net', false],
    ['example.net', '*.example.net', false],
    ['evilexample.net', '*.example.net', false],
    ['mail.example.com.evil.test', 'mail.example.com', false],
  ])('%s by %s: %s', (host, pattern, expected) => {
    expect(isNamed(host, policyWith('enforce', pattern))).toBe(expected);
  });
});

describe('applyPolicy', () => {
  const targets = ['mx1.far.test', 'evil.test'].map((name) => ({ name, address: '192.0.2.1', port: 25 }));
  const answer: TargetAnswer = { kind: 'targets', targets };

  it('enforced: hosts that it does not name are no targets', () => {
    expect(applyPolicy(answer, policyWith('enforce', '*.far.test'), 'far.test')).toEqual({
      kind: 'targets',
      targets: [{ ...targets[0], policy: { mode: 'enforce', domain: 'far.test', isListed: true } }],
    });
  });

  it('enforced: when it names none, mail waits', () => {
    expect(applyPolicy(answer, policyWith('enforce', 'mail.far.test'), 'far.test')).toMatchObject({
      kind: 'none',
      status: { code: 451, enhanced: '4.7.5', text: expect.stringContaining('(mx1.far.test, evil.test)') },
    });
  });

  it('tested: all stay, and it is known which are not named', () => {
    const applied = applyPolicy(answer, policyWith('testing', '*.far.test'), 'far.test');
    expect(applied.kind === 'targets' && applied.targets.map(({ policy }) => policy?.isListed)).toEqual([
      true,
      false,
    ]);
  });

  it('none, and where there is no host, changes nothing', () => {
    const none: TargetAnswer = { kind: 'none', status: createStatus(550, '5.1.2', 'unknown') };
    expect(applyPolicy(answer, policyWith('none'), 'far.test')).toBe(answer);
    expect(applyPolicy(none, policyWith('enforce', 'a.test'), 'far.test')).toBe(none);
  });
});
