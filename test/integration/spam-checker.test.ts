/**
 * What spam checkers say about a message.
 *
 *   askSpamChecker --spamc protocol--> spamd of SpamAssassin, local rules only, on a free port of loopback
 *                  --POST /checkv2--> a web server that answers as rspamd 3 does
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { askSpamChecker, type SpamCheckerSettings } from '../../src-main/mail-checks/spam-checker';
import { describeWith, toolPath } from '../support/packages';
import { findFreePort } from '../support/service';

const gtube = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X';
const mail = (text: string): Buffer =>
  Buffer.from(
    `From: ann@corp.test\r\nTo: ben@corp.test\r\nSubject: Report\r\nDate: ${new Date().toUTCString()}\r\n` +
      `Message-ID: <1@corp.test>\r\n\r\n${text}\r\n`,
  );
const settingsFor = (spamChecker: SpamCheckerSettings['spamChecker'], spamCheckerPort: number) => ({
  spamChecker,
  spamCheckerAddress: '127.0.0.1',
  spamCheckerPort,
});

describeWith(['spamd'], 'SpamAssassin', () => {
  let folder: string;
  let process: ChildProcess;
  let port: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mailroot-spamd-'));
    port = await findFreePort();
    const user = globalThis.process.getuid?.() === 0 ? ['--username=nobody'] : [];
    process = spawn(
      toolPath('spamd') as string,
      [
        '--local',
        '--nouser-config',
        '--max-children=1',
        `--listen=127.0.0.1:${port}`,
        '--syslog=stderr',
        ...user,
      ],
      { env: { ...globalThis.process.env, HOME: folder }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    await new Promise<void>((resolve, reject) => {
      process.stderr?.on('data', (piece: Buffer) => {
        said += piece.toString();
        if (said.includes('server started')) resolve();
      });
      process.once('exit', () => reject(new Error(`spamd ended: ${said}`)));
    });
  }, 60_000);
  afterAll(async () => {
    if (process.exitCode === null) {
      const ended = once(process, 'exit');
      process.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes its own test text for spam, and names the rule', async () => {
    const report = await askSpamChecker(mail(gtube), settingsFor('spamassassin', port));
    expect(report).toMatchObject({ state: 'scored', threshold: 5 });
    expect(report.score).toBeGreaterThan(900);
    expect(report.rules[0]).toMatchObject({ name: 'GTUBE', score: 1000 });
    expect(report.rules[0]?.text).toContain('Generic Test for Unsolicited Bulk Email');
    expect(report.text).toContain('takes this for spam');
  });

  it('does not take a plain message for spam', async () => {
    const report = await askSpamChecker(mail('The report is attached.'), settingsFor('spamassassin', port));
    expect(report.state).toBe('scored');
    expect(report.score).toBeLessThan(5);
  });
});

describe('a spam checker', () => {
  const servers: { close(): unknown }[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  async function rspamd(answer: unknown, status = 200) {
    const seen: { url?: string | undefined; headers?: Record<string, unknown>; body?: string } = {};
    const server: Server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        Object.assign(seen, {
          url: request.url,
          headers: request.headers,
          body: Buffer.concat(pieces).toString(),
        });
        response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { seen, port: (server.address() as AddressInfo).port };
  }

  it('of rspamd is told the envelope, and scores', async () => {
    const { seen, port } = await rspamd({
      is_skipped: false,
      score: 7.4499999,
      required_score: 15,
      action: 'add header',
      symbols: {
        MISSING_DATE: {
          name: 'MISSING_DATE',
          score: 1,
          metric_score: 1,
          description: 'Message date is missing',
        },
        R_BAD: { name: 'R_BAD', score: 6.45 },
      },
    });
    const envelope = {
      sender: 'ann@corp.test',
      recipients: ['ben@corp.test'],
      peer: '192.0.2.7',
      hello: 'a\r\nb',
    };
    const report = await askSpamChecker(mail('x'), settingsFor('rspamd', port), envelope);
    expect(report).toMatchObject({ state: 'scored', score: 7.45, threshold: 15 });
    expect(report.rules.map(({ name }) => name)).toEqual(['R_BAD', 'MISSING_DATE']);
    expect(seen.url).toBe('/checkv2');
    expect(seen.headers).toMatchObject({ from: 'ann@corp.test', rcpt: 'ben@corp.test', ip: '192.0.2.7' });
    expect(seen.headers).not.toHaveProperty('helo');
    expect(seen.body).toBe(mail('x').toString());
  });

  it.each([
    ['something else', 'hello', 200, 'no rspamd'],
    ['a failure', '{}', 500, 'HTTP status 500'],
    ['no score', '{}', 200, 'no score'],
    ['two megabytes', JSON.stringify('x'.repeat(2_000_000)), 200, 'too long'],
  ])('of rspamd that answers %s is told so', async (_, answer, status, words) => {
    const { port } = await rspamd(answer, status);
    const report = await askSpamChecker(mail('x'), settingsFor('rspamd', port));
    expect(report.state).toBe('unreachable');
    expect(report.text).toContain(words);
  });

  it.each([
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'no spamd'],
    ['SPAMD/1.5 76 Bad header line\r\n\r\n', 'Bad header line'],
    ['SPAMD/1.1 0 EX_OK\r\n\r\n', 'no score'],
    ['', 'no spamd'],
  ])('of spamd that answers %j is told so', async (answer, words) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume().end(answer);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const report = await askSpamChecker(mail('x'), settingsFor('spamassassin', port));
    expect(report.state).toBe('unreachable');
    expect(report.text).toContain(words);
  });

  it('that does not run is told with what to do', async () => {
    const report = await askSpamChecker(mail('x'), settingsFor('spamassassin', await findFreePort()));
    expect(report.text).toContain('nothing listens there');
    expect(report.text).toContain('Start it');
  });

  it('that is off is told with where to switch it on', async () => {
    const report = await askSpamChecker(mail('x'), settingsFor('none', 783));
    expect(report).toMatchObject({ state: 'off', rules: [] });
    expect(report.text).toContain('Housekeeping');
  });
});
