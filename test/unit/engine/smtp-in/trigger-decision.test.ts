import { describe, expect, it } from 'vitest';
import type { HoldingDomain } from '../../../../src-main/engine/core/trigger';
import { type Offers, replies } from '../../../../src-main/engine/smtp-in/replies';
import type { TlsFacts } from '../../../../src-main/engine/smtp-in/tls-facts';
import {
  chooseReleased,
  createTriggerPolicy,
  decideTurn,
  offerTriggers,
  parseAtrnArgument,
  parseEtrnArgument,
} from '../../../../src-main/engine/smtp-in/trigger-decision';
import type { ServerSettingsInput } from '../../../../src-main/settings/schema';
import { createServerSettings } from '../../../support/settings';

const tls: TlsFacts = { protocol: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', keyBits: 128 };
const node = (domain: string) => ({ kind: 'node', domain }) as const;
const wide = (domain: string) => ({ kind: 'with-subdomains', domain }) as const;

describe('arguments', () => {
  it.each([
    ['branch.test', node('branch.test')],
    ['Branch.TEST.', node('branch.test')],
    ['@branch.test', wide('branch.test')],
    ['#queue-1', { kind: 'queue' }],
    ['localhost', node('localhost')],
    ['', undefined],
    ['@', undefined],
    ['#', undefined],
    ['# queue', undefined],
    ['#qu\u00e9ue', undefined],
    ['a b', undefined],
    ['[192.0.2.1]', undefined],
    ['@@a.test', undefined],
    ['.', undefined],
    ['a..test', undefined],
    ['*.a.test', undefined],
    ['a.test,b.test', undefined],
    [`${'a'.repeat(64)}.test`, undefined],
  ])('ETRN "%s": %j', (argument, expected) => {
    expect(parseEtrnArgument(argument)).toEqual(expected);
  });

  it.each([
    ['', []],
    ['a.test', ['a.test']],
    ['A.test,b.TEST', ['a.test', 'b.test']],
    ['a.test, a.TEST.', ['a.test']],
    ['a.test,', undefined],
    [',', undefined],
    ['@a.test', undefined],
    ['a.test b.test', undefined],
  ])('ATRN "%s": %j', (argument, expected) => {
    expect(parseAtrnArgument(argument)).toEqual(expected);
  });
});

describe('what an ETRN speaks of', () => {
  const trigger = {
    holderOf: (domain: string): HoldingDomain | undefined =>
      domain === 'branch.test' || domain.endsWith('.dial.test')
        ? { turnAccounts: [], requiresTls: false }
        : undefined,
    holdsBelow: (domain: string): boolean => domain === 'dial.test' || domain === 'test',
    heldDomains: () => ['branch.test', 'a.dial.test', 'b.a.dial.test'],
  };
  it.each([
    [node('branch.test'), ['branch.test']],
    [node('empty.dial.test'), ['empty.dial.test']],
    [node('dial.test'), undefined],
    [node('other.test'), undefined],
    [wide('branch.test'), ['branch.test']],
    [wide('dial.test'), ['a.dial.test', 'b.a.dial.test']],
    [wide('a.dial.test'), ['a.dial.test', 'b.a.dial.test']],
    [wide('test'), ['branch.test', 'a.dial.test', 'b.a.dial.test']],
    [wide('al.test'), undefined],
  ])('%j: %j', (asked, expected) => {
    expect(chooseReleased(asked, trigger)).toEqual(expected);
  });
});

describe('who may turn the connection', () => {
  const holders: Record<string, HoldingDomain> = {
    'branch.test': { turnAccounts: ['Ann', 'bob'], requiresTls: false },
    'secret.test': { turnAccounts: ['ann'], requiresTls: true },
    'bob.test': { turnAccounts: ['bob'], requiresTls: false },
    'nobody.test': { turnAccounts: [], requiresTls: false },
  };
  const refused = { refusal: replies.turnRefused('ATRN') };
  const noMail = { refusal: replies.noMailToTurn };
  const rows: [
    claim: string,
    account: string,
    wanted: string[],
    held: string[],
    isEncrypted: boolean,
    expected: object,
  ][] = [
    ['all of its domains', 'ANN', [], ['branch.test', 'bob.test'], false, { domains: ['branch.test'] }],
    ['one of them', 'bob', ['bob.test'], ['branch.test', 'bob.test'], false, { domains: ['bob.test'] }],
    ['nothing waits for it', 'bob', [], ['secret.test'], false, noMail],
    ['nothing waits for what it asks', 'ann', ['branch.test'], ['secret.test'], true, noMail],
    ['another account is listed', 'ann', ['bob.test'], ['bob.test'], false, refused],
    ['one of several is not its own', 'ann', ['branch.test', 'bob.test'], ['branch.test'], false, refused],
    ['nobody is listed', 'ann', ['nobody.test'], ['nobody.test'], false, refused],
    ['the domain is not held', 'ann', ['open.test'], ['branch.test'], false, refused],
    ['no domain lists it', 'eve', [], ['branch.test'], false, refused],
    ['a part of the name is not the name', 'an', [], ['branch.test'], false, refused],
    [
      'mail that must be encrypted is not sent in clear',
      'ann',
      [],
      ['branch.test', 'secret.test'],
      false,
      { refusal: replies.startTlsFirst },
    ],
    [
      'it is sent over an encrypted connection',
      'ann',
      [],
      ['branch.test', 'secret.test'],
      true,
      { domains: ['branch.test', 'secret.test'] },
    ],
  ];
  it.each(rows)('%s', (_claim, account, wanted, held, isEncrypted, expected) => {
    const decision = decideTurn({
      verb: 'ATRN',
      account,
      wanted,
      tls: isEncrypted ? tls : undefined,
      policy: { isHolding: true, turnAccounts: new Set(['ann', 'bob']) },
      trigger: { holderOf: (domain) => holders[domain], heldDomains: () => held },
    });
    expect(decision).toEqual(expected);
  });
});

describe('what is offered', () => {
  const offers: Offers = { auth: ['PLAIN'], tls: false, turn: false, atrn: false, etrn: false };
  const policyOf = (...domains: NonNullable<ServerSettingsInput['domains']>) =>
    createTriggerPolicy(
      createServerSettings({ domains: [{ type: 'default', name: 'local.test' }, ...domains] }),
    );
  const holding = { type: 'remote', name: 'a.test', holdsForTrigger: true } as const;
  const listed = { ...holding, turnAccounts: ['ann'] };
  it.each([
    ['nothing without a domain that holds', policyOf(), offers, { etrn: false, turn: false, atrn: false }],
    [
      'nothing for accounts of a domain that does not hold',
      policyOf({ ...listed, holdsForTrigger: false }),
      offers,
      { etrn: false, turn: false, atrn: false },
    ],
    ['ETRN alone without accounts', policyOf(holding), offers, { etrn: true, turn: false, atrn: false }],
    ['all three', policyOf(listed), offers, { etrn: true, turn: true, atrn: true }],
    [
      'no TURN where nobody can log in',
      policyOf(listed),
      { ...offers, auth: [] },
      { etrn: true, turn: false, atrn: false },
    ],
  ])('%s', (_claim, policy, before, expected) => {
    expect(offerTriggers(before, policy)).toEqual({ ...before, ...expected });
  });
});
