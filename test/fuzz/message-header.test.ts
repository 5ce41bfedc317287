/** The header of a message on its way through the queue and into Drop, whatever it is; each property stops by itself. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAscii, isEnvelopeAddress } from '../../src-main/engine/core/address';
import { wholeReadLimitBytes } from '../../src-main/engine/core/content';
import type { Envelope, EnvelopeDraft } from '../../src-main/engine/core/envelope';
import type { IntakeOptions } from '../../src-main/engine/core/intake';
import { createDrop } from '../../src-main/engine/mailroot/drop';
import { readLeadingLines } from '../../src-main/engine/mailroot/envelope-lines';
import { readHeaderFields } from '../../src-main/engine/mailroot/header-fields';
import { parsePickupHeader } from '../../src-main/engine/mailroot/pickup-file';
import { createIntake } from '../../src-main/engine/queue/accept';
import { createHeaderEndFinder, scanHeader } from '../../src-main/engine/queue/header-scan';
import { stampHeader } from '../../src-main/engine/queue/header-stamp';
import { sizeOfPieces } from '../../src-main/engine/queue/piece-list';
import type { QueueStore } from '../../src-main/engine/queue/store';
import { createFakeClock } from '../support/fake-clock';
import { createServerSettings } from '../support/settings';

const limits = { interruptAfterTimeLimit: 900, markInterruptAsFailure: false, numRuns: 20_000 };
const queueId = '0195d3f0a1b2000012345678';
const clock = createFakeClock();

const piece = fc.oneof(
  fc.constantFrom(
    'Received:',
    'received : x',
    'Date:',
    'DATE\t:',
    'Message-ID: <1@x>',
    'Message-ID:',
    'Subject:',
    'Bcc:',
  ),
  fc.constantFrom(
    'bcc : s@x.test',
    'BCC:a@x.test,',
    'X-Bcc:',
    'To: b@x.test',
    'From: a@x.test',
    'Bcc',
    ':',
    '<1@x>',
  ),
  fc.constantFrom(
    '\r\n',
    '\r\n',
    '\r\n',
    '\r\n',
    '\r\n ',
    '\r\n\t',
    '\n',
    '\r',
    '\r\r\n',
    '\r\n\r\n',
    '\n\n',
    ' ',
    '\t',
    '\0',
  ),
  fc.constantFrom('=?utf-8?Q?a?=', '\xc3\xa4', '\xff', 'x'.repeat(300), 'x'.repeat(1100)),
  fc.string({ maxLength: 5, unit: 'binary-ascii' }),
);
const message = fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'));
const isBccStripped = fc.boolean();
const receivedFrom = fc.option(
  fc.array(piece, { maxLength: 3 }).map((parts) => `from ${parts.join('')}`),
  {
    nil: undefined,
  },
);

const factsOf = (options: IntakeOptions) => ({
  ...options,
  queueId,
  fqdn: 'relay.corp.test',
  productVersion: '0.0.0',
  at: clock.now(),
  offsetMinutes: 0,
});
const stamp = (block: Buffer, options: IntakeOptions) => stampHeader(block, factsOf(options));
/** Header with its blank line, and body. */
function split(bytes: Buffer): { readonly header: Buffer; readonly body: Buffer } {
  const end = createHeaderEndFinder().push(bytes);
  return end < 0
    ? { header: bytes, body: Buffer.alloc(0) }
    : { header: bytes.subarray(0, end), body: bytes.subarray(end) };
}

describe('a stamped header', () => {
  it('is what it was, behind the lines that were added', () => {
    fc.assert(
      fc.property(message, receivedFrom, (bytes, from) => {
        const { header } = split(bytes);
        const before = scanHeader(header);
        const options = from === undefined ? {} : { receivedFrom: from, protocol: 'ESMTP' };
        const { pieces, hopCount, messageId } = stamp(header, options);
        const all = Buffer.concat(pieces);
        const added = all.subarray(0, all.length - header.length).toString('latin1');
        expect(all.subarray(added.length).equals(header)).toBe(true);
        expect(added).toMatch(/^(?:[\t -~]{1,998}\r\n)+(?:\r\n)?$/);
        const after = scanHeader(all);
        expect(after.receivedCount).toBe(
          (added.endsWith('\r\n\r\n') ? 0 : before.receivedCount) + (from === undefined ? 0 : 1),
        );
        expect(hopCount).toBe(before.receivedCount);
        expect(after).toMatchObject({ hasDate: true, hasMessageId: true, hasFields: true });
        if (after.messageId !== undefined) expect(after.messageId).toBe(messageId);
        // One header, and nothing of what is no header is taken into it.
        if (!before.hasFields) expect(split(all).header.length).toBeLessThanOrEqual(added.length + 2);
      }),
      limits,
    );
  });

  it('loses its Bcc lines when that is asked for, and nothing else', () => {
    fc.assert(
      fc.property(message, (bytes) => {
        const { header } = split(bytes);
        const all = Buffer.concat(stamp(header, { isBccStripped: true }).pieces).toString('latin1');
        const own =
          /^(?:Message-ID: <0195[^\r]*\r\n)?(?:Date: [^\r]*\r\n)?X-OriginalArrivalTime: [^\r]*\r\n/.exec(
            all,
          )?.[0] ?? '';
        expect(own).not.toBe('');
        // By lines: a field, and what is folded behind it, up to the first line that is neither.
        const lines = header.toString('latin1').split(/(?<=\n)/);
        let isHeader = true;
        let isDropped = false;
        const kept = lines.filter((line) => {
          if (/^[ \t]/.test(line) && isHeader) return !isDropped;
          isHeader &&= /^[!-9;-~]+[ \t]*:/.test(line);
          isDropped = isHeader && /^bcc[ \t]*:/i.test(line);
          return !isDropped;
        });
        const [first = ''] = lines;
        const isBodyAlone = !/^[!-9;-~]+[ \t]*:/.test(first) && !/^\r?\n/.test(first);
        // A continuation without a field before it is none.
        if (!/^[ \t]/.test(first))
          expect(all.slice(own.length)).toBe(`${isBodyAlone ? '\r\n' : ''}${kept.join('')}`);
      }),
      limits,
    );
  });

  it('has no Bcc in it that Pickup would have read as a recipient', () => {
    const name = fc.constantFrom('Bcc', 'bcc', 'BCC', 'To', 'X-Sender', 'x-receiver', 'X', 'From');
    const colon = fc.constantFrom(':', ': ', ' :', '\t:\t', ':\r\n ', ':\r\n \r\n\t');
    const value = fc.constantFrom('a@x.test', 'b@x.test,\r\n\tc@x.test', '<d@x.test>', '');
    const line = fc.tuple(name, colon, value, fc.constantFrom('\r\n', '\r\n', '\r\n \r\n'));
    const block = fc.array(
      line.map((parts) => parts.join('')),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(block, (lines) => {
        const text = `${lines.join('')}From: a@x.test\r\nTo: b@x.test\r\n\r\n`;
        const { header } = split(Buffer.from(text, 'latin1'));
        const read = parsePickupHeader(header.toString('latin1'), { defaultDomain: 'corp.test' });
        if (read.kind === 'fault') return;
        const sent = header.subarray(read.envelopeBytes);
        const all = Buffer.concat(stamp(sent, { isBccStripped: true }).pieces).toString('latin1');
        const namesIn = (block: string): string[] => readHeaderFields(block).fields.map(({ name }) => name);
        expect(namesIn(all)).not.toContain('bcc');
        const others = namesIn(sent.toString('latin1')).filter((name) => name !== 'bcc');
        expect(namesIn(all).slice(namesIn(all).length - others.length)).toEqual(others);
      }),
      limits,
    );
  });
});

const draft: EnvelopeDraft = {
  serverId: 1,
  sender: 'a@corp.test',
  recipients: [{ address: 'b@remote.test' }],
  body: '8bitmime',
  source: { kind: 'smtp', sessionId: 's1', peer: '192.0.2.7', helo: 'printer' },
};

/** What would be on the disk, and how much of it the door held back at most. */
async function takeIn(pieces: Iterable<Buffer>, options: IntakeOptions) {
  const written: Uint8Array[] = [];
  let envelope: Envelope | undefined;
  let cameIn = 0;
  let mostHeld = 0;
  const spool = {
    async write(list: readonly Uint8Array[]) {
      written.push(...list);
    },
    async accept(accepted: Envelope) {
      envelope = accepted;
    },
    discard: () => Promise.resolve(),
  };
  const store = {
    folder: '/nonexistent',
    openSpool: async () => spool,
    async accept(accepted: Envelope, list: readonly Uint8Array[]) {
      await spool.write(list);
      envelope = accepted;
    },
  } as unknown as QueueStore;
  const settings = createServerSettings();
  const intake = createIntake({
    serverId: 1,
    store,
    settings: () => settings,
    fqdn: () => 'relay.corp.test',
    productVersion: '0.0.0',
    clock,
    createQueueId: () => queueId,
    emit: () => undefined,
    onAccepted: () => undefined,
  });
  const transaction = intake.open(draft, options);
  for (const each of pieces) {
    const wait = transaction.write(each);
    if (wait) await wait;
    cameIn += each.length;
    mostHeld = Math.max(mostHeld, cameIn - sizeOfPieces(written));
  }
  await transaction.commit();
  return { bytes: Buffer.concat(written), envelope, mostHeld };
}

function* cut(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const length = lengths.length === 0 ? bytes.length : (lengths[turn % lengths.length] ?? 1);
    yield Buffer.from(bytes.subarray(at, at + length));
    at += length;
  }
}

describe('a message at the door', () => {
  const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3000 })), {
    minLength: 1,
    maxLength: 8,
  });

  it('is the same however it was cut, with its body byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(message, cuts, isBccStripped, async (bytes, lengths, isStripped) => {
        const options = {
          receivedFrom: 'from a ([192.0.2.7])',
          protocol: 'ESMTP',
          isBccStripped: isStripped,
        };
        const whole = await takeIn([bytes], options);
        const cutUp = await takeIn(cut(bytes, lengths), options);
        expect(cutUp.bytes.equals(whole.bytes)).toBe(true);
        expect(cutUp.envelope).toEqual(whole.envelope);
        expect(whole.envelope?.sizeBytes).toBe(whole.bytes.length);
        const { header, body } = split(bytes);
        expect(whole.bytes.equals(Buffer.concat([...stamp(header, options).pieces, body]))).toBe(true);
      }),
      { ...limits, interruptAfterTimeLimit: 1500 },
    );
  });

  it('takes no more memory than is allowed, also where its header never ends', async () => {
    const endless = ['X: x\r\n', 'Bcc: s@x.test\r\n', 'x', '\r', ' \r\n', 'a:', 'Received: x\r\n\t'];
    for (const unit of endless)
      for (const length of [1021, 65_536]) {
        const bytes = Buffer.from(unit.repeat(Math.floor((3 * 1024 * 1024) / unit.length)), 'latin1');
        for (const isStripped of [false, true]) {
          const options = { receivedFrom: 'from a', isBccStripped: isStripped };
          const { mostHeld, bytes: all } = await takeIn(cut(bytes, [length]), options);
          expect(mostHeld).toBeLessThanOrEqual(2 * wholeReadLimitBytes);
          if (!isStripped) expect(all.subarray(all.length - bytes.length).equals(bytes)).toBe(true);
        }
      }
  });
});

describe('the lines on top of a Drop file', () => {
  const local = fc.oneof(
    fc.stringMatching(/^[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,20}$/),
    fc
      .array(
        fc.constantFrom(
          'a',
          ' ',
          '<',
          '>',
          '@',
          ',',
          ';',
          ':',
          '(',
          ')',
          '\\"',
          '\\\\',
          '.',
          '[',
          'x-receiver: ',
        ),
        { maxLength: 8 },
      )
      .map((parts) => `"${parts.join('')}"`),
    fc.constantFrom('j\u00fcrgen', '\u4e2d\u6587', 'x-sender', '=?utf-8?Q?a?='),
  );
  const domain = fc.constantFrom('corp.test', 'a.b-c.test', '[192.0.2.1]', '[ipv6:2001:db8::1]');
  const address = fc
    .tuple(local, domain)
    .map((parts) => parts.join('@'))
    .filter((text) => isEnvelopeAddress(text, { allowsUtf8: true }));

  it('are read again, by us and by Pickup, as they were written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mailroot-fuzz-drop-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const settings = createServerSettings();
    const drop = createDrop({
      folder,
      settings: () => settings,
      emit: () => undefined,
      serverId: 1,
      fqdn: () => 'a.test',
      clock,
    });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(address, fc.constant('')),
        fc.uniqueArray(address, { minLength: 1, maxLength: 4, selector: (text) => text.toLowerCase() }),
        message,
        async (sender, recipients, content) => {
          const id = (++count).toString(16).padStart(24, '0');
          const envelope: Envelope = {
            version: 1,
            queueId: id,
            serverId: 1,
            sender,
            recipients: recipients.map((each) => ({ address: each, attempts: 0, nextAttemptAt: 0 })),
            body: '8bitmime',
            source: { kind: 'test' },
            arrivedAt: 0,
            sizeBytes: content.length,
            hopCount: 0,
            messageId: '<1@x>',
            subject: '',
          };
          const source = {
            sizeBytes: content.length,
            read: async () => content,
            stream: () => {
              throw new Error('small');
            },
          };
          const job = { envelope, recipients: envelope.recipients, content: source };
          const { results } = await drop.deliver(job, new AbortController().signal);
          expect(results.map(({ status }) => status.code)).toEqual(recipients.map(() => 250));
          const path = join(folder, `${id}.eml`);
          const file = readFileSync(path);
          expect(file.subarray(file.length - content.length).equals(content)).toBe(true);
          const lines = await readLeadingLines(path);
          expect(lines).toMatchObject({ sender: sender === '' ? '' : sender, receivers: recipients });
          const top = `${file.toString('latin1', 0, lines.bytes)}Subject: x\r\n\r\n`;
          const read = parsePickupHeader(top, { defaultDomain: 'default.test' });
          expect(read).toMatchObject({
            kind: 'envelope',
            sender,
            recipients: recipients.map((each) => ({ address: each })),
          });
          expect(isAscii(top) || [sender, ...recipients].some((each) => !isAscii(each))).toBe(true);
          // The same delivery again makes no second file.
          expect((await drop.deliver(job, new AbortController().signal)).results[0]?.status.code).toBe(250);
          expect(readFileSync(path).equals(file)).toBe(true);
        },
      ),
      { ...limits, interruptAfterTimeLimit: 1500 },
    );
  });
});
