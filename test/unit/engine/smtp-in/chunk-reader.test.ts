import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChunk } from '../../../../src-main/engine/smtp-in/bdat-command';
import { createChunkReader } from '../../../../src-main/engine/smtp-in/chunk-reader';

describe('chunk reader', () => {
  it('takes exactly the announced octets, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.nat(60),
        fc.array(fc.integer({ min: 1, max: 9 })),
        (bytes, wanted, cuts) => {
          const sizeBytes = Math.min(wanted, bytes.length);
          const reader = createChunkReader(sizeBytes);
          const got: Buffer[] = [];
          let at = 0;
          for (let turn = 0; ; turn++) {
            const chunk = Buffer.from(bytes.subarray(at, at + (cuts[turn] ?? bytes.length)));
            const { content, endAt } = reader.push(chunk);
            got.push(content);
            if (endAt >= 0) {
              expect(at + endAt).toBe(sizeBytes);
              break;
            }
            at += chunk.length;
          }
          expect(Buffer.concat(got)).toEqual(Buffer.from(bytes.subarray(0, sizeBytes)));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('the argument of BDAT', () => {
  it.each([
    ['0', { sizeBytes: 0, isLast: false, isMalformed: false }],
    ['86 LAST', { sizeBytes: 86, isLast: true, isMalformed: false }],
    ['007\tlast', { sizeBytes: 7, isLast: true, isMalformed: false }],
    ['5 FIRST', { sizeBytes: 5, isLast: false, isMalformed: true }],
    ['5 LAST LAST', { sizeBytes: 5, isLast: false, isMalformed: true }],
    // Nobody knows where the next command begins.
    ['', undefined],
    ['LAST', undefined],
    ['-1', undefined],
    ['+1', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['9007199254740993', undefined],
    ['1'.repeat(400), undefined],
  ])('"%s"', (argument, chunk) => {
    expect(parseChunk(argument)).toEqual(chunk);
  });
});
