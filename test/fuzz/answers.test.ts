/**
 * What servers answer that are no mail servers: MTA-STS records and policies, token servers, browsers that come back from
 * them, and directories. Each property stops by itself.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isDomainName, isEnvelopeAddress } from '../../src-main/engine/core/address';
import { Problem } from '../../src-main/engine/core/problem';
import { createLookUp, LookUpMemory } from '../../src-main/engine/directory/look-up';
import { MessageGate } from '../../src-main/engine/directory/message-gate';
import { resolveAddresses } from '../../src-main/engine/directory/resolver';
import { schemaOf } from '../../src-main/engine/directory/schemas';
import { applyPolicy, isNamed, parsePolicy, parseRecord } from '../../src-main/engine/mta-sts/policy';
import { TokenFailure } from '../../src-main/oauth/failure';
import type { Application } from '../../src-main/oauth/providers';
import { createTokenRequester } from '../../src-main/oauth/token-request';
import { createFakeClock } from '../support/fake-clock';
import { createServerSettings } from '../support/settings';
import { startTokenServer, type TokenServer } from '../support/token-server';
import { createFakeDirectory, type FakeEntry } from '../unit/engine/directory/fake-directory';
import { answerBind, answerEnd, answerEntry } from '../unit/engine/directory/ldap-bytes';
import { openBench, type SignInBench } from '../unit/oauth/sign-ins-bench';

const limits = { interruptAfterTimeLimit: 2000, markInterruptAsFailure: false, numRuns: 20_000 };
const join = (parts: readonly string[]): string => parts.join('');

describe('MTA-STS', () => {
  const record = fc.oneof(
    fc
      .array(
        fc.constantFrom(
          'v=STSv1',
          'v=STSv2',
          ';',
          '; ',
          'id=',
          'id=20260101',
          'x=y',
          ' ',
          '\t',
          '\u00e4',
          'v = STSv1',
        ),
        { maxLength: 8 },
      )
      .map(join),
    fc.string({ maxLength: 30 }),
  );
  const line = fc.oneof(
    fc.constantFrom(
      'version: STSv1',
      'mode: enforce',
      'mode: testing',
      'mode: none',
      'max_age: 86400',
      'mx: mx.far.test',
      'mx: *.far.test',
    ),
    fc.constantFrom(
      'max_age: 99999999999',
      'max_age: -1',
      'mx: *',
      'mx: ',
      'mx: a..b',
      'mx: *.*.test',
      'mode: ENFORCE',
      'version: STSv1 ',
      'MX: x.test',
      '__proto__: x',
    ),
    fc.string({ maxLength: 20 }),
  );
  const policy = fc
    .tuple(fc.array(line, { maxLength: 10 }), fc.constantFrom('\n', '\r\n', '\r\n', '\r'))
    .map(([lines, end]) => lines.join(end));
  const good = fc
    .array(line, { maxLength: 6 })
    .map((lines) =>
      ['version: STSv1', 'mode: enforce', 'max_age: 86400', 'mx: mx.far.test', ...lines].join('\n'),
    );
  const host = fc.oneof(
    fc.constantFrom('mx.far.test', 'MX.FAR.test', 'far.test', 'a.mx.far.test', 'mx', ''),
    fc.domain(),
  );

  it('a record has an id of its own form, or there is no policy', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 3 }), (records) => {
        const id = parseRecord(records);
        if (id === undefined) return;
        expect(id).toMatch(/^[A-Za-z0-9]{1,32}$/);
        expect(records.filter((text) => /^v=STSv1[ \t]*;/.test(text))).toHaveLength(1);
      }),
      limits,
    );
  });

  it('a policy is whole or none, and lets mail go to no host that it does not name', () => {
    fc.assert(
      fc.property(fc.oneof(policy, good), fc.array(host, { minLength: 1, maxLength: 4 }), (text, hosts) => {
        const read = parsePolicy(text);
        if ('fault' in read) {
          expect(read.fault).not.toBe('');
          return;
        }
        expect(read.maxAgeS).toBeGreaterThanOrEqual(0);
        expect(read.maxAgeS).toBeLessThanOrEqual(31_557_600);
        for (const pattern of read.mx) expect(isDomainName(pattern.replace(/^\*\./, ''))).toBe(true);
        const targets = hosts.map((name) => ({ name, address: '192.0.2.1', port: 25 }));
        const answer = applyPolicy({ kind: 'targets', targets }, read, 'far.test');
        if (read.mode !== 'enforce') expect(answer.kind).toBe('targets');
        else if (answer.kind === 'none') expect(answer.status.code).toBe(451);
        else for (const { name } of answer.targets) expect(isNamed(name, read)).toBe(true);
      }),
      limits,
    );
  });

  it('takes no time that grows faster than the text', () => {
    for (const text of ['v=STSv1;', ' ', 'id=', ';', 'a:', 'mx: a\n', '\t', ': '])
      for (const whole of [text.repeat(20_000), `v=STSv1;${text.repeat(20_000)}`]) {
        parseRecord([whole]);
        parsePolicy(whole);
      }
  });
});

describe('a token server', () => {
  let server: Server;
  let answer: { status: number; headers: Record<string, string>; body: string };
  let asked = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        asked += text;
      });
      request.on('end', () => {
        // What was asked comes back, secrets and all.
        const body = answer.body.replaceAll(
          'ASKED',
          JSON.stringify(decodeURIComponent(asked.replaceAll('+', ' '))).slice(1, -1),
        );
        response.writeHead(answer.status, answer.headers).end(body);
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const odd = fc.constantFrom<unknown>(
    null,
    0,
    -1,
    1e308,
    '',
    ' ',
    [],
    {},
    true,
    'x'.repeat(60_000),
    '\u0000',
    '3600',
    'ASKED',
  );
  const body = fc.oneof(
    fc
      .record(
        {
          access_token: fc.oneof(fc.constantFrom<unknown>('ya29.token', 'a b', '\u00fc'), odd),
          token_type: fc.oneof(fc.constantFrom<unknown>('Bearer', 'bearer', 'mac', 'DPoP'), odd),
          expires_in: fc.oneof(fc.constantFrom<unknown>(3599, 0, 1e12), odd),
          refresh_token: fc.oneof(fc.constantFrom<unknown>('1//refresh'), odd),
          id_token: fc.oneof(
            fc.constantFrom<unknown>(
              'a.b.c',
              `a.${Buffer.from('{"email":"a@b.test"}').toString('base64url')}.c`,
              `a.${Buffer.from('null').toString('base64url')}.c`,
            ),
            odd,
          ),
          scope: odd,
          error: fc.oneof(
            fc.constantFrom<unknown>(
              'invalid_grant',
              'invalid_client',
              'slow_down',
              'temporarily_unavailable',
              'ASKED',
            ),
            odd,
          ),
          error_description: fc.oneof(
            fc.constantFrom<unknown>('AADSTS70043: old', 'you sent ASKED', 'Trace ID: x'),
            odd,
          ),
          device_code: odd,
          user_code: fc.oneof(fc.constantFrom<unknown>('ABCD-EFGH'), odd),
          verification_uri: fc.oneof(
            fc.constantFrom<unknown>(
              'https://far.test/device',
              'javascript:alert(1)',
              'http://far.test',
              'file:///etc/passwd',
            ),
            odd,
          ),
          verification_uri_complete: fc.constantFrom<unknown>(
            'javascript:alert(1)',
            'https://far.test/device?x',
            7,
          ),
          interval: odd,
          __proto__x: odd,
        },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value)),
    fc.constantFrom(
      '',
      'null',
      '[]',
      '7',
      '"ASKED"',
      '<html>ASKED</html>',
      '{',
      '{"access_token":"a","token_type":"bearer"} x',
      `${'['.repeat(10_000)}`,
      'x'.repeat(70_000),
    ),
    fc.json(),
  );
  const answers = fc.record({
    status: fc.constantFrom(200, 200, 200, 201, 204, 302, 400, 400, 401, 403, 404, 429, 500, 503),
    headers: fc.constantFrom<Record<string, string>>(
      { 'content-type': 'application/json' },
      { 'content-type': 'text/html' },
      {},
      { location: 'http://127.0.0.1:9/', 'content-type': 'application/json' },
      { 'www-authenticate': 'Bearer realm="x", error="ASKED"', 'content-type': 'application/json' },
      { 'www-authenticate': ',,,=', 'content-type': 'application/json' },
    ),
    body,
  });
  const secret = 'client-secret-4711';
  const refreshToken = '1//0g-refresh-token-0815';
  const provider = fc.constantFrom<'custom' | 'microsoft' | 'google'>(
    'custom',
    'custom',
    'microsoft',
    'google',
  );

  it('gives a usable token, or a failure in words that hold no secret', async () => {
    await fc.assert(
      fc.asyncProperty(
        answers,
        provider,
        fc.constantFrom('refresh', 'client', 'device', 'code'),
        async (given, whose, way) => {
          answer = given;
          const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
          const application: Application = {
            provider: whose,
            grant: 'authorization-code',
            tenant: 'corp.test',
            clientId: 'app',
            scope: 'smtp',
            authorizationEndpoint: address,
            tokenEndpoint: address,
            deviceEndpoint: address,
            mailbox: '',
          };
          const requester = createTokenRequester({ application, clientSecret: secret });
          try {
            if (way === 'code') {
              const code = await requester.requestDeviceCode('smtp');
              expect(code.verificationUri).toMatch(/^https:/);
              expect(code.completeUri ?? 'https:').toMatch(/^https:/);
              expect(code.intervalMs).toBeGreaterThanOrEqual(1_000);
              expect(code.intervalMs).toBeLessThanOrEqual(60_000);
              expect(code.lifetimeMs).toBeLessThanOrEqual(3_600_000);
              expect(code.userCode).not.toMatch(/[\u0000-\u001f\u007f]/);
              return;
            }
            const tokens =
              way === 'refresh'
                ? await requester.refresh(refreshToken, 'smtp')
                : way === 'client'
                  ? await requester.clientCredentials('smtp')
                  : await requester.deviceToken(refreshToken);
            if (typeof tokens === 'string') return;
            expect(tokens.accessToken.length).toBeGreaterThan(0);
            expect(tokens.accessToken.length).toBeLessThanOrEqual(50_000);
            expect(tokens.refreshToken ?? 'none').not.toBe('');
            expect(tokens.lifetimeMs).toBeGreaterThanOrEqual(0);
            expect(tokens.lifetimeMs).toBeLessThanOrEqual(86_400_000);
            expect(tokens.mailbox).not.toMatch(/[\u0000-\u001f\u007f]/);
          } catch (error) {
            if (!(error instanceof TokenFailure)) throw error;
            expect(error.message.length).toBeLessThan(1_000);
            expect(error.message).not.toMatch(/[\u0000-\u001f\u007f]/);
            for (const hidden of [secret, refreshToken])
              expect(`${error.message} ${error.providerCode}`).not.toContain(hidden);
            // Somebody is asked to sign in only for what a provider said in its own form.
            if (error.kind === 'needs-sign-in') {
              expect(given.status).toBeGreaterThanOrEqual(400);
              expect(given.status).toBeLessThan(500);
              expect(given.body).toContain('"error"');
            }
          }
        },
      ),
      limits,
    );
  });
});

describe('a browser that comes back, or an address that is pasted', () => {
  let provider: TokenServer;
  let bench: SignInBench;
  beforeEach(async () => {
    provider = await startTokenServer();
    bench = openBench(provider);
  });
  afterEach(async () => {
    bench.remove();
    await provider.close();
  });

  it('without the state of the sign-in reaches no token server and ends nothing', async () => {
    const id = await bench.create();
    const step = await bench.signIns.attempts.begin(id);
    if (step.kind !== 'browser') throw new Error(`it wants ${step.kind}`);
    const { attemptId, redirectUri } = step;
    const piece = fc.constantFrom(
      'code=abc',
      'state=',
      'state=other',
      'error=access_denied',
      'error=',
      'iss=x',
      '&',
      '?',
      '#',
      '%',
      '%00',
      '+',
      redirectUri,
      'http://',
      '\n',
      'STATE=x',
      'state[]=x',
      'id_token=x',
      'response=x',
    );
    const pasted = fc.oneof(
      fc.array(piece, { maxLength: 10 }).map(join),
      fc.string({ maxLength: 40 }),
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
    );
    await fc.assert(
      fc.asyncProperty(pasted, fc.boolean(), async (address, isBrowser) => {
        if (isBrowser) {
          const query = encodeURI(address).replace(/[?#\\]/g, '');
          const response = await fetch(`${redirectUri}/?${query}`, { redirect: 'manual' });
          const page = await response.text();
          expect([400, 404]).toContain(response.status);
          expect(page).not.toMatch(/<(?:script|img|a )/);
        } else
          await expect(bench.signIns.attempts.complete(attemptId, address)).rejects.toMatchObject({
            code: 'invalid',
          });
        expect(provider.requests).toEqual([]);
        expect(await bench.signIns.attempts.poll(attemptId, 0)).toEqual({ state: 'waiting' });
      }),
      limits,
    );
  });
});

describe('a directory', () => {
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
  const text = fc.oneof(
    fc.constantFrom('mail', 'dn', '__proto__x', 'member;range=0-1', '', 'constructor'),
    fc.string({ maxLength: 8 }),
  );
  const message = fc.oneof(
    fc
      .tuple(fc.nat(127), text, fc.dictionary(text, fc.array(text, { maxLength: 3 }), { maxKeys: 3 }))
      .map(([id, name, attributes]) => answerEntry(id, name, attributes)),
    fc.tuple(fc.nat(127), fc.nat(127), text).map(([id, code, words]) => answerEnd(id, code, words)),
    fc.tuple(fc.nat(127), fc.nat(127)).map(([id, code]) => answerBind(id, code)),
    bytes,
  );
  const stream = fc
    .tuple(
      fc.array(message, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 3 }),
    )
    .map(([messages, damage]) => {
      const all = Buffer.concat(messages);
      for (const [at, value] of damage) if (at < all.length) all[at] = value;
      return all;
    });
  /** What comes out until it is refused. */
  const passed = (chunks: readonly Buffer[]): string => {
    const gate = new MessageGate();
    const out: Buffer[] = [];
    try {
      for (const chunk of chunks) out.push(...gate.push(chunk));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return `${Buffer.concat(out).toString('hex')} ${error.code}`;
    }
    return Buffer.concat(out).toString('hex');
  };

  it('is let through in whole messages, or refused, however its bytes are cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 8 }), (all, cuts) => {
        const pieces: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) {
          pieces.push(all.subarray(at, at + cut));
          at += cut;
        }
        pieces.push(all.subarray(at));
        const single = passed([...all].map((byte) => Buffer.of(byte)));
        const isRefused = single.endsWith(' refused');
        for (const cut of [passed(pieces), passed([all])]) {
          expect(cut.endsWith(' refused')).toBe(isRefused);
          // What came in one piece with what is refused is not handed out any more.
          const [out = ''] = cut.split(' ');
          expect(isRefused ? single.startsWith(out) : out === single).toBe(true);
        }
        // What was let through is as it should be.
        const good = single.split(' ')[0] ?? '';
        if (!single.includes(' ')) expect(passed([Buffer.from(good, 'hex')])).toBe(good);
      }),
      limits,
    );
  });

  const names = ['cn=a', 'cn=b', 'cn=c', 'cn=d'];
  const addresses = ['a@corp.test', 'b@corp.test', 'c@far.test', 'A@corp.test'];
  const value = fc.oneof(
    fc.constantFrom(...names, ...addresses),
    fc.constantFrom(
      '',
      ' ',
      'x',
      'SMTP:a@corp.test',
      'smtp:b@corp.test',
      'X400:c=x',
      'a@corp.test\r\nRCPT TO:<x@y>',
      '<a@b>',
      '\u00fc@far.test',
      '@',
      'cn=none,dc=x',
      `${'x'.repeat(400)}@far.test`,
      'TRUE',
    ),
    fc.string({ maxLength: 10 }),
  );
  const values = fc.array(value, { maxLength: 3 });
  const entries: fc.Arbitrary<FakeEntry[]> = fc.array(
    fc
      .record(
        {
          name: fc.constantFrom(...names),
          objectClass: fc.constantFrom(['group'], ['person'], []),
          mail: values,
          proxyAddresses: values,
          targetAddress: values,
          member: values,
          altRecipient: values,
          deliverAndRedirect: fc.constantFrom('TRUE', 'FALSE', 'x'),
          mailForwardingAddress: values,
          rfc822MailMember: values,
          rfc822Mailbox: values,
          otherMailbox: values,
          'Target-Address': values,
          'Alt-Recipient': values,
          'Deliver-And-Redirect': fc.constantFrom('TRUE', 'x'),
        },
        { requiredKeys: ['name'] },
      )
      .map((entry) => entry as unknown as FakeEntry),
    { maxLength: 6 },
  );

  it('ends for every circle, and comes to addresses that can be sent to, or to refusals', async () => {
    await fc.assert(
      fc.asyncProperty(
        entries,
        fc.constantFrom<'active-directory' | 'site-server' | 'exchange'>(
          'active-directory',
          'site-server',
          'exchange',
        ),
        fc.array(fc.oneof(fc.constantFrom(...addresses), fc.emailAddress()), { minLength: 1, maxLength: 3 }),
        fc.record({
          isUtf8: fc.boolean(),
          refusesUnknown: fc.boolean(),
          piece: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY),
          maxGroupMembers: fc.constantFrom(1, 3, 100),
        }),
        async (found, ldapSchema, recipients, { isUtf8, refusesUnknown, piece, maxGroupMembers }) => {
          const directory = createFakeDirectory(found);
          directory.piece = piece;
          const schema = schemaOf(createServerSettings({ ldapSchema }));
          const lookUp = createLookUp({
            directory,
            schema,
            memory: new LookUpMemory(createFakeClock()),
            rememberMs: 60_000,
            mostMembers: maxGroupMembers,
            counters: { lookups: 0, cacheHits: 0 },
          });
          const counters = {
            unresolved: 0,
            ambiguous: 0,
            illegal: 0,
            loops: 0,
            groupsExpanded: 0,
            tooLarge: 0,
          };
          const resolved = await resolveAddresses(
            { sender: 'a@corp.test', recipients, isUtf8 } as Parameters<typeof resolveAddresses>[0],
            {
              lookUp,
              counters,
              maxGroupMembers,
              refusesUnknown,
              isLocal: (address) => address.endsWith('@corp.test'),
            },
          );
          expect(isEnvelopeAddress(resolved.sender, { allowsUtf8: isUtf8 })).toBe(true);
          expect(resolved.recipients).toHaveLength(recipients.length);
          const expectSendable = (address: string): void => {
            expect(isEnvelopeAddress(address, { allowsUtf8: isUtf8 })).toBe(true);
            expect(address).not.toMatch(/[\r\n<>\0]/);
          };
          for (const answer of resolved.recipients) {
            if (answer.kind === 'rewritten') expectSendable(answer.address);
            if (answer.kind === 'refused') expect(answer.status.code).toBeGreaterThanOrEqual(500);
            if (answer.kind !== 'expanded') continue;
            expect(answer.members.length).toBeGreaterThan(0);
            for (const member of answer.members) {
              expect(member.address).not.toMatch(/[\r\n<>\0]/);
              if (!member.refusal) expectSendable(member.address);
            }
          }
        },
      ),
      limits,
    );
  });
});
