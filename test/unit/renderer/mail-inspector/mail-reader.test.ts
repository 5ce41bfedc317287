import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type {
  MailSource,
  OpenMail,
  OpenMailOptions,
} from '../../../../src-renderer/mail-inspector/mail-reader';
import {
  answerParseRequest,
  createAnswerer,
  type ParseRequest,
} from '../../../../src-renderer/mail-inspector/parse-request';
import { sampleSource } from '../../../support/sample-mail';

const encoder = new TextEncoder();

function sourceOf(text: string, pieceBytes = 100): MailSource & { readonly offsets: number[] } {
  const bytes = encoder.encode(text);
  const offsets: number[] = [];
  return {
    offsets,
    async readPiece(offset) {
      offsets.push(offset);
      const piece = Buffer.from(bytes.subarray(offset, offset + pieceBytes)).toString('base64');
      return { piece, totalBytes: bytes.length };
    },
  };
}

/** As a browser's; what it does with a question is up to the test. */
class FakeWorker extends EventTarget {
  static made: FakeWorker[] = [];
  static onQuestion: (request: ParseRequest) => 'answer' | 'die' | 'hang' = () => 'answer';
  isTerminated = false;
  readonly #answerer = createAnswerer();

  constructor() {
    super();
    FakeWorker.made.push(this);
  }

  postMessage(request: ParseRequest): void {
    const fate = FakeWorker.onQuestion(request);
    if (fate === 'die') queueMicrotask(() => this.dispatchEvent(new Event('error')));
    if (fate !== 'answer') return;
    void answerParseRequest(this.#answerer, request).then(({ answer }) => {
      if (!this.isTerminated) this.dispatchEvent(new MessageEvent('message', { data: answer }));
    });
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

let open: (source: MailSource, options?: OpenMailOptions) => Promise<OpenMail>;

async function load(hasWorker: boolean): Promise<void> {
  vi.resetModules();
  vi.stubGlobal('Worker', hasWorker ? FakeWorker : undefined);
  ({ openMail: open } = await import('../../../../src-renderer/mail-inspector/mail-reader'));
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe.each([
  ['in a worker', true],
  ['in the page', false],
])('a message that is read %s', (_, hasWorker) => {
  beforeEach(async () => {
    FakeWorker.made = [];
    FakeWorker.onQuestion = () => 'answer';
    await load(hasWorker);
  });

  it('comes in pieces, and says how much is there', async () => {
    const source = sourceOf(sampleSource('Daily report'), 1000);
    const progress: number[] = [];
    const mail = await open(source, { onProgress: ({ doneBytes }) => progress.push(doneBytes) });
    expect(source.offsets).toEqual([0, ...progress.slice(0, -1)]);
    expect(progress.at(-1)).toBe(mail.sizeBytes);
    expect(mail.content?.summary.subject).toBe('Daily report');
    expect(mail.content?.summary.attachments.map(({ name }) => name)).toEqual([
      'dot.png',
      'pieces.csv',
      'viewer.pdf.exe',
    ]);
    expect(mail.problem).toBeUndefined();
  });

  it('answers about its parts and its source', async () => {
    const text = sampleSource('Daily report');
    const mail = await open(sourceOf(text));
    const csv = mail.content?.summary.attachments[1];
    expect((await mail.decode(csv?.part ?? 0, 1000)).isBroken).toBe(false);
    expect((await mail.readText(csv?.part ?? 0, 4)).isCut).toBe(true);
    expect((await mail.fieldsOf(0)).fields.length).toBeGreaterThan(3);
    const [first] = await mail.readLines(0, 1);
    expect(first?.text).toBe(text.split('\r\n')[0]);
    expect((await mail.lineStarts()).starts.length).toBe(
      text.split('\r\n').length - (text.endsWith('\n') ? 1 : 0),
    );
    expect(Buffer.from(await mail.readBytes(0, 5)).toString()).toBe(text.slice(0, 5));
    expect((await mail.findAll('SUBJECT: daily')).offsets).toEqual([text.indexOf('Subject: Daily')]);
    await expect(mail.decode(999, 1)).rejects.toThrow('no such part');
  });

  it('is not read any further once it is cancelled', async () => {
    const cancel = new AbortController();
    const source = sourceOf('x'.repeat(1000));
    const opening = open(source, { signal: cancel.signal, onProgress: () => cancel.abort() });
    await expect(opening).rejects.toThrow(/abort/i);
    expect(source.offsets).toEqual([0]);
  });

  it('that shrinks while it is read is what is left of it', async () => {
    const whole = sourceOf('Subject: x\r\n\r\nabc');
    const mail = await open({
      readPiece: async (offset, signal) =>
        offset === 0
          ? { ...(await whole.readPiece(0, signal)), totalBytes: 500 }
          : { piece: '', totalBytes: 20 },
    });
    expect(mail.content?.summary.text).toBe('abc');
  });

  it('that cannot be read rejects with the reason', async () => {
    await expect(open({ readPiece: () => Promise.reject(new Error('gone')) })).rejects.toThrow('gone');
  });

  it('answers nothing any more once it is closed', async () => {
    const mail = await open(sourceOf('Subject: x\r\n\r\nabc'));
    mail.close();
    await expect(mail.readText(0, 10)).rejects.toThrow('closed');
    await expect(mail.readLines(0, 1)).rejects.toThrow('closed');
  });
});

describe('a reader that fails', () => {
  beforeEach(async () => {
    FakeWorker.made = [];
    await load(true);
  });

  it('leaves the source', async () => {
    FakeWorker.onQuestion = ({ name }) => (name === 'content' ? 'die' : 'answer');
    const mail = await open(sourceOf('Subject: x\r\n\r\nabc'));
    expect(mail.content).toBeUndefined();
    expect(mail.problem).toBe('Reading it failed.');
    expect((await mail.readLines(2, 1))[0]?.text).toBe('abc');
  });

  it('is ended when it takes too long', async () => {
    vi.useFakeTimers();
    FakeWorker.onQuestion = ({ name }) => (name === 'content' ? 'hang' : 'answer');
    const opening = open(sourceOf('Subject: x\r\n\r\nabc'));
    await vi.advanceTimersByTimeAsync(60_000);
    const mail = await opening;
    expect(FakeWorker.made[0]?.isTerminated).toBe(true);
    expect(mail.problem).toBe('Reading it took too long.');
    expect((await mail.readLines(0, 1))[0]?.text).toBe('Subject: x');
  });

  it('later leaves the source as well', async () => {
    FakeWorker.onQuestion = ({ name }) => (name === 'decode' ? 'die' : 'answer');
    const mail = await open(sourceOf('Subject: x\r\n\r\nabc'));
    await expect(mail.decode(0, 10)).rejects.toThrow('Reading it failed.');
    expect((await mail.readLines(2, 1))[0]?.text).toBe('abc');
    expect(Buffer.from(await mail.readBytes(0, 7)).toString()).toBe('Subject');
  });

  it('is not used again; one that did its work is', async () => {
    FakeWorker.onQuestion = () => 'answer';
    (await open(sourceOf('Subject: x\r\n\r\nabc'))).close();
    await open(sourceOf('Subject: x\r\n\r\nabc'));
    expect(FakeWorker.made).toHaveLength(1);
  });
});

it('what the page would have to read itself is shown as source when it is large', async () => {
  await load(false);
  const mail = await open(sourceOf(`Subject: x\r\n\r\n${'x'.repeat(5 * 1024 * 1024)}`, 1024 * 1024));
  expect(mail.content).toBeUndefined();
  expect(mail.problem).toBe('It is too large to be read here.');
  expect((await mail.readLines(0, 1))[0]?.text).toBe('Subject: x');
});
