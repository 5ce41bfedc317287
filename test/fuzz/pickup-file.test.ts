/** The Pickup parser against whatever a file can hold; each property stops by itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEnvelopeAddress } from '../../src-main/engine/core/address';
import { parseAddressList } from '../../src-main/engine/mailroot/address-list';
import { decodeHeaderText } from '../../src-main/engine/mailroot/header-text';
import { longestHeaderBytes, parsePickupHeader } from '../../src-main/engine/mailroot/pickup-file';
import { collectHeader, readPickupText } from '../../src-main/engine/mailroot/pickup-text';

const limits = { interruptAfterTimeLimit: 8000, markInterruptAsFailure: false, numRuns: 20_000 };

/** Pieces that mean something to the parser, and noise. */
const piece = fc.oneof(
  fc.constantFrom(
    'X-Sender:',
    'x-receiver:',
    'From:',
    'To:',
    'Cc:',
    'Bcc:',
    'Sender:',
    '\r\n',
    '\n',
    '\r',
    ' ',
    '\t',
  ),
  fc.constantFrom(
    '<',
    '>',
    '"',
    '\\',
    '(',
    ')',
    ',',
    ';',
    ':',
    '@',
    '[',
    ']',
    '.',
    '..',
    '\r\n.',
    '=?utf-8?Q?',
  ),
  fc.constantFrom('bob@example.com', 'eve', 'NOTIFY=NEVER', '\u00e9', '\u0000', '\u00ff\u00fe'),
  fc.string({
    maxLength: 20,
    unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  }),
);
const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));

describe('hostile Pickup files', () => {
  it('give an envelope that can be used, or a fault with a sentence', () => {
    fc.assert(
      fc.property(text, (header) => {
        const result = parsePickupHeader(header, { defaultDomain: 'default.test' });
        if (result.kind === 'fault') {
          expect(result.reason).toMatch(/^[\x20-\x7e]+$/);
          return;
        }
        expect(result.recipients.length).toBeGreaterThan(0);
        for (const { address } of result.recipients) expect(isEnvelopeAddress(address)).toBe(true);
        expect(result.sender === '' || isEnvelopeAddress(result.sender)).toBe(true);
        expect(result.envelopeBytes).toBeLessThanOrEqual(header.length);
      }),
      limits,
    );
  });

  it('find again what was written as a proper list', () => {
    const local = fc.stringMatching(/^[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}$/);
    const address = fc
      .tuple(local, fc.constantFrom('a.test', 'b.example', '[192.0.2.1]'))
      .map(([l, d]) => `${l}@${d}`);
    const name = fc.stringMatching(/^[ -~]{0,20}$/).map((raw) => `"${raw.replace(/(["\\])/g, '\\$1')}"`);
    const entry = fc
      .tuple(address, name, fc.boolean())
      .map(([a, n, isNamed]) => ({ a, shown: isNamed ? `${n} <${a}>` : a }));
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 10 }),
        fc.constantFrom(',', ', ', ' ,\t', '; '),
        (entries, comma) => {
          const list = parseAddressList(entries.map(({ shown }) => shown).join(comma), 100);
          expect(list).toEqual({ addresses: entries.map(({ a }) => a), isMalformed: false });
        },
      ),
      limits,
    );
  });

  it('come out the same however they are cut into pieces', async () => {
    const read = async (content: string, size: number): Promise<string> => {
      const bytes = Buffer.from(content, 'latin1');
      const chunks = (async function* () {
        for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
      })();
      const source = readPickupText(chunks, { isDotStuffed: true });
      const { header, rest, end } = await collectHeader(source, longestHeaderBytes);
      const out = [Buffer.from(`${end}|`), header, Buffer.from('|'), rest];
      for await (const chunk of source) out.push(chunk);
      return Buffer.concat(out).toString('latin1');
    };
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (content, size) => {
        // A byte order mark is looked for in the first piece, which real reads fill.
        fc.pre(!content.startsWith('\u00ef'));
        expect(await read(content, size)).toBe(await read(content, 100_000));
      }),
      { ...limits, numRuns: 3000 },
    );
  });

  it('take time in proportion to their length', () => {
    // Quadratic work on these would outlast the test's own deadline by far.
    for (const unit of [
      '(',
      '"',
      '<',
      '\\',
      ' ',
      ',',
      ';',
      ':',
      '@',
      '.',
      '[',
      'a ',
      '=?',
      '<@a:',
      '"a" ',
      '()',
      ' \r\n',
    ]) {
      const endless = unit.repeat(Math.floor(longestHeaderBytes / unit.length));
      for (const name of ['To: ', 'X-Receiver: ', 'From: ', ''])
        parsePickupHeader(`${name}${endless}`, { defaultDomain: 'd.test' });
      decodeHeaderText(endless);
    }
  });
});
