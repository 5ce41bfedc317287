/** Masquerading against whatever a message can hold; each property stops by itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContentSource } from '../../src-main/engine/core/content';
import { findHeaderEnd } from '../../src-main/engine/delivery/header-edit';
import { type Masquerade, masqueradeFrom, masqueradeHeader } from '../../src-main/engine/delivery/masquerade';
import { masqueradeContent } from '../../src-main/engine/delivery/masqueraded-content';

const limits = { interruptAfterTimeLimit: 8000, markInterruptAsFailure: false, numRuns: 20_000 };
const masquerade: Masquerade = { domain: 'public.example', localDomains: new Set(['corp.test']) };

const piece = fc.oneof(
  fc.constantFrom('From:', 'from : ', 'To:', 'X-From:', '\r\n', '\r\n ', '\n', '\r', ' ', '\t', '\r\n\r\n'),
  fc.constantFrom('ann@corp.test', '<ann@corp.test>', '@corp.test', 'corp.test', 'root', 'x@far.test'),
  fc.constantFrom('<', '>', '"', '\\', '(', ')', ',', ';', ':', '@', '[', ']', '=?utf-8?Q?a?='),
  fc.string({ maxLength: 5, unit: 'binary' }),
);
const message = fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'));

/** In pieces of the given lengths, the rest in one. */
const sourceOf = (bytes: Buffer, lengths: readonly number[], sizeBytes = bytes.length): ContentSource => ({
  sizeBytes,
  read: () => Promise.resolve(bytes),
  async *stream() {
    let at = 0;
    for (const length of [...lengths, bytes.length]) {
      if (at >= bytes.length) return;
      yield bytes.subarray(at, at + length);
      at += length;
    }
  },
});

const collect = async (source: ContentSource): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.stream()) chunks.push(chunk);
  return Buffer.concat(chunks);
};

describe('masquerading', () => {
  it('leaves the body untouched, and every line of the header that is not From', () => {
    fc.assert(
      fc.property(message, (bytes) => {
        const end = findHeaderEnd(bytes);
        const header = end < 0 ? bytes : bytes.subarray(0, end);
        const body = bytes.subarray(header.length);
        const result = Buffer.concat([masqueradeHeader(Buffer.from(header), masquerade), body]);
        expect(result.subarray(result.length - body.length).equals(body)).toBe(true);
        const others = (block: Buffer): string =>
          block.toString('latin1').replace(/(^|\n)from[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*/gi, '$1from');
        expect(others(result)).toBe(others(bytes));
      }),
      limits,
    );
  });

  it('a value changes only by its domains: taken out of both, the rest is the same', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const value = pieces.join('');
        const result = masqueradeFrom(value, masquerade);
        const bare = (text: string): string => text.replace(/@?(?:corp\.test|public\.example)/gi, '');
        expect(bare(result)).toBe(bare(value));
        expect(masqueradeFrom(result, masquerade)).toBe(result);
      }),
      limits,
    );
  });

  it('a stream gives what a whole message gives, with its right size, however it is cut', async () => {
    const large = 2 * 1024 * 1024;
    await fc.assert(
      fc.asyncProperty(
        message,
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 }),
        async (bytes, lengths) => {
          const whole = await masqueradeContent(sourceOf(bytes, []), masquerade);
          const expected = Buffer.from(await whole.read());
          expect(whole.sizeBytes).toBe(expected.length);
          // Says that it is large, so that only its header is collected.
          const streamed = await masqueradeContent(sourceOf(bytes, lengths, large), masquerade);
          const got = await collect(streamed);
          if (findHeaderEnd(bytes) >= 0) expect(got.equals(expected)).toBe(true);
          expect(streamed.sizeBytes - large).toBe(got.length - bytes.length);
        },
      ),
      { ...limits, numRuns: 3_000 },
    );
  });

  it('takes no time that grows faster than the value', () => {
    for (const text of ['(', '"\\', '<', '@', 'a,', '[', 'a@', ' \r\n '])
      expect(typeof masqueradeFrom(text.repeat(100_000), masquerade)).toBe('string');
  });
});
