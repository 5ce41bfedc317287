import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatArrivalTime,
  formatDate,
  type StampFacts,
  stampHeader,
} from '../../../../src-main/engine/queue/header-stamp';
import { fakeStart } from '../../../support/fake-clock';
import { bytes, someId, text } from './fixture';

const facts: StampFacts = {
  queueId: someId,
  fqdn: 'relay.corp.test',
  productVersion: '0.1.0',
  at: fakeStart + 171,
  offsetMinutes: 60,
};
const arrival = 'X-OriginalArrivalTime: 26 Mar 2026 19:18:06.0171 (UTC) FILETIME=[463042B0:01DCBD55]\r\n';
const id = `Message-ID: <${someId}@relay.corp.test>\r\n`;
const date = 'Date: Thu, 26 Mar 2026 20:18:06 +0100\r\n';

const stamped = (block: string, change: Partial<StampFacts> = {}): string =>
  stampHeader(bytes(block), { ...facts, ...change })
    .pieces.map(text)
    .join('');

describe('header stamp', () => {
  it('puts a Received line for SMTP on top', () => {
    expect(
      stamped('Message-ID: <1@x>\r\nDate: d\r\n\r\n', {
        receivedFrom: 'from printer ([192.0.2.7])',
        protocol: 'ESMTP',
      }),
    ).toBe(
      `Received: from printer ([192.0.2.7]) by relay.corp.test with Mailroot ESMTP (0.1.0) id ${someId};\r\n` +
        `\tThu, 26 Mar 2026 20:18:06 +0100\r\n${arrival}Message-ID: <1@x>\r\nDate: d\r\n\r\n`,
    );
  });

  it('puts a Received line for Pickup on top', () => {
    expect(
      stamped('Message-ID: <1@x>\r\nDate: d\r\n\r\n', { receivedFrom: 'from mail pickup service' }),
    ).toBe(
      'Received: from mail pickup service by relay.corp.test with Mailroot;\r\n' +
        `\tThu, 26 Mar 2026 20:18:06 +0100\r\n${arrival}Message-ID: <1@x>\r\nDate: d\r\n\r\n`,
    );
  });

  it('adds Message-ID and Date only where they are missing', () => {
    expect(stamped('Subject: x\r\n\r\n')).toBe(`${id}${date}${arrival}Subject: x\r\n\r\n`);
    expect(stamped('Date: d\r\n\r\n')).toBe(`${id}${arrival}Date: d\r\n\r\n`);
    expect(stamped('Message-Id: <1@x>\r\n\r\n')).toBe(`${date}${arrival}Message-Id: <1@x>\r\n\r\n`);
  });

  it('names the default sender where nobody is named, in place of empty fields', () => {
    const identity = { sender: '', defaultSender: 'app@corp.test', isOwnNotification: false };
    const block = 'Message-ID: <1@x>\r\nFrom:\r\n \r\nBcc: b@x\r\nDate: d\r\nFROM :\r\n\r\n';
    expect(stamped(block, { identity, isBccStripped: true })).toBe(
      `From: <app@corp.test>\r\n${arrival}Message-ID: <1@x>\r\nDate: d\r\n\r\n`,
    );
    expect(stampHeader(bytes(block), { ...facts, identity }).sender).toBe('app@corp.test');
    expect(stamped('hello\r\n', { identity })).toContain('From: <app@corp.test>\r\n');
  });

  const bodies: [claim: string, block: string, expected: string][] = [
    [
      'a message that is all body gets a header and its blank line',
      'Hello\r\n',
      `${id}${date}${arrival}\r\nHello\r\n`,
    ],
    ['an empty message gets a header and its blank line', '', `${id}${date}${arrival}\r\n`],
    ['an empty header keeps its own blank line', '\r\nHello\r\n', `${id}${date}${arrival}\r\nHello\r\n`],
    [
      'a body with bytes above 127 is not touched',
      '\u00e4\u0000\u00ff',
      `${id}${date}${arrival}\r\n\u00e4\u0000\u00ff`,
    ],
  ];
  it.each(bodies)('%s', (_claim, block, expected) => {
    expect(stamped(block)).toBe(expected);
  });

  it('strips Bcc with its folded lines when asked, and only then', () => {
    const block = 'Date: d\r\nMessage-ID: <1@x>\r\nBCC: a@x,\r\n b@x\r\nTo: c@x\r\nBcc: d@x\r\n\r\n';
    expect(stamped(block, { isBccStripped: true })).toBe(
      `${arrival}Date: d\r\nMessage-ID: <1@x>\r\nTo: c@x\r\n\r\n`,
    );
    expect(stamped(block)).toBe(arrival + block);
  });

  it('strips Bcc where it is all there is', () => {
    expect(stamped('Bcc: a@x\r\n\r\n', { isBccStripped: true })).toBe(`${id}${date}${arrival}\r\n`);
  });

  it('does not copy the block', () => {
    const block = bytes('Date: d\r\nMessage-ID: <1@x>\r\n\r\n');
    expect(stampHeader(block, facts).pieces[1]).toBe(block);
  });

  it('passes any bytes on as they are', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'Received: x',
        'Bcc: a@x',
        ' folded',
        'Subject: y',
        '',
        'no field',
        'Date: d',
        '\u0000',
        ':',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    const message = fc
      .array(fc.tuple(line, fc.constantFrom('\r\n', '\n', '\r', '')), { maxLength: 20 })
      .map((lines) => lines.flat().join(''));
    fc.assert(
      fc.property(message, (block) => {
        const all = Buffer.from(block);
        const { pieces } = stampHeader(all, facts);
        expect(
          Buffer.concat(pieces)
            .subarray(-all.length || Number.MAX_SAFE_INTEGER)
            .equals(all),
        ).toBe(true);
        // What is added is a header of its own: it ends with a line end, and has no blank line before that.
        const added = text(pieces[0] as Uint8Array);
        expect(added.endsWith('\r\n')).toBe(true);
        expect(added.slice(0, -2)).not.toMatch(/\r\n\r\n/);
      }),
      { numRuns: 500 },
    );
  });

  it('lets no HELO name end the line, leave ASCII or make it too long', () => {
    const hostile = `from a\r\nBcc: x@y\u0000\u00e4${'z'.repeat(2000)}`;
    const first =
      stamped('Date: d\r\n\r\n', { receivedFrom: hostile, protocol: 'SMTP' }).split('\r\n')[0] ?? '';
    expect(first).toMatch(/^Received: from a\?\?Bcc: x@y\?\?z+ by relay\.corp\.test with Mailroot SMTP /);
    expect(first.length).toBeLessThan(998);
  });

  it('answers hop count, Message-ID and subject', () => {
    const found = stampHeader(
      bytes('Received: 1\r\nReceived: 2\r\nSubject: Hi\r\nMessage-ID: <7@x>\r\n\r\n'),
      facts,
    );
    expect(found).toMatchObject({ hopCount: 2, subject: 'Hi', messageId: '<7@x>' });
    expect(stampHeader(bytes(''), facts).messageId).toBe(`<${someId}@relay.corp.test>`);
  });
});

describe('dates', () => {
  it.each([
    [0, 'Thu, 26 Mar 2026 19:18:06 +0000'],
    [-330, 'Thu, 26 Mar 2026 13:48:06 -0530'],
    [840, 'Fri, 27 Mar 2026 09:18:06 +1400'],
  ])('are written with a zone of %i minutes', (offsetMinutes, expected) => {
    expect(formatDate(fakeStart, offsetMinutes)).toBe(expected);
  });

  it('counts FILETIME from 1601', () => {
    expect(formatArrivalTime(0)).toBe('01 Jan 1970 00:00:00.0000 (UTC) FILETIME=[D53E8000:019DB1DE]');
  });
});
