/** The browser console and the control channel against anybody who can connect; each property stops by itself. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsoleServer, startConsole } from '../../src-main/api/http/console-server';
import { type ControlChannel, takeDataFolder } from '../../src-main/api/http/control-channel';
import { fetchHello } from '../../src-main/api/http/control-hello';
import { openPeople } from '../../src-main/people';
import { createSecretBox } from '../../src-main/settings/secret-box';
import { createStandIn } from '../unit/api/http/stand-in-router';

const limits = { interruptAfterTimeLimit: 1500, markInterruptAsFailure: false, numRuns: 5000 };

const secret = 'this-stands-in-no-file-of-the-console';
const page = '<!doctype html><title>Console</title>';
const service = { product: 'Mailroot', version: '1.2.3', host: 'service' } as const;
const clock = { now: () => 1_000_000, startTimer: () => () => undefined };
const log: string[] = [];
let folder: string;
let browserConsole: ConsoleServer;
let cookie: string;
let control: ControlChannel;
let closedControl: ControlChannel;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailroot-fuzz-http-'));
  const renderer = join(folder, 'renderer');
  mkdirSync(join(renderer, 'assets'), { recursive: true });
  writeFileSync(join(renderer, 'index.html'), page);
  writeFileSync(join(renderer, 'assets', 'index-AbCd1234.js'), 'export {};');
  writeFileSync(join(renderer, '.hidden.js'), secret);
  writeFileSync(join(folder, 'settings.json'), secret);
  symlinkSync(join(folder, 'settings.json'), join(renderer, 'link.json'));
  symlinkSync(folder, join(renderer, 'assets', 'up'));
  const { operators } = openPeople({ dataFolder: folder, box: createSecretBox(folder), clock });
  browserConsole = await startConsole({
    address: { host: '127.0.0.1', port: 0 },
    rendererFolder: renderer,
    router: createStandIn().router,
    operators,
    clock,
    log: (line) => log.push(line),
  });
  const signedIn = await fetch(browserConsole.createSignInAddress());
  cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  control = await takeDataFolder(join(folder, 'open'), service);
  control.serve(createStandIn().router);
  closedControl = await takeDataFolder(join(folder, 'shut'), service);
  closedControl.serve(createStandIn().router, {
    admission: {
      callerOf: () => Promise.resolve(undefined),
      stillIs: () => false,
      isShared: () => false,
      onChange: () => () => undefined,
    },
  });
});
afterAll(async () => {
  await browserConsole.close();
  await control.close();
  await closedControl.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Everything that is answered until the connection is closed. */
function converse(to: { readonly path: string } | { readonly port: number }, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect('path' in to ? { path: to.path } : { port: to.port, host: '127.0.0.1' });
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      answer += String(text);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    // What was only begun is waited for, and would be for long.
    socket.setTimeout(30, () => socket.end());
    socket.write(bytes);
  });
}
const portOf = (): number => Number(new URL(browserConsole.origin).port);
const statusesOf = (answer: string): string[] =>
  [...answer.matchAll(/(?:^|\n|\})HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status);

const oneOf = (words: string): fc.Arbitrary<string> => fc.constantFrom(...words.split(' '));
/** What a page asks for, and what a procedure is called by; now and then something else. */
const pageMethod = fc.oneof(
  { arbitrary: oneOf('GET GET GET HEAD'), weight: 9 },
  { arbitrary: oneOf('POST PUT OPTIONS TRACE DELETE PATCH PROPFIND get M-SEARCH'), weight: 1 },
);
const callMethod = fc.oneof(
  { arbitrary: fc.constant('POST'), weight: 9 },
  { arbitrary: pageMethod, weight: 1 },
);
const segment = fc.oneof(
  oneOf('.. . ... %2e%2e %2E. ..%2f ..%5c ..\\ %252e%252e %c0%ae%c0%ae %00 % %zz %ff'),
  oneOf('assets index.html index-AbCd1234.js link.json up settings.json .hidden.js renderer etc passwd'),
  oneOf('rpc system status me watch servers start settings validate sign-in sign-out hello sign-in-address'),
  oneOf('__proto__ constructor toString prototype ~orpc index.html;x index.html:x C: index.html%00.js'),
  fc.webSegment({ size: '-1' }),
  fc.constant(''),
);
const path = fc.array(segment, { maxLength: 6 }).map((parts) => parts.join('/'));
const end = fc.oneof(
  { arbitrary: fc.constant(''), weight: 3 },
  { arbitrary: oneOf('?token=x ?data=%7B%7D ? #x ;x'), weight: 1 },
);
const start = fc.oneof(
  { arbitrary: fc.constant('/'), weight: 8 },
  { arbitrary: oneOf('// \\ http://127.0.0.1/ file:/// *'), weight: 1 },
);
const pageTarget = fc.oneof(
  fc.tuple(start, path, end).map((parts) => parts.join('')),
  fc.tuple(oneOf('/assets/ /assets/up/ /../ /'), path).map((parts) => parts.join('')),
  oneOf('/sign-in /assets/index-AbCd1234.js /hello /'),
);
const callTarget = fc.oneof(
  oneOf(
    '/rpc/system/status /rpc/system/me /rpc/settings/validate /rpc/servers/start /rpc /sign-out /sign-in-address',
  ),
  fc.tuple(fc.constant('/rpc/'), path, end).map((parts) => parts.join('')),
);
const header = fc.oneof(
  fc.constantFrom(
    'Origin: http://evil.test',
    'Origin: null',
    'X-Mailroot-Console: 1',
    'Sec-Fetch-Site: cross-site',
    'Upgrade: websocket',
    'Upgrade: h2c',
  ),
  fc.constantFrom(
    'Content-Type: application/json',
    'Content-Type: application/x-www-form-urlencoded',
    'Content-Type: multipart/form-data; boundary=x',
    'Content-Type: \xff',
  ),
  fc.constantFrom(
    'Content-Length: 5',
    'Content-Length: -1',
    'Content-Length: 99999999999999999999',
    'Content-Length: 1, 2',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: x',
  ),
  fc.constantFrom(
    'Cookie: a=b',
    'Cookie: ;;;=',
    'Expect: 100-continue',
    'Expect: x',
    'Connection: close',
    'Connection: keep-alive',
    'Range: bytes=0-1',
    'If-None-Match: *',
  ),
  fc.constantFrom(
    'Authorization: Basic YTpi',
    'X-Forwarded-For: 127.0.0.1',
    `X: ${'x'.repeat(9000)}`,
    'X: \0',
    ' folded',
    'no colon',
    'A: \xe4',
  ),
);
const body = fc.oneof(
  fc.constantFrom(
    '',
    '',
    '{}',
    '{"json":{}}',
    '{"json":{"document":1}}',
    '{"json":{"__proto__":{"polluted":1}}}',
    '[',
    'name=a&password=b',
    '5\r\nhello\r\n0\r\n\r\n',
    'zz\r\n',
  ),
  fc.constantFrom(
    '{"json":{"maps":[]},"meta":[[9,"__proto__"]]}',
    '{"json":{},"meta":"x"}',
    '{"json":{},"meta":[[1,["__proto__","polluted"]]]}',
    '{"json":null,"maps":[["__proto__"]]}',
  ),
  fc.json({ maxDepth: 2 }),
  fc.string({ maxLength: 30, unit: 'binary-ascii' }),
);
interface Asking {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly hasHost: number;
  readonly isOwnPage: boolean;
}
const partsOf = (method: fc.Arbitrary<string>, target: fc.Arbitrary<string>, own: fc.Arbitrary<boolean>) =>
  fc.record({
    method,
    target,
    headers: fc.oneof(
      { arbitrary: fc.constant([]), weight: 2 },
      { arbitrary: fc.array(header, { maxLength: 2 }), weight: 1 },
    ),
    body: fc.oneof(fc.constant(''), body),
    hasHost: fc.nat(19),
    isOwnPage: own,
  });
const mostly = fc.nat(9).map((value) => value > 0);
const asking: fc.Arbitrary<Asking> = fc.oneof(
  partsOf(pageMethod, pageTarget, fc.boolean()),
  partsOf(callMethod, callTarget, mostly),
);
function requestOf(each: Asking, more: readonly string[]): Buffer {
  const host = `127.0.0.1:${portOf()}`;
  const lines = [
    `${each.method} ${each.target} HTTP/1.1`,
    ...(each.hasHost === 0 ? [] : [`Host: ${each.hasHost === 1 ? 'evil.test' : host}`]),
    ...(each.isOwnPage
      ? [`Origin: http://${host}`, 'X-Mailroot-Console: 1', 'Sec-Fetch-Site: same-origin']
      : []),
    ...(each.body !== '' && !each.headers.some((line) => /^(?:content-length|transfer)/i.test(line))
      ? [`Content-Length: ${Buffer.byteLength(each.body, 'latin1')}`]
      : []),
    ...more,
    ...each.headers,
    'Connection: close',
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${each.body}`, 'latin1');
}
const noise = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')),
  fc.constant(Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3])),
  fc.constant(Buffer.from(`GET / HTTP/1.1\r\nX: ${'x'.repeat(50_000)}`)),
);

function expectAnswer(answer: string): void {
  expect(answer === '' || answer.startsWith('HTTP/1.1 ')).toBe(true);
  expect(answer).not.toContain(secret);
  expect(answer).not.toContain('root:');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
}

describe('the browser console', () => {
  it('answers whoever is not signed in with sign-in pages and refusals alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ arbitrary: asking, weight: 9 }, { arbitrary: noise, weight: 1 }),
        async (each) => {
          const bytes = Buffer.isBuffer(each) ? each : requestOf(each, []);
          const answer = await converse({ port: portOf() }, bytes);
          expectAnswer(answer);
          expect(answer).not.toContain(page);
          expect(answer).not.toContain('export {}');
          for (const status of statusesOf(answer)) expect(status).toMatch(/^(?:100|200|204|4\d\d)$/);
          // The page that asks to sign in, and its header alone.
          if (/HTTP\/1\.1 200/.test(answer))
            expect(answer).toMatch(/<h1>Sign in to Mailroot|HTTP\/1\.1 200 OK\r\n(?:[!-~]+: .*\r\n)+\r\n$/);
          if (!Buffer.isBuffer(each) && /HTTP\/1\.1 20[04]/.test(answer))
            expect(each.target).toMatch(/^\/sign-(?:in|out)(?:\?|$)/);
        },
      ),
      limits,
    );
    expect((await fetch(browserConsole.origin)).status).toBe(401);
    expect(log).toEqual([]);
  });

  it('gives whoever is signed in files of its own folder and answers of the contract alone', async () => {
    await fc.assert(
      fc.asyncProperty(asking, async (each) => {
        fc.pre(!each.target.startsWith('/sign-'));
        const answer = await converse({ port: portOf() }, requestOf(each, [`Cookie: ${cookie}`]));
        expectAnswer(answer);
        // 500: what the contract calls "settings-broken" is none of the stand-in's.
        for (const status of statusesOf(answer)) expect(`${status} ${answer}`).not.toMatch(/^5/);
      }),
      limits,
    );
    expect((await fetch(browserConsole.origin, { headers: { cookie } })).status).toBe(200);
    expect(log).toEqual([]);
  });
});

describe('the control channel', () => {
  it('answers or closes whatever comes, and goes on', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ arbitrary: asking, weight: 9 }, { arbitrary: noise, weight: 1 }),
        async (each) => {
          const answer = await converse(
            { path: control.path },
            Buffer.isBuffer(each) ? each : requestOf(each, []),
          );
          expectAnswer(answer);
          for (const status of statusesOf(answer)) expect(`${status} ${answer}`).not.toMatch(/^5/);
        },
      ),
      limits,
    );
    expect(await fetchHello(control.path)).toMatchObject(service);
  });

  it('tells a stranger one sentence and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(asking, async (each) => {
        const answer = await converse({ path: closedControl.path }, requestOf(each, []));
        expectAnswer(answer);
        for (const status of statusesOf(answer)) expect(status).toMatch(/^(?:100|4\d\d)$/);
        expect(answer).not.toMatch(/1\.2\.3|host\.example|4711/);
      }),
      { ...limits, interruptAfterTimeLimit: 800 },
    );
  });
});
