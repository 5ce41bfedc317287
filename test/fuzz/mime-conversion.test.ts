/**
 * Conversion of 8-bit and binary content against well-formed messages, which two readers must find unchanged, and
 * against whatever else a message can hold; each property stops by itself.
 */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import type { ContentSource } from '../../src-main/engine/core/content';
import { convertContent, createEditTransform } from '../../src-main/engine/delivery/mime-conversion';
import { type ConversionGoal, createConversionPlanner } from '../../src-main/engine/delivery/mime-plan';
import { missingReason } from '../support/packages';

const limits = { interruptAfterTimeLimit: 8000, markInterruptAsFailure: false, numRuns: 20_000 };
const goals: readonly ConversionGoal[] = ['ascii', 'lines'];

const contentOf = (bytes: Buffer): ContentSource => ({
  sizeBytes: bytes.length,
  read: () => Promise.resolve(bytes),
  async *stream() {
    yield bytes;
  },
});

interface Part {
  readonly header: string;
  /** One character a byte. */
  readonly body: string;
}

const textOf = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\r\n',
        '\r\n',
        ' ',
        '\t',
        '.',
        '--',
        '-',
        '=',
        '=3D',
        'From ',
        'word',
        '--b0',
        '\xfc',
        '\xc3\xbc',
      ),
      fc.string({ unit: fc.constantFrom('a', ' ', '\xff', '-'), minLength: 60, maxLength: 1_500 }),
    ),
    { maxLength: 12 },
  )
  // A bare CR or LF is no line's end; text holds none.
  .map((pieces) => pieces.join(''));
const binaryOf = fc
  .uint8Array({ maxLength: 300 })
  .map((bytes) => Buffer.from(bytes).toString('latin1'))
  .filter((body) => !/(?:^|\n)--b\d/.test(body));

const leafOf = (binary: fc.Arbitrary<string>): fc.Arbitrary<Part> =>
  fc.oneof(
    fc.record({
      header: fc.constantFrom(
        'Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n',
        'Content-Type: text/html; charset="iso-8859-1"\r\nContent-Transfer-Encoding: binary\r\n',
        'content-type: text/plain;\r\n charset=iso-8859-1\r\nX-More: y\r\n',
      ),
      body: textOf,
    }),
    fc.record({
      header: fc.constantFrom(
        'Content-Type: application/octet-stream; name=a.bin\r\nContent-Disposition: attachment; filename=a.bin\r\nContent-Transfer-Encoding: binary\r\n',
        'Content-Type: image/png\r\nContent-Disposition: attachment; filename=b.png\r\n',
      ),
      body: binary,
    }),
  );

/** Boundaries are told apart by depth: no two that are open at once may be the same. */
const multipartOf = (parts: readonly Part[], depth: number): Part => ({
  header: `Content-Type: multipart/mixed; boundary="b${depth}"\r\nContent-Transfer-Encoding: binary\r\n`,
  body: `${parts.map(({ header, body }) => `--b${depth}\r\n${header}\r\n${body}\r\n`).join('')}--b${depth}--\r\n`,
});
const messageOf = ({ header, body }: Part): Part => ({
  header: 'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: binary\r\n',
  body: `Subject: inside\r\nMIME-Version: 1.0\r\n${header}\r\n${body}`,
});
const partOf = (leaf: fc.Arbitrary<Part>, depth: number): fc.Arbitrary<Part> =>
  depth === 0
    ? leaf
    : fc.oneof(
        { arbitrary: leaf, weight: 3 },
        {
          arbitrary: fc
            .array(partOf(leaf, depth - 1), { minLength: 1, maxLength: 3 })
            .map((parts) => multipartOf(parts, depth)),
          weight: 2,
        },
        { arbitrary: partOf(leaf, depth - 1).map(messageOf), weight: 1 },
      );
const messagesWith = (binary: fc.Arbitrary<string>): fc.Arbitrary<Buffer> =>
  partOf(leafOf(binary), 3).map(({ header, body }) =>
    Buffer.from(`Subject: hello\r\nFrom: a@b.test\r\nMIME-Version: 1.0\r\n${header}\r\n${body}`, 'latin1'),
  );

async function convert(bytes: Buffer, goal: ConversionGoal): Promise<Buffer | undefined> {
  const conversion = await convertContent(contentOf(bytes), goal);
  if ('fault' in conversion) return undefined;
  const converted = Buffer.from(await conversion.content.read());
  expect(converted.length).toBe(conversion.content.sizeBytes);
  return converted;
}

function expectSendable(bytes: Buffer, goal: ConversionGoal): void {
  const text = bytes.toString('latin1');
  if (goal === 'ascii') expect(text).not.toMatch(/[\u0080-\u00ff]/);
  expect(text).not.toMatch(/\0|\r(?!\n)|(?<!\r)\n/);
  for (const line of text.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
}

describe('a well-formed message', () => {
  /** postal-mime reads line ends anew where a body is not encoded, and counts one that belongs to the boundary. */
  const withoutLineEnds = binaryOf.map((body) => body.replace(/[\r\n]/g, ''));
  /** What a reader finds, whatever encodings it was sent in. */
  const parse = async (bytes: Buffer) => {
    const { text, html, attachments } = await PostalMime.parse(bytes, { rfc822Attachments: false });
    const trim = (value: string | undefined): string | undefined => value?.replace(/\s+$/gm, '');
    return {
      text: trim(text),
      html: trim(html),
      attachments: attachments.map(({ content, ...rest }) => ({
        ...rest,
        content: Buffer.from(content as ArrayBuffer)
          .toString('hex')
          .replace(/0a$/, ''),
      })),
    };
  };

  it('is the same to postal-mime, and can be sent', async () => {
    await fc.assert(
      fc.asyncProperty(messagesWith(withoutLineEnds), fc.constantFrom(...goals), async (before, goal) => {
        const after = await convert(before, goal);
        if (!after) throw new Error('not converted');
        expectSendable(after, goal);
        expect(await parse(after)).toEqual(await parse(before));
      }),
      { ...limits, numRuns: 1_500 },
    );
  });

  const reason = missingReason('python3');
  it.skipIf(reason)(
    `is byte for byte the same to Python's email package${reason ? ` [${reason}]` : ''}`,
    async () => {
      const script = `
import base64, email, json, sys
def leaves(text):
    found = []
    for part in email.message_from_bytes(base64.b64decode(text)).walk():
        kind = part.get_content_type()
        if part.is_multipart(): found.append([kind])
        else: found.append([kind, part.get_content_charset(), part.get_filename(), base64.b64encode(part.get_payload(decode=True)).decode()])
    return found
for line in sys.stdin:
    before, after = json.loads(line)
    a, b = leaves(before), leaves(after)
    print('same' if a == b else json.dumps([a, b])[:500])
`;
      const samples = fc.sample(messagesWith(binaryOf), 300);
      const pairs: string[] = [];
      for (const [at, before] of samples.entries()) {
        const after = await convert(before, goals[at % 2] as ConversionGoal);
        if (!after) throw new Error('not converted');
        pairs.push(JSON.stringify([before.toString('base64'), after.toString('base64')]));
      }
      const run = spawnSync('python3', ['-c', script], { input: pairs.join('\n'), maxBuffer: 1e9 });
      expect(run.stderr.toString()).toBe('');
      const said = run.stdout.toString().trim().split('\n');
      expect(said.filter((line) => line !== 'same')).toEqual([]);
      expect(said).toHaveLength(samples.length);
    },
  );
});

describe('whatever comes', () => {
  const piece = fc.oneof(
    fc.constantFrom('\r\n', '\r\n\r\n', '\n', '\r', ' ', '\t', '\0', '\xff', '\xc3\xbc', '=', '--', '-'),
    fc.constantFrom(
      '--b\r\n',
      '--b--\r\n',
      '--c\r\n',
      '--c--\r\n',
      '--b \r\n',
      '\r\n--b',
      '--b\n',
      'x'.repeat(1_000),
    ),
    fc.constantFrom(
      'Content-Type: multipart/mixed; boundary=b\r\n',
      'Content-Type: multipart/mixed; boundary="c"\r\n\r\n--c\r\n',
      'Content-Type: multipart/signed; boundary=c\r\n',
      'Content-Type: multipart/digest; boundary=b;\r\n',
      'Content-Type: message/rfc822\r\n',
      'Content-Type: message/partial\r\n',
      'Content-Type: text/plain; charset=utf-8\r\n',
      'Content-Type: image/png\r\n',
      'Content-Type:',
      'MIME-Version: 1.0\r\n',
      'DKIM-Signature: x\r\n',
    ),
    fc.constantFrom(
      'Content-Transfer-Encoding: 8bit\r\n',
      'Content-Transfer-Encoding: binary\r\n',
      'Content-Transfer-Encoding: base64\r\n',
      'Content-Transfer-Encoding: quoted-printable\r\n',
      'Content-Transfer-Encoding: x\r\n',
    ),
    fc.string({ maxLength: 20 }),
  );
  const anything = fc.array(piece, { maxLength: 25 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'));

  it('is converted into what can be sent and needs no more of it, or not at all', async () => {
    await fc.assert(
      fc.asyncProperty(anything, fc.constantFrom(...goals), async (before, goal) => {
        const after = await convert(before, goal);
        if (!after) return;
        expectSendable(after, goal);
        expect((await convert(after, goal))?.toString('latin1')).toBe(after.toString('latin1'));
      }),
      limits,
    );
  });

  it('is the same however it is cut', () => {
    fc.assert(
      fc.property(
        anything,
        fc.array(fc.nat(60), { maxLength: 10 }),
        fc.constantFrom(...goals),
        (bytes, cuts, goal) => {
          const pieces: Buffer[] = [];
          let at = 0;
          for (const cut of cuts) {
            pieces.push(bytes.subarray(at, at + cut));
            at += cut;
          }
          pieces.push(bytes.subarray(at));
          const run = (chunks: readonly Buffer[]): string => {
            const planner = createConversionPlanner(goal);
            for (const chunk of chunks) planner.push(chunk);
            const plan = planner.end();
            if ('fault' in plan) return plan.fault;
            const transform = createEditTransform(plan.edits);
            const out = chunks.flatMap((chunk) => [...transform.push(chunk)]);
            return JSON.stringify(plan) + Buffer.concat([...out, ...transform.end()]).toString('latin1');
          };
          expect(run(pieces)).toBe(run([bytes]));
          expect(run([...bytes].map((byte) => Buffer.of(byte)))).toBe(run([bytes]));
        },
      ),
      limits,
    );
  });
});
