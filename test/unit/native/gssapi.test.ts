import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGssapi } from '../../../src-main/native';
import type { AcceptStep, GssapiCalls } from '../../../src-main/native/gssapi-calls';

const ok = { major: 0, minor: 0 };
const failure = 13 << 16;

/** A library that answers as told, and knows what it has not got back. */
class FakeLibrary implements GssapiCalls {
  held = { credentials: 0, contexts: 0, names: 0 };
  acquired = 0;
  name: string | undefined = 'ann@EXAMPLE.COM';
  target: string | undefined = 'smtp/mail.example.com@EXAMPLE.COM';
  keys = ['smtp'];
  answer: Partial<AcceptStep> = {};
  /** Called while the library is at work. */
  meanwhile = (): void => undefined;

  acquireAcceptor(_keytab: string, service: string | undefined) {
    this.acquired++;
    if (service !== undefined && !this.keys.includes(service))
      return { major: failure, minor: -1765328203, credential: null };
    this.held.credentials++;
    return { ...ok, credential: 1n };
  }
  async accept(context: bigint | null): Promise<AcceptStep> {
    if (context === null) this.held.contexts++;
    this.held.names++;
    await Promise.resolve();
    this.meanwhile();
    return { ...ok, context: 2n, reply: Buffer.from('reply'), name: 3n, flags: 0, ...this.answer };
  }
  targetOf = (): string | undefined => this.target;
  nameText = (): string | undefined => this.name;
  wrap = () => ({ ...ok, output: Buffer.from('wrapped') });
  unwrap = () => ({ ...ok, output: Buffer.from('unwrapped') });
  releaseName = (name: bigint | null): void => void (name !== null && this.held.names--);
  releaseCredential = (credential: bigint | null): void =>
    void (credential !== null && this.held.credentials--);
  deleteContext = (context: bigint | null): void => void (context !== null && this.held.contexts--);
  explain = ({ minor }: { minor: number }): string => `words for ${minor}`;
}

const nothingHeld = { credentials: 0, contexts: 0, names: 0 };
const token = Buffer.from('token');

describe('a log-in by the system', () => {
  let library: FakeLibrary;
  beforeEach(() => {
    library = new FakeLibrary();
  });
  const begin = () => createGssapi({ open: () => library }).accept('');

  it('ends with the name in the ticket', async () => {
    const context = begin();
    expect(() => context.principal()).toThrow('not complete');
    expect(await context.step(token)).toEqual({ reply: Buffer.from('reply'), isEstablished: true });
    expect(context.principal()).toBe('ann@EXAMPLE.COM');
    context.close();
    context.close();
    expect(library.held).toEqual(nothingHeld);
  });

  it.each<[string, (library: FakeLibrary) => void]>([
    ['for another service', (it) => (it.target = 'host/mail.example.com@EXAMPLE.COM')],
    ['for a service whose name begins like ours', (it) => (it.target = 'smtp2/mail.example.com@EXAMPLE.COM')],
    ['for nobody knows what', (it) => (it.target = undefined)],
    ['of an anonymous client', (it) => (it.answer = { flags: 64 })],
    ['without a name', (it) => (it.name = undefined)],
    ['with an empty name', (it) => (it.name = '')],
    ['with a name that holds a NUL', (it) => (it.name = 'ann\0@EXAMPLE.COM')],
    ['with a name that is no UTF-8', (it) => (it.name = 'ann\ufffd@EXAMPLE.COM')],
    ['with an endless name', (it) => (it.name = 'a'.repeat(2000))],
  ])('refuses a ticket %s', async (_, arrange) => {
    arrange(library);
    const context = begin();
    await expect(context.step(token)).rejects.toMatchObject({ code: 'refused' });
    expect(() => context.principal()).toThrow();
    expect(() => context.wrap(token)).toThrow();
    context.close();
    expect(library.held).toEqual(nothingHeld);
  });

  it('takes a ticket for the service as Windows calls it', async () => {
    library.target = 'SMTPSVC/mail.example.com@EXAMPLE.COM';
    const context = begin();
    expect((await context.step(token)).isEstablished).toBe(true);
    context.close();
  });

  it.each([
    ['a wrong key', -1765328353, 'refused'],
    ['a replay', -1765328350, 'refused'],
    ['no key of that version', -1765328154, 'refused'],
    ['a replay cache that cannot be written', -1765328215, 'unavailable'],
    ['a full disk', 28, 'unavailable'],
  ])('says who is at fault: %s', async (_, minor, code) => {
    library.answer = { major: failure, minor };
    const context = begin();
    await expect(context.step(token)).rejects.toMatchObject({ code, message: `words for ${minor}` });
    context.close();
    expect(library.held).toEqual(nothingHeld);
  });

  it('goes on while the library wants more', async () => {
    library.answer = { major: 1 };
    const context = begin();
    expect(await context.step(token)).toMatchObject({ isEstablished: false });
    expect(() => context.principal()).toThrow();
    library.answer = {};
    expect(await context.step(token)).toMatchObject({ isEstablished: true });
    await expect(context.step(token)).rejects.toMatchObject({ code: 'refused' });
    context.close();
    expect(library.held).toEqual(nothingHeld);
  });

  it('keeps its handles until the library has finished, when it is closed meanwhile', async () => {
    const context = begin();
    let heldInCall: unknown;
    library.meanwhile = () => {
      context.close();
      heldInCall = { ...library.held };
    };
    await context.step(token).catch(() => undefined);
    expect(heldInCall).toEqual({ credentials: 1, contexts: 1, names: 1 });
    expect(library.held).toEqual(nothingHeld);
    await expect(context.step(token)).rejects.toMatchObject({ code: 'refused' });
  });
});

it('a library that is at work is waited for', async () => {
  const library = new FakeLibrary();
  const gssapi = createGssapi({ open: () => library });
  await gssapi.whenIdle();
  let finish = (): void => undefined;
  const work = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const accept = library.accept.bind(library);
  library.accept = (context) => work.then(() => accept(context));
  const context = gssapi.accept('');
  const step = context.step(token);
  let isIdle = false;
  const idle = gssapi.whenIdle().then(() => {
    isIdle = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isIdle).toBe(false);
  finish();
  await idle;
  await step;
  context.close();
  expect(library.held).toEqual(nothingHeld);
});

describe('whether a log-in can be completed', () => {
  let folder: string;
  let keytab: string;
  let library: FakeLibrary;
  let now: number;
  let warnings: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mailroot-keytab-'));
    keytab = join(folder, 'keytab');
    library = new FakeLibrary();
    now = 0;
    warnings = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const create = () =>
    createGssapi({ open: () => library, now: () => now, warn: (line) => warnings.push(line) });

  it('is asked of the library once in five seconds', () => {
    const gssapi = create();
    for (now = 0; now < 5000; now += 100) expect(gssapi.isUsable('')).toBe(true);
    expect(library.acquired).toBe(2);
    library.keys = [];
    expect(gssapi.isUsable('')).toBe(false);
    expect(library.held).toEqual(nothingHeld);
  });

  it('is asked again when the key file is another one', () => {
    const gssapi = create();
    expect(gssapi.isUsable(keytab)).toBe(false);
    expect(gssapi.whyUnusable(keytab)).toBe('There is no such file, or it cannot be read.');
    writeFileSync(keytab, 'key');
    expect(gssapi.whyUnusable(keytab)).toBeUndefined();
    expect(gssapi.isUsable(keytab)).toBe(true);
    library.keys = [];
    expect(gssapi.isUsable(keytab)).toBe(true);
    writeFileSync(keytab, 'another key');
    expect(gssapi.isUsable(keytab)).toBe(false);
  });

  it('is yes with a key for SMTPSVC alone', () => {
    library.keys = ['SMTPSVC'];
    expect(create().isUsable('')).toBe(true);
  });

  it('is told once when a named key file is of no use, and never of the computer’s own', () => {
    const gssapi = create();
    library.keys = [];
    gssapi.isUsable('');
    expect(warnings).toEqual([]);
    for (now = 0; now < 20_000; now += 1000) gssapi.isUsable(keytab);
    expect(warnings).toEqual([expect.stringContaining(`${keytab}: There is no such file`)]);
    writeFileSync(keytab, 'key');
    for (now = 20_000; now < 40_000; now += 1000) gssapi.isUsable(keytab);
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toContain('words for -1765328203');
  });

  it('is no without a library, and a log-in is then impossible', () => {
    const gssapi = createGssapi({ open: () => undefined });
    expect(gssapi.isUsable('')).toBe(false);
    expect(() => gssapi.accept('')).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });
});
