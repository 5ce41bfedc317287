import { describe, expect, it } from 'vitest';
import { findHeaderEnd } from '../../../../src-main/engine/delivery/header-edit';
import {
  type Masquerade,
  masqueradeFrom,
  masqueradeHeader,
  masqueradeOf,
  masqueradeSender,
} from '../../../../src-main/engine/delivery/masquerade';
import { createServerSettings } from '../../../support/settings';
import { benchWith, contentOf, hostAt, jobOf, peerWith } from './delivery-bench';

const masquerade: Masquerade = {
  domain: 'public.example',
  localDomains: new Set(['corp.test', 'alias.test']),
};

describe('the envelope sender', () => {
  it.each([
    ['ann@corp.test', 'ann@public.example'],
    ['Ann@CORP.Test.', 'Ann@public.example'],
    ['ann@alias.test', 'ann@public.example'],
    ['"a@b c"@corp.test', '"a@b c"@public.example'],
    ['ann@sub.corp.test', 'ann@sub.corp.test'],
    ['ann@far.test', 'ann@far.test'],
    ['ann@[192.0.2.1]', 'ann@[192.0.2.1]'],
    // The null reverse-path of a notification.
    ['', ''],
  ])('%j becomes %j', (sender, expected) => {
    expect(masqueradeSender(sender, masquerade)).toBe(expected);
  });

  it('local are the default domain and its aliases, not remote domains', () => {
    const settings = createServerSettings({
      masqueradeDomain: 'public.example',
      domains: [
        { type: 'default', name: 'Corp.test' },
        { type: 'alias', name: 'alias.test' },
        { type: 'remote', name: 'partner.test' },
      ],
    });
    expect(masqueradeOf(settings)).toEqual(masquerade);
    expect(masqueradeOf(createServerSettings())).toBeUndefined();
  });
});

describe('the value of a From field', () => {
  const rows: [value: string, expected: string][] = [
    [' ann@corp.test\r\n', ' ann@public.example\r\n'],
    [' Ann <ann@corp.test>\r\n', ' Ann <ann@public.example>\r\n'],
    [' <ann@CORP.TEST>', ' <ann@public.example>'],
    [' ann@far.test', ' ann@far.test'],
    [' ann@sub.corp.test', ' ann@sub.corp.test'],
    [' ann@corp.test.evil.test', ' ann@corp.test.evil.test'],
    // Several, groups, folds.
    [' a@corp.test, b@far.test, "C" <c@alias.test>', ' a@public.example, b@far.test, "C" <c@public.example>'],
    [
      ' Ann\r\n <ann@corp.test>,\r\n\tbob@corp.test\r\n',
      ' Ann\r\n <ann@public.example>,\r\n\tbob@public.example\r\n',
    ],
    [' Team: a@corp.test, b@corp.test;', ' Team: a@public.example, b@public.example;'],
    // Names, quotes and comments are not addresses.
    [' "ann@corp.test" <ann@far.test>', ' "ann@corp.test" <ann@far.test>'],
    [' ann@corp.test <ann@far.test>', ' ann@corp.test <ann@far.test>'],
    [' "a, b@corp.test" <ann@corp.test>', ' "a, b@corp.test" <ann@public.example>'],
    [' (x@corp.test) ann@corp.test (me@corp.test)', ' (x@corp.test) ann@public.example (me@corp.test)'],
    [' "odd \\" <x@corp.test>" <ann@corp.test>', ' "odd \\" <x@corp.test>" <ann@public.example>'],
    [' "a b"@corp.test', ' "a b"@public.example'],
    [' =?utf-8?Q?J=C3=BCrgen?= <j@corp.test>', ' =?utf-8?Q?J=C3=BCrgen?= <j@public.example>'],
    [' J\u00fcrgen <j@corp.test>', ' J\u00fcrgen <j@public.example>'],
    // Obsolete forms.
    [' <@relay.test,@corp.test:ann@corp.test>', ' <@relay.test,@corp.test:ann@public.example>'],
    [' ann @ corp.test', ' ann @ public.example'],
    // Without a domain.
    [' root\r\n', ' root@public.example\r\n'],
    [' Cron <root>', ' Cron <root@public.example>'],
    [' "root"', ' "root"'],
    [' John Smith', ' John Smith'],
    [' =?utf-8?Q?J?=', ' =?utf-8?Q?J?='],
    [' <>', ' <>'],
    ['', ''],
    // What cannot be read for certain.
    [' ann@[192.0.2.1]', ' ann@[192.0.2.1]'],
    [' "open ann@corp.test', ' "open ann@corp.test'],
    [' (open ann@corp.test', ' (open ann@corp.test'],
    [' <ann@corp.test', ' <ann@corp.test'],
    [' <<ann@corp.test>>', ' <<ann@corp.test>>'],
    [' ann@corp.test\u00fc', ' ann@corp.test\u00fc'],
    [' ann@', ' ann@'],
  ];
  it.each(rows)('%j becomes %j', (value, expected) => {
    expect(masqueradeFrom(value, masquerade)).toBe(expected);
  });
});

describe('a header', () => {
  const header = (text: string): string =>
    masqueradeHeader(Buffer.from(text, 'latin1'), masquerade).toString('latin1');

  it.each([
    ['From: a@corp.test\r\n\r\n', 'From: a@public.example\r\n\r\n'],
    ['To: a@corp.test\r\nfrom : a@corp.test\r\n\r\n', 'To: a@corp.test\r\nfrom : a@public.example\r\n\r\n'],
    // Two of them, as bad programs write.
    [
      'From: a@corp.test\r\nFrom: b@corp.test\r\n\r\n',
      'From: a@public.example\r\nFrom: b@public.example\r\n\r\n',
    ],
    [
      'X-From: a@corp.test\r\nFromage: a@corp.test\r\n\r\n',
      'X-From: a@corp.test\r\nFromage: a@corp.test\r\n\r\n',
    ],
    [
      'Reply-To: a@corp.test\r\nSender: a@corp.test\r\n\r\n',
      'Reply-To: a@corp.test\r\nSender: a@corp.test\r\n\r\n',
    ],
    // Nothing behind a blank line or behind what is no field.
    ['A: b\r\n\r\nFrom: a@corp.test\r\n', 'A: b\r\n\r\nFrom: a@corp.test\r\n'],
    ['A: b\r\nno field\r\nFrom: a@corp.test\r\n', 'A: b\r\nno field\r\nFrom: a@corp.test\r\n'],
    ['From: a@corp.test', 'From: a@public.example'],
    ['', ''],
  ])('%j becomes %j', (text, expected) => {
    expect(header(text)).toBe(expected);
  });

  it.each([
    ['A: b\r\n\r\nbody', 8],
    ['\r\nbody', 2],
    ['A: b\n\nbody', 6],
    ['A: b\r\n', -1],
    ['', -1],
  ])('%j ends at %d, however it comes in', (text, expected) => {
    const bytes = Buffer.from(text);
    expect(findHeaderEnd(bytes)).toBe(expected);
    for (let from = 0; from <= Math.max(0, expected < 0 ? bytes.length : expected - 1); from++)
      expect(findHeaderEnd(bytes, from)).toBe(expected);
  });
});

describe('outgoing mail under the masquerade domain', () => {
  const settings = { masqueradeDomain: 'public.example' };
  const body = 'From: ann@corp.test\r\n.dots\r\n'.repeat(3);
  const message = (length = 0): string =>
    `Received: by x\r\nFrom: Ann <ann@corp.test>\r\nTo: x@far.test\r\n\r\n${body}${'x'.repeat(70).concat('\r\n').repeat(length)}`;

  it.each([
    ['a small message', 0],
    ['a streamed message', 30_000],
  ])('%s: sender and From change, nothing else, and SIZE is right', async (_kind, length) => {
    const peer = await peerWith();
    const content = contentOf(message(length));
    const bench = benchWith([hostAt('mx.test', peer.port)], { settings });
    const result = await bench.send(jobOf({ content, envelope: { sender: 'ann@corp.test' } }));
    expect(result.results[0]?.status.code).toBe(250);
    const [transaction] = peer.transactions;
    expect(transaction?.sender).toBe('ann@public.example');
    expect(transaction?.data.toString()).toBe(message(length).replace('ann@corp.test', 'ann@public.example'));
    expect(transaction?.senderParams).toBe(`SIZE=${transaction?.data.length}`);
  });

  it('a notification keeps its null reverse-path', async () => {
    const peer = await peerWith();
    const bench = benchWith([hostAt('mx.test', peer.port)], { settings });
    await bench.send(jobOf({ content: contentOf(message()), envelope: { sender: '' } }));
    expect(peer.transactions[0]?.sender).toBe('');
    expect(peer.transactions[0]?.data.toString()).toContain('From: Ann <ann@public.example>');
  });

  it('the size that grew is what a host may refuse', async () => {
    const content = contentOf(message());
    const peer = await peerWith({ extensions: [`SIZE ${content.sizeBytes}`] });
    const bench = benchWith([hostAt('mx.test', peer.port)], { settings });
    const result = await bench.send(jobOf({ content }));
    expect(result.results[0]?.status).toMatchObject({ code: 552, enhanced: '5.3.4' });
  });

  it('a header without an end is searched up to a bound', async () => {
    const endless = `From: ann@corp.test\r\n${'X: y\r\n'.repeat(400_000)}`;
    const peer = await peerWith();
    const bench = benchWith([hostAt('mx.test', peer.port)], { settings });
    await bench.send(jobOf({ content: contentOf(endless) }));
    expect(peer.transactions[0]?.data.length).toBe(endless.length);
    expect(peer.transactions[0]?.data.toString('latin1', 0, 19)).toBe('From: ann@corp.test');
  });

  it('without the setting nothing changes', async () => {
    const peer = await peerWith();
    await benchWith([hostAt('mx.test', peer.port)]).send(jobOf({ content: contentOf(message()) }));
    expect(peer.transactions[0]?.data.toString()).toBe(message());
  });
});
