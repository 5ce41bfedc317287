/** Content in chunks, over a real connection: how it is cut means nothing. Each property stops by itself. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ListenerUnderTest, type RawClient, startListener } from '../protocol/listener-under-test';

const limits = { numRuns: 5000 };
const longestMs = 4000;

let server: ListenerUnderTest;
/** Runs behind it do nothing. Not fast-check's own limit: it leaves a run half done, and the next test meets it. */
let endAt = 0;
beforeEach(async () => {
  server = await startListener();
  endAt = Date.now() + longestMs;
});
afterEach(() => server.close());

const content = fc
  .array(
    fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      '.',
      '\r\n.\r\n',
      'QUIT\r\n',
      'BDAT 5 LAST\r\n',
      '\0',
      '\xff',
      'text',
    ),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(''));
const cuts = fc.array(fc.nat(12), { maxLength: 12 });

/** The text in pieces of these lengths, the rest as the last one. */
function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  let at = 0;
  for (const length of lengths) {
    pieces.push(text.slice(at, at + length));
    at = Math.min(text.length, at + length);
  }
  return [...pieces, text.slice(at)];
}

async function open(body: string): Promise<RawClient> {
  const client = await server.connect();
  await client.reply();
  await client.say('EHLO a.test');
  await client.say(`MAIL FROM:<a@x.test> BODY=${body}`);
  await client.say('RCPT TO:<b@local.test>');
  return client;
}

/** In pieces that the server sees one by one, as far as the system lets it. */
async function trickle(client: RawClient, bytes: string, lengths: readonly number[]): Promise<void> {
  for (const piece of cut(bytes, lengths)) {
    client.send(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const normalised = (text: string): string => text.replace(/\r\n|\r|\n/g, '\r\n');

describe('a message in chunks', () => {
  it.each([
    ['BINARYMIME', 'normalise', (text: string) => text],
    ['BINARYMIME', 'reject', (text: string) => text],
    ['8BITMIME', 'keep', (text: string) => text],
    ['8BITMIME', 'normalise', normalised],
  ] as const)('arrives as it was sent (%s, %s)', async (body, bareLineEndings, expected) => {
    server.change({ bareLineEndings });
    await fc.assert(
      fc.asyncProperty(content, cuts, cuts, async (text, chunkLengths, packetLengths) => {
        if (Date.now() > endAt) return;
        const chunks = cut(text, chunkLengths);
        const wire = chunks.map((chunk, at) => {
          const last = at === chunks.length - 1 ? ' LAST' : '';
          return `BDAT ${chunk.length}${last}\r\n${chunk}`;
        });
        const client = await open(body);
        const before = server.intake.accepted.length;
        await trickle(client, `${wire.join('')}NOOP\r\n`, packetLengths);
        for (const chunk of chunks.slice(0, -1))
          expect(await client.reply()).toBe(`250 2.0.0 ${chunk.length} octets received`);
        expect(await client.reply()).toMatch(/^250 2\.6\.0/);
        expect(await client.reply()).toBe('250 2.0.0 OK');
        client.destroy();
        expect(server.intake.accepted).toHaveLength(before + 1);
        expect(server.intake.accepted.at(-1)?.content).toBe(expected(text));
      }),
      limits,
    );
  });

  it('is refused for its line ends whatever chunk they are in, and nothing of it is left', async () => {
    server.change({ bareLineEndings: 'reject' });
    await fc.assert(
      fc.asyncProperty(content, cuts, async (text, lengths) => {
        if (Date.now() > endAt) return;
        const isClean = text === normalised(text);
        const client = await open('8BITMIME');
        const chunks = cut(text, lengths);
        const before = server.intake.accepted.length;
        const replies: (string | undefined)[] = [];
        for (const [at, chunk] of chunks.entries()) {
          client.send(`BDAT ${chunk.length}${at === chunks.length - 1 ? ' LAST' : ''}\r\n${chunk}`);
          replies.push((await client.reply())?.slice(0, 9));
        }
        expect(await client.say('NOOP')).toBe('250 2.0.0 OK');
        client.destroy();
        expect(server.intake.accepted.length - before).toBe(isClean ? 1 : 0);
        expect(replies.filter((reply) => reply === '550 5.6.1').length).toBe(isClean ? 0 : 1);
      }),
      limits,
    );
    expect(server.intake.openCount()).toBe(0);
  });
});
