/**
 * A delivery to a server that says anything, at any time, over a real connection. Each test stops by itself.
 * Invariants: it ends; each recipient has exactly one result; nothing counts as taken that was not taken after its last
 * byte; nothing is returned for what is no proper refusal; no secret is shown, whatever the server repeats.
 */
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src-main/engine/core/clock';
import {
  type AttemptResult,
  openSecurity,
  type RouteLogin,
  type RouteSecurity,
} from '../../src-main/engine/core/delivery';
import type { ProtocolEntry } from '../../src-main/engine/core/protocol-entry';
import { isPermanent, isSuccess } from '../../src-main/engine/core/smtp-status';
import { askForMail } from '../../src-main/engine/delivery/asking-session';
import { createDeliveryWatch } from '../../src-main/engine/delivery/delivery-watch';
import { createNtlmDialogue } from '../../src-main/engine/smtp-in/ntlm';
import { createMemoryKeyring } from '../protocol/memory-keyring';
import { benchWith, contentOf, hostAt, jobOf } from '../unit/engine/delivery/delivery-bench';

const numRuns = 5_000;
const longestMs = 3_000;
/** Silence that ends a session. */
const timeoutMs = 60;
/** Time-outs, one after another: greeting, EHLO, STARTTLS, log-in, transaction, two connections. */
const longestRunMs = 15_000;

/** What the server does instead of, or with, a reply. */
type Act =
  | { readonly kind: 'usual' }
  | { readonly kind: 'say'; readonly reply: string }
  /** Two replies at once: the second answers nothing. */
  | { readonly kind: 'twice'; readonly reply: string }
  | { readonly kind: 'drop' | 'end' | 'silence' };

interface Script {
  readonly greeting: Act;
  readonly hello: readonly string[];
  /** One for each line that the client sends; the usual from then on. */
  readonly acts: readonly Act[];
  /** How replies are cut. */
  readonly cuts: readonly number[];
  /** At the first byte of the content instead of behind it. */
  readonly isEarly: boolean;
}

/** \u0001: the last line of the client; \u0002: the same, decoded. */
const fill = (reply: string, line: string): string =>
  reply.replaceAll('\u0001', line).replaceAll(
    '\u0002',
    Buffer.from(line.split(' ').at(-1) ?? '', 'base64')
      .toString('latin1')
      .replace(/[\r\n]/g, ' '),
  );

const octet = fc.nat(255).map((code) => String.fromCharCode(code));
const words = fc.oneof(
  fc.constantFrom(
    'ok',
    '5.1.1 no such user',
    '4.2.0 later',
    '2.0.0 fine',
    '',
    '\u0001',
    '\u0002',
    '5.1.1 you said \u0001 and \u0002',
  ),
  fc.string({ unit: octet, maxLength: 20 }).map((text) => text.replace(/[\r\n\u0001\u0002]/g, '')),
);
const code = fc.oneof(
  fc.constantFrom(200, 220, 235, 250, 251, 334, 354, 421, 450, 451, 452, 503, 530, 535, 550, 552, 554),
  fc.integer({ min: 200, max: 599 }),
);
const proper = fc
  .tuple(code, fc.array(words, { minLength: 1, maxLength: 3 }))
  .map(([number, lines]) =>
    lines.map((text, at) => `${number}${at < lines.length - 1 ? '-' : ' '}${text}`).join('\r\n'),
  );
const nonsense = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '2',
    '25',
    '5',
    '55',
    '-',
    '250-',
    '550\u0000',
    '000 zero',
    '999 high',
    '600 x',
    '199 x',
  ),
  fc.constantFrom(
    '2500 thousands',
    '5500 thousands',
    '55O letter',
    '5a0 x',
    '+550 x',
    ' 550 5.1.1 x',
    '\t250 x',
    '0550 x',
  ),
  fc.constantFrom(
    '250-a\r\n550 b',
    '550-a\r\n250 b',
    '550-a\r\nb\r\n550 c',
    '550-a\r\n450 b',
    '550 a\r\n\r\n\r\n',
    '250-a\r\n',
  ),
  fc.constantFrom(
    `550 ${'x'.repeat(12_000)}`,
    `${'550-x\r\n'.repeat(3_000)}550 x`,
    `${'250-x\r\n'.repeat(1_000)}250 x`,
  ),
  fc.string({ unit: octet, maxLength: 30 }).map((text) => text.replace(/[\u0001\u0002]/g, '')),
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ kind: 'usual' } as const) },
  { weight: 6, arbitrary: proper.map((reply) => ({ kind: 'say', reply }) as const) },
  { weight: 5, arbitrary: nonsense.map((reply) => ({ kind: 'say', reply }) as const) },
  { weight: 2, arbitrary: fc.oneof(proper, nonsense).map((reply) => ({ kind: 'twice', reply }) as const) },
  { weight: 1, arbitrary: fc.constantFrom('drop', 'end').map((kind) => ({ kind })) },
);
/** Silence costs a run its time-out. */
const anyAct = fc.oneof(
  { weight: 40, arbitrary: act },
  { weight: 1, arbitrary: fc.constant({ kind: 'silence' } as const) },
);
const keyword = fc.oneof(
  fc.constantFrom(
    'PIPELINING',
    '8BITMIME',
    'DSN',
    'CHUNKING',
    'BINARYMIME',
    'SMTPUTF8',
    'ENHANCEDSTATUSCODES',
  ),
  fc.constantFrom(
    'SIZE',
    'SIZE 0',
    'SIZE 40',
    'SIZE 10485760',
    `SIZE ${'9'.repeat(400)}`,
    'SIZE -1',
    'SIZE x',
    'size 1e3',
  ),
  fc.constantFrom(
    'AUTH',
    'AUTH=LOGIN',
    'AUTH PLAIN LOGIN',
    'AUTH NTLM',
    'AUTH LOGIN',
    `AUTH ${' '.repeat(3_000)}x`,
    'X-DSN',
    'FOO DSN',
  ),
  fc.string({ unit: octet, maxLength: 20 }).map((text) => text.replace(/[\r\n\u0001\u0002]/g, '')),
);
const script: fc.Arbitrary<Script> = fc.record({
  greeting: fc.oneof(
    { weight: 10, arbitrary: fc.constant({ kind: 'usual' } as const) },
    { weight: 1, arbitrary: act },
  ),
  hello: fc.array(keyword, { maxLength: 8 }),
  // The first line is EHLO, which should mostly get through.
  acts: fc
    .tuple(
      fc.oneof(
        { weight: 8, arbitrary: fc.constant({ kind: 'usual' } as const) },
        { weight: 1, arbitrary: act },
      ),
      fc.array(anyAct, { maxLength: 8 }),
    )
    .map(([first, rest]) => [first, ...rest]),
  cuts: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 4 }),
  isEarly: fc.boolean(),
});

/** What the server did, in its own eyes. */
interface Record {
  /** A 2xx was said after the whole content. */
  hasTaken: boolean;
  /** A proper 5xx was said after EHLO. */
  hasRefused: boolean;
  readonly heard: string[];
}

/** Whether one of the replies in it is a refusal for good; blank lines do not count. */
function holdsRefusal(text: string): boolean {
  let lines: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '' && lines.length === 0) continue;
    lines.push(line);
    if (/^\d+-/.test(line)) continue;
    const code = /^5\d\d(?=[ -]|$)/.exec(lines[0] ?? '')?.[0];
    if (code !== undefined && lines.every((each) => each.startsWith(code) && /^\d{3}(?:[ -]|$)/.test(each)))
      return true;
    lines = [];
  }
  return false;
}

const usualReply = (line: string, hello: readonly string[]): string => {
  const verb = line.split(' ', 1)[0]?.toUpperCase() ?? '';
  if (verb === 'EHLO')
    return ['peer.test', ...hello]
      .map((each, at) => `250${at < hello.length ? '-' : ' '}${each}`)
      .join('\r\n');
  if (verb === 'DATA') return '354 go ahead';
  if (verb === 'QUIT') return '221 bye';
  if (verb === 'AUTH') return '334 VXNlcm5hbWU6';
  return verb === '' || /^[A-Z]{4}/.test(verb) ? '250 2.0.0 ok' : '235 2.7.0 welcome';
};

const sockets = new Set<Socket>();
let server: Server;
let current: Script;
let record: Record;
let challengeOf: ((line: string) => Promise<string>) | undefined;
let tls: { readonly key: Buffer; readonly cert: Buffer } | undefined;
let rejections: unknown[] = [];
const onRejection = (reason: unknown): void => void rejections.push(reason);

function play(raw: Socket): void {
  sockets.add(raw);
  raw.on('close', () => sockets.delete(raw));
  raw.on('error', () => undefined);
  const socket = tls ? new TLSSocket(raw, { isServer: true, ...tls }) : raw;
  socket.on('error', () => undefined);
  const { greeting, hello, acts, cuts, isEarly } = current;
  const own = record;
  let at = 0;
  let pending = '';
  let state: 'command' | 'content' | number = 'command';
  let isDeaf = false;
  let writing: Promise<void> = Promise.resolve();
  let isGreeted = false;

  const write = (text: string): void => {
    const pieces: string[] = [];
    let from = 0;
    for (const cut of cuts) {
      pieces.push(text.slice(from, from + cut));
      from += cut;
    }
    pieces.push(text.slice(from));
    writing = writing.then(async () => {
      for (const piece of pieces) {
        if (piece === '' || socket.destroyed) continue;
        socket.write(Buffer.from(piece, 'latin1'));
        if (pieces.length > 1) await new Promise((resolve) => setImmediate(resolve));
      }
    });
  };
  const note = (reply: string, isAfterContent: boolean): void => {
    if (isAfterContent && reply.startsWith('2')) own.hasTaken = true;
    if (isGreeted && holdsRefusal(reply)) own.hasRefused = true;
  };
  /** The reply, undefined: none. */
  const answer = (wanted: Act, usual: string, line: string, isAfterContent = false): string | undefined => {
    switch (wanted.kind) {
      case 'usual':
        note(usual, isAfterContent);
        write(`${usual}\r\n`);
        return usual;
      case 'say': {
        const reply = fill(wanted.reply, line);
        note(reply, isAfterContent);
        write(`${reply}\r\n`);
        return reply;
      }
      case 'twice': {
        const reply = fill(wanted.reply, line);
        note(usual, isAfterContent);
        note(reply, isAfterContent);
        write(`${usual}\r\n${reply}\r\n`);
        return usual;
      }
      case 'silence':
        isDeaf = true;
        return undefined;
      default:
        isDeaf = true;
        if (wanted.kind === 'drop') socket.destroy();
        else socket.end();
        return undefined;
    }
  };
  const next = (): Act => acts[at++] ?? { kind: 'usual' };

  const read = async (): Promise<void> => {
    while (!isDeaf) {
      if (state === 'command') {
        const end = pending.indexOf('\r\n');
        if (end < 0) return;
        const line = pending.slice(0, end);
        pending = pending.slice(end + 2);
        own.heard.push(line);
        const chunk = /^BDAT (\d+) LAST$/.exec(line);
        if (chunk) {
          state = Number(chunk[1]);
          continue;
        }
        const isLogin = challengeOf !== undefined && !/^(?:EHLO|HELO|MAIL|RCPT|DATA|RSET|QUIT)\b/.test(line);
        const usual = isLogin && challengeOf ? await challengeOf(line) : usualReply(line, hello);
        const reply = answer(next(), usual, line);
        if (line === 'DATA' && reply !== undefined && /^[23]/.test(reply)) state = 'content';
        if (line === 'QUIT') socket.end();
        continue;
      }
      const size = state === 'content' ? endOf(pending) : state <= pending.length ? state : -1;
      if (isEarly && size < 0 && pending !== '') {
        // For something that has not come; the client may have let go of all of it meanwhile.
        const early = next();
        isDeaf = true;
        answer(
          early.kind === 'usual' ? { kind: 'say', reply: '250 2.0.0 already' } : early,
          '452 4.3.1 enough',
          '',
          true,
        );
        writing.then(() => socket.end());
        return;
      }
      if (size < 0) return;
      pending = pending.slice(size);
      state = 'command';
      answer(next(), '250 2.0.0 queued', '', true);
    }
  };
  let reading: Promise<void> = Promise.resolve();
  socket.on('data', (bytes: Buffer) => {
    pending += bytes.toString('latin1');
    reading = reading.then(read);
  });
  answer(greeting, '220 peer.test ESMTP', '');
  isGreeted = true;
}

const endOf = (text: string): number => {
  if (text.startsWith('.\r\n')) return 3;
  const end = text.indexOf('\r\n.\r\n');
  return end < 0 ? -1 : end + 5;
};

beforeEach(async () => {
  rejections = [];
  challengeOf = undefined;
  tls = undefined;
  process.on('unhandledRejection', onRejection);
  server = createServer(play).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  process.off('unhandledRejection', onRejection);
  expect(rejections).toEqual([]);
});

const begin = (wanted: Script): void => {
  current = wanted;
  record = { hasTaken: false, hasRefused: false, heard: [] };
};
const portOf = (): number => (server.address() as AddressInfo).port;

const inTime = async <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it does not end')), longestRunMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

interface Sent {
  readonly result: AttemptResult;
  /** Everything that anybody may see of it. */
  readonly shown: string;
}

async function send(options: {
  readonly recipients: readonly string[];
  readonly security?: RouteSecurity;
  readonly content?: string;
  readonly body?: '7bit' | '8bitmime' | 'binarymime';
  readonly keyring?: NonNullable<Parameters<typeof benchWith>[1]>['keyring'];
}): Promise<Sent> {
  const watch = createDeliveryWatch();
  const log: ProtocolEntry[] = [];
  const lines: unknown[] = [];
  const bench = benchWith([hostAt('mx.test', portOf())], {
    settings: { outboundTimeoutMinutes: timeoutMs / 60_000, quickRetries: 0 },
    watch,
    logProtocol: (entry) => log.push(entry),
    ...(options.keyring ? { keyring: options.keyring } : {}),
  });
  const job = jobOf({
    to: options.recipients,
    envelope: { body: options.body ?? '7bit' },
    route: { security: options.security ?? openSecurity },
    ...(options.content === undefined ? {} : { content: contentOf(Buffer.from(options.content, 'latin1')) }),
  });
  watch.watch(job.envelope.queueId, (line) => lines.push(line));
  try {
    const result = await inTime(bench.send(job));
    return { result, shown: JSON.stringify([result, lines, log, bench.events]) };
  } finally {
    await bench.close();
  }
}

function expectHonest({ result }: Sent, recipients: readonly string[]): void {
  expect(result.results.map(({ address }) => address)).toEqual(recipients);
  for (const { status } of result.results) {
    if (isSuccess(status)) expect(record.hasTaken).toBe(true);
    // 5.3.4 is our own word for a message that is larger than it says that it takes, 5.6.x for one that cannot go.
    if (isPermanent(status) && status.reply !== undefined) expect(record.hasRefused).toBe(true);
    expect(status.code).toBeGreaterThanOrEqual(200);
    expect(status.text.length).toBeLessThanOrEqual(1_100);
    expect(status.text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  }
}

/** Not fast-check's own limit: it leaves a run half done, and the next test meets it. */
const untilLate = <T>(run: (value: T) => Promise<void>): ((value: T) => Promise<void>) => {
  const endAt = Date.now() + longestMs;
  return async (value) => {
    if (Date.now() < endAt) await run(value);
  };
};

const recipients = fc
  .integer({ min: 1, max: 4 })
  .map((count) => Array.from({ length: count }, (_, at) => `user${at}@far.test`));

describe('a delivery', () => {
  it('ends, with one honest result for each recipient', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          script,
          recipients,
          kind: fc.constantFrom(
            '7bit' as const,
            '7bit' as const,
            '8bitmime' as const,
            'binarymime' as const,
            'large' as const,
          ),
        }),
        untilLate(async ({ script: wanted, recipients: to, kind }) => {
          begin(wanted);
          const content =
            kind === 'large'
              ? `Subject: a\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(30_000)}`
              : kind === '7bit'
                ? 'Subject: a\r\n\r\n.dot\r\nbody\r\n'
                : `Subject: a\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: ${kind === '8bitmime' ? '8bit' : 'binary'}\r\n\r\nGr\xfc\xdfe\r\n${kind === 'binarymime' ? 'a\0b' : ''}`;
          expectHonest(await send({ recipients: to, body: kind === 'large' ? '7bit' : kind, content }), to);
        }),
      ),
      { numRuns },
    );
  });
});

describe('a log-in', () => {
  const password = 'Winter 4711!';
  const user = 'CORP\\reports';
  const token = 'ya29.a0AfH6SMBx-secret-token_1';
  const keyring = {
    unseal: () => password,
    accessToken: async (_signIn: string, refused?: string) => ({
      token: refused === undefined ? token : `${token}-renewed`,
      user: 'reports@corp.test',
    }),
  };
  const expectHidden = ({ shown }: Sent): void => {
    for (const secret of [password, token])
      for (const form of [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')])
        expect(shown).not.toContain(form);
  };
  const loginScript = (mechanisms: readonly string[]) =>
    script.map((each) => ({ ...each, hello: [...each.hello, `AUTH ${mechanisms.join(' ')}`] }));

  it('by password: ends, and shows no secret, whatever is said back', async () => {
    const login: RouteLogin = { method: 'basic', user, password: 'sealed' };
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          script: fc.constantFrom(['PLAIN'], ['LOGIN'], ['LOGIN', 'PLAIN']).chain(loginScript),
          recipients,
        }),
        untilLate(async ({ script: wanted, recipients: to }) => {
          begin(wanted);
          const sent = await send({
            recipients: to,
            security: { ...openSecurity, tls: 'off', login },
            keyring,
          });
          expectHonest(sent, to);
          expectHidden(sent);
        }),
      ),
      { numRuns },
    );
  });

  it('by NTLM: whatever the challenge is', async () => {
    const login: RouteLogin = { method: 'ntlm', user, password: 'sealed' };
    const hosts = createMemoryKeyring();
    await hosts.prepareSecrets();
    const damage = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 8 });
    const challenge = fc.oneof(
      { weight: 4, arbitrary: damage },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          script: loginScript(['NTLM']),
          recipients,
          challenge,
          cut: fc.option(fc.nat(200), { nil: undefined }),
        }),
        untilLate(async ({ script: wanted, recipients: to, challenge: changes, cut }) => {
          begin(wanted);
          let step = 0;
          challengeOf = async (line) => {
            step++;
            if (step === 1) return '334 ntlm supported';
            if (step > 2) return '235 2.7.0 welcome';
            if (Buffer.isBuffer(changes)) return `334 ${changes.toString('base64')}`;
            const dialogue = createNtlmDialogue({
              keyring: hosts,
              now: () => 0,
              fqdn: 'mail.local.test',
              defaultLogonDomain: '',
              keytab: '',
            });
            const answer = await dialogue.step(Buffer.from(line, 'base64'));
            if (answer.kind !== 'challenge') return '535 5.7.8 no';
            const message = Buffer.from(answer.data);
            for (const [where, value] of changes) if (where < message.length) message[where] = value;
            return `334 ${message.subarray(0, cut).toString('base64')}`;
          };
          const sent = await send({
            recipients: to,
            security: { ...openSecurity, tls: 'off', login },
            keyring,
          });
          expectHonest(sent, to);
          expectHidden(sent);
          for (const line of record.heard) expect(line).not.toContain(password);
        }),
      ),
      { numRuns },
    );
  });

  it('by token: a refusal comes as a challenge, or as anything', async () => {
    const login: RouteLogin = { method: 'oauth2', user: '', signIn: '7' };
    const fixture = (name: string): Buffer => readFileSync(`test/fixtures/tls/${name}`);
    tls = { key: fixture('self-signed.key.pem'), cert: fixture('self-signed.cert.pem') };
    const denial = fc.oneof(
      fc.constantFrom('{"status":"401","schemes":"bearer"}', '{', ''),
      fc.string({ maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          script: fc.constantFrom(['XOAUTH2'], ['OAUTHBEARER']).chain(loginScript),
          recipients,
          denial,
          isRefused: fc.boolean(),
        }),
        untilLate(async ({ script: wanted, recipients: to, denial: text, isRefused }) => {
          begin(wanted);
          challengeOf = async (line) =>
            !isRefused
              ? '235 2.7.0 welcome'
              : line.startsWith('AUTH ')
                ? `334 ${Buffer.from(text).toString('base64')}`
                : '535 5.7.8 no';
          const security = { ...openSecurity, tls: 'required', isImplicitTls: true, login } as const;
          const sent = await send({ recipients: to, security, keyring });
          expectHonest(sent, to);
          expectHidden(sent);
          for (const { status } of sent.result.results)
            if (isRefused && !record.hasTaken) expect(isSuccess(status)).toBe(false);
        }),
      ),
      { numRuns },
    );
  });
});

describe('a request for mail', () => {
  it('ends, in words for people, and what is turned around is handed out whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          script: script.map((each) => ({ ...each, greeting: { kind: 'usual' } as const })),
          command: fc.constantFrom<'etrn' | 'atrn' | 'turn'>('etrn', 'atrn', 'turn'),
          domains: fc.uniqueArray(fc.constantFrom('a.test', 'b.test', 'c.test'), {
            minLength: 1,
            maxLength: 3,
          }),
        }),
        untilLate(async ({ script: wanted, command, domains }) => {
          begin(wanted);
          const answer = await inTime(
            askForMail(
              {
                command,
                domains,
                security: { ...openSecurity, tls: 'off' },
                targets: [hostAt('mx.test', portOf())],
              },
              {
                fqdn: 'relay.corp.test',
                timeoutMs,
                clock: systemClock,
                keyring: { unseal: (text) => text, accessToken: () => Promise.reject(new Error('none')) },
                sessionId: 'x',
              },
              new AbortController().signal,
            ),
          );
          expect(answer.text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
          expect(answer.text.length).toBeLessThan(4_000);
          if (answer.turned) {
            expect(answer.isOk).toBe(true);
            expect(command).not.toBe('etrn');
            // Whoever gets it is the only one who reads it.
            expect(answer.turned.socket.listenerCount('data')).toBe(0);
            answer.turned.socket.on('error', () => undefined);
            answer.turned.socket.destroy();
          }
        }),
      ),
      { numRuns },
    );
  });
});
