/**
 * What we rely on in smtp-server, one test for each thing that is replaced or kept. A failure here after an
 * update of the package says which seam to look at.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { SMTPServer } from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection';
import { SMTPStream } from 'smtp-server/lib/smtp-stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InboundConnection } from '../../../../src-main/engine/smtp-in/connection';
import { type ListenerUnderTest, startListener } from '../../../protocol/listener-under-test';

let server: ListenerUnderTest;
beforeEach(async () => {
  server = await startListener();
});
afterEach(() => server.close());

describe('smtp-server', () => {
  it('is the version whose inside was read', () => {
    const path = createRequire(import.meta.url).resolve('smtp-server/package.json');
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    expect(version).toBe('3.21.6');
  });

  it.each([
    'init',
    'send',
    'close',
    '_createParser',
    '_onCommand',
    '_onClose',
    '_onError',
    '_armTimeout',
    '_resetSession',
    '_setListeners',
  ])('connection has the method %s that we replace or call', (name) => {
    expect(Reflect.get(SMTPConnection.prototype, name)).toBeTypeOf('function');
  });

  it('server makes connections in connect(), and its parser reads in _write()', () => {
    expect(SMTPServer.prototype.connect).toBeTypeOf('function');
    expect(SMTPStream.prototype._write).toBeTypeOf('function');
  });
});

describe('our connection', () => {
  it('greets without the delay of the library (init)', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const client = await server.connect();
      // The clock stands still: the library's timer would never fire.
      expect(await client.reply()).toMatch(/^220 /);
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps its enhanced codes (send)', async () => {
    const client = await server.connect();
    await client.reply();
    await client.say('HELO a');
    await client.say('MAIL FROM:<a@x.test>');
    expect(await client.say('RCPT TO:<b@elsewhere.test>')).toBe(
      '550 5.7.1 Unable to relay for b@elsewhere.test',
    );
  });

  it('lets nothing of the peer end a reply line (send)', () => {
    const written: string[] = [];
    const fake = {
      _closing: false,
      _socket: { writable: true, write: (text: string) => written.push(text) },
      inbound: { isUtf8: false },
      write(lines: string) {
        written.push(lines);
      },
    };
    const send = InboundConnection.prototype.send;
    send.call(fake as unknown as InboundConnection, 250, `2.6.0 <a\r\n550 x\u010a> ${'y'.repeat(600)}`);
    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^250 2\.6\.0 <a\?\?550 x\?> y+\r\n$/);
    expect(written[0]?.length).toBe(512);
    send.call(fake as unknown as InboundConnection, 250, ['one', 'two']);
    expect(written.slice(1)).toEqual(['250-one\r\n', '250 two\r\n']);
    fake.inbound.isUtf8 = true;
    send.call(fake as unknown as InboundConnection, 250, `\u00fc\u0085\u2028${'\u00fc'.repeat(300)}`);
    expect(written[3]).toBe(`250 \u00fc??${'\u00fc'.repeat(251)}\r\n`);
    expect(Buffer.byteLength(written[3] as string)).toBeLessThanOrEqual(512);
  });

  it('reaches no verb but ours (_onCommand)', async () => {
    const client = await server.connect();
    await client.reply();
    const verbs = Object.getOwnPropertyNames(SMTPConnection.prototype).flatMap((name) =>
      name.startsWith('handler_') ? [name.slice(8)] : [],
    );
    const ours = new Set('HELO EHLO MAIL RCPT DATA RSET NOOP QUIT VRFY HELP AUTH STARTTLS'.split(' '));
    const others = verbs.filter((verb) => !ours.has(verb));
    expect(others).toEqual(expect.arrayContaining(['WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD']));
    for (const verb of others) expect(await client.say(`${verb} x`)).toBe('500 5.3.3 Unrecognized command');
  });

  it('answers a pipelined group in one write (parser)', async () => {
    const client = await server.connect();
    await client.reply();
    const chunks: string[] = [];
    client.socket.on('data', (text) => chunks.push(String(text)));
    client.send('HELO a\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@local.test>\r\nDATA\r\n');
    for (let count = 0; count < 4; count++) await client.reply();
    expect(chunks).toHaveLength(1);
  });

  it('closes for good after QUIT: nothing behind it runs (close)', async () => {
    const client = await server.connect();
    await client.reply();
    client.send('QUIT\r\nHELO a\r\nMAIL FROM:<a@x.test>\r\n');
    expect(await client.reply()).toMatch(/^221/);
    await client.closed();
  });

  it('survives a reset by the peer in every phase (_onError, _onClose)', async () => {
    for (const lines of [
      '',
      'HELO a\r\n',
      'HELO a\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@local.test>\r\nDATA\r\nhalf',
    ]) {
      const client = await server.connect();
      await client.reply();
      client.send(lines);
      for (let count = lines.split('\r\n').length - 1; count > 0; count--) await client.reply();
      client.socket.resetAndDestroy();
      await vi.waitFor(() => expect(server.listener.sessions()).toEqual([]));
      expect(server.intake.openCount()).toBe(0);
    }
    expect(server.intake.abortedCount()).toBe(1);
    const client = await server.connect();
    expect(await client.reply()).toMatch(/^220/);
  });

  it('never shows the built-in certificate', async () => {
    const client = await server.connect();
    await client.reply();
    expect(await client.say('EHLO a')).not.toMatch(/STARTTLS|AUTH/);
    expect(await client.say('STARTTLS')).toBe('554 5.7.3 Unable to initialize security subsystem');
  });
});
