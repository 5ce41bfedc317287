/**
 * What is done to the header of an outgoing message, against whatever a header can hold: "Send as", and DKIM signatures,
 * which mailauth has to find right. Each property stops by itself.
 */
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src-main/engine/core/clock';
import type { ContentSource } from '../../src-main/engine/core/content';
import { createLineEndingNormaliser } from '../../src-main/engine/core/line-endings';
import { createSigner } from '../../src-main/engine/delivery/dkim-signer';
import { findHeaderEnd } from '../../src-main/engine/delivery/header-edit';
import { sendContentAs, sendHeaderAs } from '../../src-main/engine/delivery/send-as';
import { makeDkimKey, recordsOf } from '../support/dkim-keys';
import { verifyWithMailauth } from '../support/dkim-verifiers';
import { createServerSettings } from '../support/settings';

const limits = { interruptAfterTimeLimit: 2000, markInterruptAsFailure: false, numRuns: 20_000 };
const mailbox = 'reports@public.example';

/** Without line ends (bare ones are made whole when mail comes in), and without what mailauth takes for white space beside blank and tab, which RFC 6376 does not. */
const octet = fc
  .nat(255)
  .filter((code) => ![10, 11, 12, 13, 0xa0].includes(code))
  .map((code) => String.fromCharCode(code));
const value = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'ann@corp.test',
        '<ann@corp.test>',
        'Ann',
        '"Ann, B."',
        '=?utf-8?B?w7w=?=',
        ',',
        ';',
        ':',
        'x@far.test',
        '<>',
        '<',
        '>',
        '"',
        '\\',
        '(',
        ')',
        '@',
        '[',
        ']',
      ),
      fc.constantFrom(
        ' ',
        '\t',
        '\r\n ',
        '\r\n\t',
        '\n ',
        '\0',
        '\xfc',
        '\xc3\xbc',
        'mailto:reports@public.example',
        mailbox,
        `<${mailbox}>`,
      ),
      fc.array(octet, { maxLength: 6 }).map((parts) => parts.join('')),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const name = fc.constantFrom(
  'From',
  'from',
  'FROM ',
  'Sender',
  'Reply-To',
  'To',
  'Cc',
  'Subject',
  'Date',
  'Message-ID',
  'Content-Type',
  'MIME-Version',
  'List-Id',
  'Received',
  'X',
  'DKIM-Signature',
  'Resent-From',
  'References',
);
const field = fc
  .tuple(name, fc.constantFrom(':', ': ', ' : ', ':\r\n '), value)
  .map((parts) => `${parts.join('')}\r\n`);
const line = fc.oneof(
  { weight: 8, arbitrary: field },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'no field\r\n',
      ' folded\r\n',
      ':\r\n',
      'A B: x\r\n',
      '\t\r\n',
      'X:\n',
      'X: a',
    ),
  },
);
const body = fc
  .array(fc.constantFrom('\r\n', '\n', '\r', ' ', '\t', 'a', '.', '\xfc', 'From: x', '\0'), { maxLength: 12 })
  .map((parts) => parts.join(''));
const message = fc
  .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('\r\n', '\r\n', '\n', ''), body)
  .map(([lines, blank, rest]) => Buffer.from(`${lines.join('')}${blank}${rest}`, 'latin1'));
const withAuthor = fc
  .tuple(
    fc.constantFrom(
      'From: ann@corp.test\r\n',
      'From: "A, B" <ann@corp.test>\r\n',
      'from :\r\n Ann\r\n\t<ann@CORP.test>\r\n',
      'From: a@corp.test, b@corp.test\r\n',
    ),
    fc.array(
      field.filter((text) => !/^from/i.test(text)),
      { maxLength: 8 },
    ),
    fc.nat(8),
    body,
  )
  .map(([from, fields, at, rest]) => {
    const lines = fields.toSpliced(at, 0, from);
    return Buffer.from(`${lines.join('')}\r\n${rest}`, 'latin1');
  });

const sourceOf = (bytes: Buffer): ContentSource => ({
  sizeBytes: bytes.length,
  read: () => Promise.resolve(bytes),
  async *stream() {
    yield bytes;
  },
});

describe('"Send as"', () => {
  /** The header with its blank line, or all of it. */
  const split = (bytes: Buffer): [header: string, rest: string] => {
    const end = findHeaderEnd(bytes);
    const at = end < 0 ? bytes.length : end;
    return [bytes.toString('latin1', 0, at), bytes.toString('latin1', at)];
  };

  it('leaves one From with its address, no Sender, and every other byte as it was', () => {
    fc.assert(
      fc.property(message, (bytes) => {
        const [header, rest] = split(bytes);
        const edited = sendHeaderAs(Buffer.from(header, 'latin1'), mailbox).toString('latin1');
        const whole = Buffer.from(edited + rest, 'latin1');
        expect(whole.subarray(whole.length - rest.length).toString('latin1')).toBe(rest);
        // Twice is as good as once.
        expect(sendHeaderAs(Buffer.from(edited, 'latin1'), mailbox).toString('latin1')).toBe(edited);
        const others = (block: string): string =>
          block.replace(/(?<![^\n])(?:from|sender|reply-to)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|$)/gi, '');
        // Behind a line that is no field nothing is a header any more.
        if (/^(?:[!-9;-~]+[ \t]*:[^\n]*\r\n(?:[ \t][^\n]*\r\n)*)*(?:\r\n)?$/.test(header)) {
          expect(others(edited)).toBe(others(header));
          expect(edited.match(/(?<![^\n])from[ \t]*:/gi)).toHaveLength(1);
          expect(edited).not.toMatch(/(?<![^\n])sender[ \t]*:/i);
          expect(edited).toContain(mailbox);
        }
      }),
      limits,
    );
  });

  it('is what a reader finds: the address, and whom an answer reaches', async () => {
    await fc.assert(
      fc.asyncProperty(withAuthor, async (bytes) => {
        const changed = await sendContentAs(sourceOf(bytes), mailbox);
        const after = Buffer.from(await changed.read());
        expect(after.length).toBe(changed.sizeBytes);
        const parsed = await PostalMime.parse(after);
        expect(parsed.from?.address).toBe(mailbox);
        expect(parsed.sender).toBeUndefined();
        const before = await PostalMime.parse(bytes);
        // What an answer would reach stays; where that is nobody, the author takes its place.
        const reached = (from: typeof before.replyTo): string =>
          JSON.stringify(from?.map(({ address }) => address));
        if (!/^reply-to[^\n]*(?:\n[ \t][^\n]*)*@/im.test(bytes.toString('latin1')))
          expect(parsed.replyTo?.[0]?.address?.toLowerCase()).toMatch(/@corp\.test$/);
        else expect(reached(parsed.replyTo)).toBe(reached(before.replyTo));
      }),
      limits,
    );
  });
});

describe('a signature', () => {
  const key = makeDkimKey('corp.test', 'one', 'ed25519');
  const records = recordsOf(key);
  const settings = createServerSettings({ dkimKeys: [key.setting] });
  const sign = createSigner({
    settings: () => settings,
    unseal: (text) => text,
    clock: systemClock,
    serverId: 1,
  });
  const overTheWire = (bytes: Uint8Array): Buffer => {
    const normaliser = createLineEndingNormaliser();
    const text = Buffer.concat([normaliser.push(bytes), normaliser.end()]).toString('latin1');
    const ended = text.endsWith('\r\n') ? text : `${text}\r\n`;
    return Buffer.from(ended.includes('\r\n\r\n') ? ended : `${ended}\r\n`, 'latin1');
  };

  it('is found right by mailauth, and by its field alone is the message longer', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 4, arbitrary: withAuthor }, { weight: 1, arbitrary: message }),
        async (bytes) => {
          const signed = await sign(sourceOf(bytes));
          const after = Buffer.from(await signed.read());
          expect(after.length).toBe(signed.sizeBytes);
          expect(after.subarray(after.length - bytes.length).equals(bytes)).toBe(true);
          if (after.length === bytes.length) return;
          const ours = after.toString('latin1', 0, after.length - bytes.length);
          expect(ours).toMatch(/^DKIM-Signature: [!-~ \t\r\n]+\r\n$/);
          // Other signatures that stand there are nobody's.
          const [first] = await verifyWithMailauth(overTheWire(after), records);
          expect(first).toBe('ed25519-sha256 corp.test pass');
          count++;
        },
      ),
      limits,
    );
    expect(count).toBeGreaterThan(0);
  });
});
