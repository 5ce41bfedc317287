/**
 * Every procedure of the contract with arguments that are right, nearly right and nonsense, on a Mailroot that runs:
 * an answer or an error of the contract, never more. Each property stops by itself.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnyProcedure, call, createRouterClient, isProcedure, ORPCError } from '@orpc/server';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiErrorCodes } from '../../src-main/api/contract';
import { composeMailroot, type Mailroot } from '../../src-main/compose';
import { findDocumentFaults } from '../../src-main/settings/store';
import { changeDocument, changes } from '../support/changed-document';
import { findFreePort } from '../support/service';

const caller = { role: 'administrator', name: 'test', via: 'control' } as const;
/** Arguments that fail their check are told in the library's words. */
const knownCodes: readonly string[] = ['BAD_REQUEST', ...apiErrorCodes.filter((code) => code !== 'internal')];
const longestCallMs = 20_000;

let folder: string;
let mailroot: Mailroot;
let written: unknown;
const logged: string[] = [];
let certificate = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailroot-fuzz-api-'));
  const serverOf = async (id: number) => ({
    id,
    name: `Server ${id}`,
    bindings: [{ address: '127.0.0.1', port: await findFreePort() }],
    homeDirectory: join(folder, `home-${id}`),
    dnsServers: ['127.0.0.1:9'],
    domains: [
      { type: 'default', name: `s${id}.test` },
      { type: 'remote', name: 'remote.test', smartHost: '[127.0.0.1]', port: 9 },
    ],
  });
  written = { version: 1, servers: [await serverOf(1), await serverOf(2)] };
  mailroot = composeMailroot({
    dataFolder: folder,
    host: 'service',
    version: '0.0.0',
    log: (line) => logged.push(line),
    settingsFile: {
      path: join(folder, 'settings.json'),
      read: () => written,
      write: (next) => {
        written = JSON.parse(JSON.stringify(next));
      },
    },
  });
  await mailroot.start();
  const api = createRouterClient(mailroot.router, { context: { caller } });
  certificate = (await api.certificates.createSelfSigned({ name: 'one', names: ['a.test'] })).id;
});
afterAll(async () => {
  await mailroot.stop(0);
  rmSync(folder, { recursive: true, force: true });
});

/** Every procedure by its path. */
let procedures: ReadonlyMap<string, unknown>;
beforeAll(() => {
  procedures = new Map(
    Object.entries(mailroot.router).flatMap(([area, members]) =>
      Object.entries(members).map(([name, procedure]) => [`${area}.${name}`, procedure]),
    ),
  );
});
function procedureOf(path: string): AnyProcedure {
  const procedure = procedures.get(path);
  if (!isProcedure(procedure)) throw new Error(`no procedure: ${path}`);
  return procedure;
}

type Shape = {
  readonly type?: string;
  readonly properties?: Record<string, Shape>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
};

const words = fc.oneof(
  fc.constantFrom(
    'a',
    'Server 1',
    'ann',
    'ann@s1.test',
    'b@remote.test',
    's1.test',
    'remote.test',
    'REMOTE.TEST.',
  ),
  fc.constantFrom(
    '127.0.0.1',
    '192.0.2.1',
    '::1',
    'password-1',
    '<>',
    '',
    '__proto__',
    'constructor',
    'toString',
  ),
  fc.constantFrom(
    'a\r\nb',
    '\0',
    '\ud800',
    '\u202e',
    '../../x',
    'x'.repeat(300),
    'smartHost',
    'only',
    '-----BEGIN ',
  ),
  fc.string({ maxLength: 10, unit: 'grapheme' }),
);

/** What an argument of this name is when it is right; names of virtual servers and folders are new ones. */
const rightByName: Readonly<Record<string, () => fc.Arbitrary<unknown>>> = {
  serverId: () => fc.constantFrom(1, 1, 1, 2, 999),
  clientAddress: () => fc.constantFrom('192.0.2.1', '127.0.0.1', '2001:db8::1'),
  from: () => fc.constantFrom('ann@s1.test', '', 'a@elsewhere.test'),
  to: () => fc.constantFrom('b@s1.test', 'b@remote.test', 'b@[127.0.0.1]'),
  homeDirectory: () => fc.nat(100_000).map((value) => join(folder, `home-${value}`)),
  path: () => fc.constant(folder),
  port: () => fc.integer({ min: 20_000, max: 60_000 }),
  defaultDomain: () => fc.constant('new.test'),
  names: () => fc.constantFrom(['a.test'], ['a.test', '192.0.2.1']),
  patch: () =>
    fc.record(
      {
        name: words,
        relayList: fc.constantFrom(['10.0.0.0/8'], ['0.0.0.0/0'], ['nonsense']),
        maxMessageKb: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.constant(null)),
        isRelayAllowed: fc.boolean(),
        outboundPassword: fc.constantFrom('', 'sealed:kept', 'sealed:v1:x', 'password-1'),
        logFormat: fc.constantFrom('w3c', 'iis', 'ncsa'),
      },
      { requiredKeys: [] },
    ),
};

/** What the schema takes, as far as its words go; patterns are met by the ids that there are. */
function argumentsOf(shape: Shape): fc.Arbitrary<unknown> {
  const choices = shape.anyOf ?? shape.oneOf;
  if (choices) return fc.oneof(...choices.map(argumentsOf));
  if (shape.const !== undefined) return fc.constant(shape.const);
  // A large RSA key takes seconds to make.
  if (shape.enum) return fc.constantFrom(...shape.enum.filter((value) => !String(value).startsWith('rsa-')));
  switch (shape.type) {
    case 'object': {
      const entries = Object.entries(shape.properties ?? {});
      if (entries.length === 0) return fc.dictionary(words, words, { maxKeys: 3 });
      const fields = Object.fromEntries(
        entries.map(([key, each]) => {
          const right = rightByName[key]?.();
          const any = argumentsOf(each);
          if (!right) return [key, any];
          const whole = each.type === 'array' && key === 'to' ? fc.array(right, { maxLength: 3 }) : right;
          return [key, fc.oneof({ arbitrary: whole, weight: 9 }, { arbitrary: any, weight: 1 })];
        }),
      );
      return fc.record(fields, { requiredKeys: [...(shape.required ?? [])] });
    }
    case 'array':
      return fc.array(argumentsOf(shape.items ?? {}), { maxLength: 3 });
    case 'integer':
    case 'number':
      return fc.integer({ min: shape.minimum ?? 0, max: Math.min(shape.maximum ?? 1000, 100_000) });
    case 'boolean':
      return fc.boolean();
    case 'string':
      if (shape.pattern?.includes('{16}')) return fc.constantFrom(certificate, '0'.repeat(16));
      if (shape.pattern?.includes('{24}')) return fc.constantFrom('0'.repeat(24), '0195d3f0a1b2000012345678');
      return words;
    default:
      return fc.oneof(words, fc.constant(null), fc.constant(written));
  }
}

/** What comes over a wire, and what a caller in the same process could hand in. */
const nonsense = fc.oneof(
  fc.anything({
    withNullPrototype: true,
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSparseArray: true,
    maxDepth: 3,
  }),
  fc.constantFrom<unknown>(
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0,
    'x'.repeat(100_000),
    Array(10_000).fill('x'),
    undefined,
  ),
  fc.constant(
    JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as unknown,
  ),
);

/** Nothing leaves this computer, or the folder of the test. */
function keepHere(value: unknown, depth = 0): unknown {
  if (typeof value === 'string')
    return /^(?:\/|[a-z]:[\\/]|\\\\)/i.test(value) && !value.startsWith(folder)
      ? join(folder, value.replace(/[^a-z0-9]/gi, '').slice(0, 20))
      : value.slice(0, 100_000);
  if (typeof value !== 'object' || value === null || depth > 12) return value;
  if (Array.isArray(value)) return value.map((part) => keepHere(part, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) {
    if (key === 'dnsServers' || key === 'smartHost') continue;
    const kept = keepHere(key === 'bindings' ? withPort(part) : part, depth + 1);
    Object.defineProperty(copy, key, { value: kept, writable: true, enumerable: true, configurable: true });
  }
  if ('port' in copy && !('type' in copy)) copy.address = '127.0.0.1';
  return copy;
}

/** A binding that leaves its port out means port 25 on all addresses. */
const withPort = (bindings: unknown): unknown =>
  Array.isArray(bindings)
    ? bindings.map((each: unknown) =>
        typeof each === 'object' && each !== null && !Array.isArray(each) ? { port: 2525, ...each } : each,
      )
    : bindings;

async function answerOf(path: string, input: unknown): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${path} does not answer`)), longestCallMs);
  });
  const run = async (): Promise<unknown> => {
    const answer = (await call(
      procedureOf(path),
      input as never,
      { context: { caller } } as never,
    )) as unknown;
    if (typeof answer !== 'object' || answer === null || !(Symbol.asyncIterator in answer)) return answer;
    const stream = (answer as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    const first = await stream.next();
    await stream.return?.();
    return first.value;
  };
  try {
    return await Promise.race([run(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A virtual server more costs time with each call, and of one that stands still there is not much to ask. */
async function tidyUp(): Promise<void> {
  const api = createRouterClient(mailroot.router, { context: { caller } });
  for (const { id } of mailroot.engine.servers.slice(3)) await api.servers.delete({ serverId: id });
  for (const { id, state } of mailroot.engine.servers.slice(0, 2))
    if (state !== 'started') await api.servers.start({ serverId: id }).catch(() => undefined);
}

async function expectAnswer(path: string, input: unknown): Promise<void> {
  try {
    const answer = await answerOf(path, input);
    expect(() => JSON.stringify(answer)).not.toThrow();
  } catch (error) {
    if (!(error instanceof ORPCError)) throw error;
    expect([path, error.code, error.message, logged.at(-1)]).toEqual([
      path,
      expect.toSatisfy((code: string) => knownCodes.includes(code)),
      expect.stringMatching(/./),
      logged.at(-1),
    ]);
  }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
}

async function expectWell(): Promise<void> {
  const api = createRouterClient(mailroot.router, { context: { caller } });
  expect((await api.system.status({})).product).toBe('Mailroot');
  expect(findDocumentFaults(written)).toEqual([]);
  expect(logged.filter((line) => line.includes('internal error'))).toEqual([]);
  await tidyUp();
}

const changesOf = (minLength: number, maxLength: number) =>
  fc.array(changes(fc.oneof(words, fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>)), {
    minLength,
    maxLength,
  });

describe('a call', () => {
  // With the log-in of a new account come seconds of hashing.
  const isSlow = (path: string): boolean => /^(?:accounts|operators)\.(?:create|set)$/.test(path);

  it('with nonsense is answered as the contract says, by every procedure', async () => {
    const paths = [...procedures.keys()];
    expect(paths.length).toBeGreaterThan(60);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), nonsense, async (path, input) => {
        await expectAnswer(path, keepHere(input));
      }),
      { interruptAfterTimeLimit: 2500, markInterruptAsFailure: false, numRuns: 10_000 },
    );
    await expectWell();
  });

  it('with what is right, or was right before it was changed, too', async () => {
    // Without its virtual servers there is nothing to ask, and new settings as a whole come below.
    const paths = [...procedures.keys()].filter((path) => !/^servers\.delete$|^settings\.import$/.test(path));
    const one = (some: readonly string[]) =>
      fc.oneof(
        ...some.map((path) => {
          const schema = procedureOf(path)['~orpc'].inputSchema as z.ZodType | undefined;
          const shape = schema && (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape);
          return fc.tuple(fc.constant(path), shape ? argumentsOf(shape) : fc.constant({}));
        }),
      );
    const any = fc.oneof(
      { arbitrary: one(paths.filter((path) => !isSlow(path))), weight: 60 },
      { arbitrary: one(paths.filter(isSlow)), weight: 1 },
    );
    await fc.assert(
      fc.asyncProperty(any, changesOf(0, 2), async ([path, input], list) => {
        await expectAnswer(path, keepHere(changeDocument(input, list)));
        await tidyUp();
      }),
      { interruptAfterTimeLimit: 5000, markInterruptAsFailure: false, numRuns: 10_000 },
    );
    await expectWell();
  });

  it('that changes a virtual server leaves settings that are valid, whatever it asks for', async () => {
    const valid = await createRouterClient(mailroot.router, { context: { caller } }).settings.export({});
    const [server] = valid.servers;
    if (!server) throw new Error('there is no virtual server');
    const keys = fc.subarray(Object.keys(server).filter((key) => key !== 'id'));
    await fc.assert(
      fc.asyncProperty(changesOf(0, 2), keys, fc.boolean(), async (list, some, isWhole) => {
        if (isWhole) {
          await expectAnswer('settings.import', { document: keepHere(changeDocument(valid, list)) });
        } else {
          const next = keepHere(changeDocument(server, list)) as Record<string, unknown>;
          const patch = Object.fromEntries(some.map((key) => [key, next[key]]));
          await expectAnswer('servers.set', { serverId: server.id, patch });
        }
        expect(findDocumentFaults(written)).toEqual([]);
      }),
      { interruptAfterTimeLimit: 2500, markInterruptAsFailure: false, numRuns: 10_000 },
    );
    await expectWell();
  });
});
