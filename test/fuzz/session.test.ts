/**
 * One session with a client that says anything, in every state, over a real connection. Each test stops by itself.
 * Invariants: one reply to each line, or the end of the connection with its reason; only messages that were ended are
 * accepted, and with what was sent; how the bytes are cut into packets changes no reply.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerSettingsInput } from '../../src-main/settings/schema';
import { type ListenerUnderTest, type RawClient, startListener } from '../protocol/listener-under-test';

const limits = { numRuns: 5000 };
const longestMs = 6000;

let server: ListenerUnderTest;
/** Runs behind it do nothing. Not fast-check's own limit: it leaves a run half done, and the next test meets it. */
let endAt = 0;
let rejections: unknown[] = [];
const onRejection = (reason: unknown): void => void rejections.push(reason);
beforeEach(async () => {
  server = await startListener();
  endAt = Date.now() + longestMs;
  rejections = [];
  process.on('unhandledRejection', onRejection);
});
afterEach(async () => {
  await server.close();
  process.off('unhandledRejection', onRejection);
  expect(rejections).toEqual([]);
  expect(server.intake.openCount()).toBe(0);
  expect(server.events.filter((event) => event.type === 'warning')).toEqual([]);
});

/** A line, or a line with the content that follows it if the server wants that. */
interface Step {
  readonly line: string;
  /** Behind 354, before it is stuffed. */
  readonly content: string;
  /** Octets behind a BDAT. */
  readonly octets?: string;
}

const octet = fc.nat(255).map((code) => String.fromCharCode(code));
const noise = fc.string({ unit: octet, maxLength: 20 }).map((text) => text.replaceAll('\n', ''));
const text = fc
  .array(
    fc.oneof(fc.constantFrom('\r', '\n', '\r\n', '.', '\r\n.\r\n', '\n.\n', 'QUIT\r\n', '\0', 'text'), octet),
    {
      maxLength: 15,
    },
  )
  .map((parts) => parts.join(''));

const line = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('EHLO a.test', 'MAIL FROM:<a@x.test>', 'RCPT TO:<b@local.test>', 'DATA'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'HELO a.test',
      'MAIL FROM:<> BODY=BINARYMIME',
      'MAIL FROM:<\xc3\xbc@x.test> SMTPUTF8 SIZE=10',
      'RCPT TO:<\xc3\xbc@local.test> NOTIFY=NEVER',
      'RCPT TO:<b@far.test>',
      'RSET',
      'NOOP',
      'VRFY b',
      'VRFY \xc3\xbc SMTPUTF8',
      'HELP',
      'AUTH LOGIN',
      'AUTH PLAIN',
      'AUTH CRAM-MD5',
      'ETRN x.test',
      'TURN',
      'STARTTLS',
      'EXPN',
      '',
      'x'.repeat(5000),
    ),
  },
  noise,
  fc
    .tuple(fc.constantFrom('MAIL FROM:', 'RCPT TO:', 'EHLO ', 'VRFY ', 'AUTH ', 'ETRN '), noise)
    .map((parts) => parts.join('')),
);
const command: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ line, content: text }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(text, fc.constantFrom('', ' LAST', ' last', ' WHAT'))
      .map(([octets, last]) => ({ line: `BDAT ${octets.length}${last}`, content: '', octets })),
  },
);
const preamble: Step[] = ['EHLO a.test', 'MAIL FROM:<a@x.test>', 'RCPT TO:<b@local.test>'].map((words) => ({
  line: words,
  content: '',
}));
/** Often begins where content may come next. */
const script = fc
  .tuple(fc.constantFrom([], preamble, preamble), fc.array(command, { maxLength: 15 }))
  .map(([first, rest]) => [...first, ...rest]);

const settings = fc.constantFrom<Partial<ServerSettingsInput>>(
  {},
  { allowsBasic: true, allowsChallengeResponse: true },
  { bareLineEndings: 'reject' },
  { bareLineEndings: 'keep', maxMessageKb: 1 },
  { verbsOff: ['CHUNKING', 'VRFY', 'DSN'] },
);

/** RFC 5321 section 4.5.2. */
const stuffed = (content: string): string =>
  `${content.replace(/(^|\r\n)\./g, '$1..')}${content === '' || content.endsWith('\r\n') ? '' : '\r\n'}.\r\n`;

/** What is stored of it. */
function storedAs(content: string, rule: ServerSettingsInput['bareLineEndings']): string {
  const whole = content === '' || content.endsWith('\r\n') ? content : `${content}\r\n`;
  return rule === 'keep' ? whole : whole.replace(/\r\n|\r|\n/g, '\r\n');
}

/** Replies behind which the connection may end. */
const lastWords = /^(?:221|421|501 5\.5\.4 Chunk|552 5\.3\.4 (?:Chunk|Session))/;

describe('a session', () => {
  it('answers each line once, and goes on or says why not', async () => {
    await fc.assert(
      fc.asyncProperty(script, settings, async (steps, change) => {
        if (Date.now() > endAt) return;
        server.change(change);
        const client = await server.connect();
        const before = server.intake.accepted.length;
        let acceptedCount = 0;
        let last = await client.reply();
        for (const step of steps) {
          last = await ask(client, `${step.line}\r\n${step.octets ?? ''}`);
          if (last.startsWith('354')) {
            last = await ask(client, stuffed(step.content));
            if (last.startsWith('250 2.6.0'))
              expect(server.intake.accepted.at(-1)?.content).toBe(
                storedAs(step.content, change.bareLineEndings),
              );
          }
          while (last.startsWith('334')) last = await ask(client, '*\r\n');
          if (last.startsWith('250 2.6.0')) acceptedCount++;
          if (lastWords.test(last)) break;
        }
        expect(server.intake.accepted.length - before).toBe(acceptedCount);
        if (lastWords.test(last ?? '')) expect(await client.line()).toBeUndefined();
        else expect(await client.say('NOOP')).toBe('250 2.0.0 OK');
        client.destroy();
      }),
      limits,
    );
  });

  it('gives the same replies however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(script, settings, fc.array(fc.nat(40)), async (steps, change, lengths) => {
        if (Date.now() > endAt) return;
        server.change(change);
        const wire = steps.map((step) => `${step.line}\r\n${step.octets ?? ''}`).join('');
        const before = server.intake.accepted.length;
        const whole = await overhear(wire, []);
        const between = server.intake.accepted.length;
        expect(await overhear(wire, lengths)).toBe(whole);
        const contents = server.intake.accepted.map(({ content }) => content);
        expect(contents.slice(between)).toEqual(contents.slice(before, between));
      }),
      limits,
    );
  });
});

async function ask(client: RawClient, bytes: string): Promise<string> {
  client.send(bytes);
  const reply = await client.reply();
  expect(reply).toMatch(/^[2-5]\d\d[ -]/);
  return reply ?? '';
}

/** Everything the server says to these bytes, in packets of these lengths. */
async function overhear(wire: string, lengths: readonly number[]): Promise<string> {
  const client = await server.connect();
  let at = 0;
  for (const length of lengths) {
    if (at >= wire.length) break;
    client.send(wire.slice(at, at + length));
    at += length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.send(wire.slice(at));
  client.end();
  const lines: string[] = [];
  for (;;) {
    const said = await client.line();
    if (said === undefined) break;
    lines.push(said.replace(/<[0-9a-f]{24}@/, '<id@').replace(/ready at.*|^(334 ).{40,}/, '$1'));
  }
  client.destroy();
  return lines.join('\n');
}
