import { describe, expect, it } from 'vitest';
import {
  describeDifferences,
  findHeaderOnly,
  type HeaderAddresses,
  placeRecipients,
} from '../../../../src-renderer/mail-inspector/envelope-words';
import { readLinkTarget } from '../../../../src-renderer/mail-inspector/link-target';
import { distinctNames } from '../../../../src-renderer/mail-inspector/part-tree';
import { describeDelay, maxHops, readHops } from '../../../../src-renderer/mail-inspector/received-hops';
import { colourLine, markFound } from '../../../../src-renderer/mail-inspector/source-colours';
import { cutPieces, mapRows } from '../../../../src-renderer/mail-inspector/source-lines';
import { findInSource } from '../../../../src-renderer/mail-inspector/source-search';

describe('the Received fields as hops', () => {
  it('come oldest first, with the time between', () => {
    const hops = readHops([
      'from mx1.test (mx1.test [10.0.0.9]) by mx2.test with ESMTPS id 5 for <ann@corp.test>; Mon, 23 Nov 2026 10:33:17 +0000 (UTC)',
      'from line-app (10.0.4.12)\r\n\tby mx1.test with SMTP; Mon, 23 Nov 2026 11:31:07 +0100',
    ]);
    expect(hops).toMatchObject([
      { by: 'mx1.test', from: 'line-app (10.0.4.12)', protocol: 'SMTP', delayMs: undefined },
      { by: 'mx2.test', protocol: 'ESMTPS', recipient: 'ann@corp.test', delayMs: 130_000 },
    ]);
  });
  it('a hop without a date breaks nothing, and a loop is bounded', () => {
    expect(
      readHops([
        'by b; Mon, 23 Nov 2026 10:00:09 +0000',
        'nonsense',
        'by a; Mon, 23 Nov 2026 10:00:00 +0000',
      ]),
    ).toMatchObject([{ by: 'a' }, { by: '', at: undefined, delayMs: undefined }, { by: 'b', delayMs: 9000 }]);
    expect(readHops(new Array(5000).fill('by a ((((((((')).length).toBe(maxHops);
  });
  it.each([
    [3000, '3 s'],
    [130_000, '2 min 10 s'],
    [7_500_000, '2 h 5 min'],
    [-4000, 'clock 4 s behind'],
  ])('%i ms is said as %s', (delayMs, words) => expect(describeDelay(delayMs)).toBe(words));
});

describe('the envelope against the header', () => {
  const header: HeaderAddresses = {
    from: ['app@line.test'],
    to: ['ann@corp.test'],
    cc: ['cid@corp.test'],
    bcc: [],
    returnPath: undefined,
  };
  const to = (...addresses: string[]) => addresses.map((address) => ({ address }));
  it('tells where each recipient stands', () => {
    expect(placeRecipients(to('Ann@corp.test', 'ben@corp.test'), header).map(({ places }) => places)).toEqual(
      [['To'], []],
    );
    expect(placeRecipients(to('x@y.test'), undefined)[0]?.places).toBeUndefined();
    expect(findHeaderOnly(to('ann@corp.test'), header)).toEqual(['cid@corp.test']);
  });
  it('says nothing where all of it agrees', () => {
    const envelope = { sender: 'app@line.test', recipients: to('ann@corp.test', 'cid@corp.test') };
    expect(describeDifferences(envelope, header)).toEqual([]);
  });
  it.each<[string, string, Partial<HeaderAddresses>, string]>([
    ['the null reverse-path', '', {}, 'The reverse-path is null'],
    ['another domain', 'bounce@far.test', {}, 'of another domain'],
    ['another mailbox', 'bounce@line.test', {}, 'returns go to bounce@line.test'],
    ['another Return-Path', 'app@line.test', { returnPath: 'x@y.test' }, 'Return-Path names x@y.test'],
    ['a Bcc field', 'app@line.test', { bcc: ['ann@corp.test'] }, 'still has a Bcc field'],
  ])('says %s', (_, sender, more, words) => {
    const envelope = { sender, recipients: to('ann@corp.test', 'cid@corp.test') };
    expect(describeDifferences(envelope, { ...header, ...more }).join(' ')).toContain(words);
  });
});

describe('a link', () => {
  it.each([
    ['https://evil.test/a', 'www.bank.test', 'leads to evil.test'],
    ['https://bank.test@evil.test/', 'Pay', 'before the @'],
    ['https://xn--bnk-hoa.test/', 'Pay', 'letters outside ASCII'],
    ['https://192.0.2.7/', 'Pay', 'bare address'],
    ['http://shop.test/', 'Shop', 'not encrypted'],
    ['javascript:alert(1)', 'x', 'not opened from here'],
    ['relative/page', 'x', 'no complete address'],
  ])('%s warns', (href, text, words) => expect(readLinkTarget(href, text).warning).toContain(words));
  it('to where its text says is no news', () => {
    expect(readLinkTarget('https://www.shop.test/a', 'shop.test')).toMatchObject({
      kind: 'web',
      host: 'www.shop.test',
      warning: undefined,
    });
  });
});

describe('the source', () => {
  const map = { headerRanges: [{ start: 0, end: 40 }], leafRanges: [{ start: 60, end: 100 }] };
  const kinds = (text: string, start: number) =>
    colourLine(text, { start, isFirstPiece: true }, map).map(({ kind, text: piece }) => `${kind}:${piece}`);
  it('names fields, folds, encoded words and boundaries, and only where they are', () => {
    expect(kinds('Subject: a =?utf-8?Q?b?= c', 0)).toEqual([
      'name:Subject:',
      'plain: a ',
      'encoded:=?utf-8?Q?b?=',
      'plain: c',
    ]);
    expect(kinds('\tfolded', 20)).toEqual(['folded:\tfolded']);
    expect(kinds('--b', 50)).toEqual(['boundary:--b']);
    expect(kinds('--no', 70)).toEqual(['plain:--no']);
  });
  it('marks what was found over its colours', () => {
    const tokens = colourLine('Subject: abc', { start: 0, isFirstPiece: true }, map);
    expect(markFound(tokens, [{ start: 6, end: 10, isCurrent: true }])).toEqual([
      { text: 'Subjec', kind: 'name' },
      { text: 't:', kind: 'current' },
      { text: ' a', kind: 'current' },
      { text: 'bc', kind: 'plain' },
    ]);
  });
  it('an opened line has further rows, and the lines behind it move', () => {
    const pieces = cutPieces(new Uint8Array(4500).fill(97), 2000);
    const rows = mapRows(3, [{ line: 1, pieces }]);
    expect(rows.rowCount).toBe(6);
    expect([0, 1, 2, 4, 5].map((row) => rows.placeOf(row))).toEqual([
      { line: 0, piece: 0 },
      { line: 1, piece: 0 },
      { line: 1, piece: 1 },
      { line: 1, piece: 3 },
      { line: 2, piece: 0 },
    ]);
    expect(rows.rowOf(1, 4100)).toBe(3);
    expect(rows.rowOf(2, 6500)).toBe(5);
  });
  it('is searched without case, also across the steps', async () => {
    const bytes = new Uint8Array(9 * 1024 * 1024).fill(120);
    bytes.set(new TextEncoder().encode('NeeDle'), 4 * 1024 * 1024 - 3);
    const found = await findInSource(bytes, 'needle', async () => undefined);
    expect(found).toEqual({ offsets: [4 * 1024 * 1024 - 3], lengthBytes: 6, isCut: false });
  });
});

it('no two saved files have one name', () => {
  expect(distinctNames(['a.pdf', 'A.pdf', 'a.pdf', 'b'])).toEqual(['a.pdf', 'A (2).pdf', 'a (3).pdf', 'b']);
});
