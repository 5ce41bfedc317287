import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ORPCError } from '@orpc/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../../../src-main/engine/core/problem';
import { describeFailure, UsageError } from '../../../src-main/service/command-failure';
import { commandGroups, type RunServe, runCommandLine } from '../../../src-main/service/command-line';
import {
  defaultConsoleAddress,
  describeStart,
  readConsoleOption,
  readListenOption,
} from '../../../src-main/service/serve-options';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Result {
  readonly code: number;
  readonly out: string;
  readonly error: string;
  readonly served: Parameters<RunServe>[0][];
}

async function run(words: readonly string[], input = '', secrets: string[] = []): Promise<Result> {
  let out = '';
  let error = '';
  const served: Parameters<RunServe>[0][] = [];
  const code = await runCommandLine(
    words,
    {
      writeOut: (text) => {
        out += String(text);
      },
      writeError: (text) => {
        error += text;
      },
      readInput: async () => input,
      askSecret: async () => secrets.shift(),
      env: { XDG_DATA_HOME: folder },
      platform: 'linux',
      version: '1.2.3',
    },
    async (options) => {
      served.push(options);
      return 0;
    },
  );
  return { code, out, error, served };
}

const minimal = {
  version: 1,
  servers: [
    {
      id: 1,
      name: 'One',
      bindings: [{ port: 25 }],
      homeDirectory: '/srv/m',
      domains: [{ type: 'default', name: 'a.example' }],
    },
  ],
};

describe('wrong usage ends with 2 and one line', () => {
  it.each([
    [['frobnicate']],
    [['server', 'frobnicate']],
    [['status', '--frobnicate']],
    [['server', 'show']],
    [['server', 'show', 'a', 'b']],
    [['server', 'set', 'a']],
    [['queue', 'delete']],
    [['domain', 'create', 'a', '--type', 'local']],
    [['message', 'list', '--folder', 'queue']],
    [['message', 'list', '--folder', 'badmail', '--cause', 'rubbish']],
    [['message', 'list', '--cause', 'general-failure']],
    [['message', 'show']],
    [['message', 'export', 'a', 'b']],
    [['message', 'delete']],
    [['message', 'restore']],
    [['message', 'resend']],
    [['message', 'resend', '--file', 'a.eml']],
    [['message', 'resend', '--file', 'a.eml', '--from', 'a@b.test', '--to', 'c@d.test', '--remove']],
    [['message', 'resend', '--file', 'a.eml', '--from', 'a@b.test', '--to', 'c@d.test', '--replace', 'a=b']],
    [['message', 'causes', 'extra']],
    [['message', 'retention', '--folder', 'pickup']],
    [['message', 'search']],
    [['message', 'tag', '1']],
    [['message', 'untag', '1', '--tag', ' , ']],
    [['message', 'star']],
    [['message', 'read']],
    [['message', 'check']],
    [['message', 'check', '1', '--file', 'a.eml']],
    [['index', 'rebuild', 'extra']],
    [['queue', 'groups']],
    [['queue', 'list', '--state', 'rubbish']],
    [['queue', 'show']],
    [['queue', 'hold']],
    [['queue', 'hold', '1', '--all']],
    [['queue', 'release', '1', '--sender', 'a']],
    [['queue', 'route', '1']],
    [['queue', 'route', '1', '--mx', '--drop']],
    [['queue', 'readdress', '1', '--from', 'a@b.test']],
    [['queue', 'freeze']],
    [['queue', 'thaw', 'a', 'b']],
    [['queue', 'release-for']],
    [['trace', 'show']],
    [['trace', 'list', '--outcome', 'rubbish']],
    [['send', '--to']],
    [['session', 'terminate']],
    [['session', 'lift']],
    [['session', 'show']],
    [['serve', '--listen', 'localhost:25']],
    [['serve', '--listen', ':465/implicit']],
    [['serve', '--listen', ':25', '--config', 'settings.json']],
    [['domain', 'show']],
    [['session', 'terminate', '1', '--all']],
    [['serve', '--console', 'nonsense']],
    [['account', 'create', 'ann', 'correct horse']],
    [['account', 'set', 'ann']],
    [['account', 'set', 'ann', '--enable', '--disable']],
    [['operator', 'create', 'ann']],
    [['operator', 'create', 'ann', '--role', 'root']],
    [['operator', 'set', 'ann']],
    [['operator', 'admit', 'user', 'ann']],
    [['operator', 'admit', 'ann', '--role', 'viewer']],
    [['operator', 'admit', 'robot', 'ann', '--role', 'viewer']],
    [['operator', 'dismiss', 'robot', 'ann']],
    [['status', '--data']],
  ])('%j', async (words) => {
    const result = await run(words);
    expect(result.code).toBe(2);
    expect(result.out).toBe('');
    expect(result.error).toMatch(/^mailroot: .*\n$/);
  });

  it.each([[[]], [['server']], [['config']]])('%j shows the help', async (words) => {
    const result = await run(words);
    expect(result.code).toBe(2);
    expect(result.error).toContain('Usage: mailroot');
  });
});

describe('help and version end with 0', () => {
  it('--version', async () => {
    expect(await run(['--version'])).toMatchObject({ code: 0, out: '1.2.3\n', error: '' });
  });

  it('--help has examples and every command', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
    for (const name of [
      'serve',
      'status',
      'send',
      'console',
      'changes',
      ...commandGroups.map((group) => group.name),
    ]) {
      expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    }
  });

  it('help of a command names --data and --json', async () => {
    const { out } = await run(['queue', 'list', '--help']);
    expect(out).toContain('--data <folder>');
    expect(out).toContain('--json');
    expect(out).toContain('--limit <number>');
  });
});

describe('without a running Mailroot', () => {
  const needing = commandGroups
    .filter((group) => group.name !== 'config')
    .flatMap((group) =>
      group.commands
        // What a preset needs is known without an engine.
        .filter((command) => command.name !== 'presets')
        .map((command) => [
          group.name,
          command.name,
          // One word for each that it wants.
          ...(command.parameters?.match(/<[^>]*>/g) ?? []).map((parameter) =>
            parameter.startsWith('<setting=value') ? 'port=' : '1',
          ),
        ]),
    );
  it.each(
    [...needing, ['status'], ['send', '--to', 'a@b.example'], ['console'], ['changes']].map((words) => [
      words,
    ]),
  )('%j is one line and 1', async (words) => {
    if (words[0] === 'server' && words[1] === 'set') words = ['server', 'set', '1', 'maxHops=20'];
    if (words[0] === 'account' && words[1] === 'set') words = ['account', 'set', '1', '--disable'];
    if (words[0] === 'operator' && (words[1] === 'set' || words[1] === 'create'))
      words = [...words.slice(0, 3), '--role', 'viewer'];
    if (words[0] === 'operator' && words[1] === 'admit')
      words = ['operator', 'admit', 'user', 'x', '--role', 'viewer'];
    if (words[0] === 'operator' && words[1] === 'dismiss') words = ['operator', 'dismiss', 'group', 'x'];
    if (words[0] === 'cert' && (words[1] === 'create' || words[1] === 'request'))
      words = [...words, '--host', 'mail.example.com'];
    if (words[0] === 'session' && words[1] === 'terminate') words = [...words, '1'];
    if (
      words[0] === 'queue' &&
      ['hold', 'release', 'delete', 'route', 'readdress'].includes(words[1] as string)
    )
      words = [...words, '1'];
    if (words[1] === 'route' && words[0] === 'queue') words = [...words, '--mx'];
    if (words[1] === 'readdress') words = [...words, '--from', 'a@b.test', '--to', 'c@b.test'];
    if (words[1] === 'tag' || words[1] === 'untag') words = [...words, '--tag', 'Work'];
    if (words[0] === 'message' && words[1] === 'check') words = [...words, '1'];
    if (words[0] === 'smart-host') words = ['smart-host', 'set', 'sendgrid'];
    const result = await run(words);
    expect(result).toMatchObject({
      code: 1,
      out: '',
      error: `mailroot: Mailroot is not running on ${join(folder, 'mailroot')}. Start it with mailroot serve, or open the desktop.\n`,
    });
  });

  it('values are checked before anything is asked for', async () => {
    expect(await run(['server', 'set', 'x', 'maxHops=5'])).toMatchObject({
      code: 1,
      error: 'mailroot: maxHops: At least 10.\n',
    });
    expect(await run(['queue', 'list', '--limit', '0'])).toMatchObject({
      code: 1,
      error: 'mailroot: --limit: Enter a whole number from 1 to 1000.\n',
    });
  });

  it.each([
    [['message', 'resend', '1', '--via', 'host:99999'], '"host:99999" is no way.'],
    [['message', 'resend', '1', '--replace', 'a'], '"a" must be OLD=NEW, two addresses.'],
    [
      ['queue', 'route', '1', '--host', 'relay'],
      '--host: Enter host and port, such as relay.example.com:25.',
    ],
    [['queue', 'route', '1', '--host', 'relay:99999'], '--host: Enter host and port'],
    [['queue', 'hold', '--older', '5x'], '--older: Enter a number and its unit, such as 30m, 4h or 2d.'],
    [['trace', 'list', '--since', 'rubbish'], '--since: Enter a date'],
    [['message', 'retention', '--days', '0'], '--days: Enter a whole number from 1 to 36500, or off.'],
    [['message', 'check', '--file', '/nonexistent/a.eml'], '/nonexistent/a.eml could not be read'],
  ])('%j is refused before anything is asked for', async (words, text) => {
    const result = await run(words);
    expect([result.code, result.out]).toEqual([1, '']);
    expect(result.error.startsWith(`mailroot: ${text}`), result.error).toBe(true);
    expect(result.error.match(/\n/g)).toHaveLength(1);
  });

  it('config schema prints the schema', async () => {
    const { code, out } = await run(['config', 'schema']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ type: 'object', properties: { servers: { type: 'array' } } });
  });

  it('config validate finds all faults and says the first', async () => {
    const file = join(folder, 'wrong.json');
    writeFileSync(
      file,
      JSON.stringify({ version: 1, servers: [{ ...minimal.servers[0], maxHops: 5, colour: 'red' }] }),
    );
    const result = await run(['config', 'validate', file, '--json']);
    expect(result.code).toBe(1);
    expect(JSON.parse(result.out).faults.length).toBe(2);
    expect(result.error).toMatch(/^mailroot: .*wrong\.json: servers\.0\..*\(and 1 more\)\n$/);
  });

  it('config validate reads standard input', async () => {
    expect(await run(['config', 'validate', '-'], JSON.stringify(minimal))).toMatchObject({
      code: 0,
      error: '',
    });
    expect(await run(['config', 'validate', '-'], '{')).toMatchObject({
      code: 1,
      error: expect.stringMatching(/^mailroot: - is not JSON: .*\n$/),
    });
  });

  it('config import and export work on the file, and export says so', async () => {
    expect((await run(['config', 'import', '-'], JSON.stringify(minimal))).code).toBe(0);
    const result = await run(['config', 'export']);
    expect(result.code).toBe(0);
    expect(JSON.parse(result.out)).toMatchObject({ servers: [{ name: 'One', maxHops: 15 }] });
    expect(result.error).toMatch(
      /^mailroot: Mailroot is not running; these are the settings in .*settings\.json\.\n$/,
    );
    const file = join(folder, 'out.json');
    await run(['config', 'export', file]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: 1 });
  });

  it('config export says that there are no settings yet', async () => {
    expect(await run(['config', 'export'])).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringContaining('no settings yet'),
    });
  });

  it('config restore says that there is no copy', async () => {
    expect(await run(['config', 'restore'])).toMatchObject({
      code: 1,
      error: expect.stringContaining('There is no last good copy'),
    });
  });
});

describe('serve', () => {
  it('has the default folder and console', async () => {
    const { served } = await run(['serve']);
    expect(served).toEqual([
      {
        dataFolder: join(folder, 'mailroot'),
        console: { address: defaultConsoleAddress, isDefault: true },
        config: undefined,
        listen: undefined,
      },
    ]);
  });

  it('takes folder, console and settings, before or after its name', async () => {
    const file = join(folder, 'config.json');
    writeFileSync(file, '{"version":1}');
    const { served } = await run(['--data', '/srv/x', 'serve', '--console', 'off', '--config', file]);
    expect(served).toEqual([
      { dataFolder: '/srv/x', console: undefined, config: { version: 1 }, listen: undefined },
    ]);
    expect((await run(['serve', '--data=/srv/y'])).served[0]?.dataFolder).toBe('/srv/y');
  });

  it('refuses a settings file that is missing or no JSON', async () => {
    const missing = await run(['serve', '--config', join(folder, 'none.json')]);
    expect(missing).toMatchObject({
      code: 1,
      served: [],
      error: expect.stringMatching(/^mailroot: .*none\.json cannot be read: .*\n$/),
    });
  });

  it.each([
    [undefined, { address: { host: '127.0.0.1', port: 8025 }, isDefault: true }],
    ['off', undefined],
    ['[::1]:9000', { address: { host: '::1', port: 9000 }, isDefault: false }],
  ])('--console %s', (text, expected) => {
    expect(readConsoleOption(text)).toEqual(expected);
  });

  it.each([
    [':25', { address: '', port: 25 }],
    ['127.0.0.1:2525', { address: '127.0.0.1', port: 2525 }],
    ['[::1]:2525', { address: '::1', port: 2525 }],
    [undefined, undefined],
  ])('--listen %s', (text, expected) => {
    expect(readListenOption(text)).toEqual(expected);
  });

  it('refuses another --console', () => {
    expect(() => readConsoleOption('8025')).toThrow(UsageError);
  });

  it('says what came up, one line each', () => {
    expect(
      describeStart({
        started: [
          {
            name: 'A',
            bindings: [
              { address: '', port: 25 },
              { address: '::1', port: 26 },
            ],
          },
        ],
        failed: [{ name: 'B', reason: 'Port 25\nis used by "A".' }],
        note: 'Port 25 is taken.',
      }),
    ).toEqual([
      'Port 25 is taken.',
      '"A" listens on (All Unassigned):25, [::1]:26.',
      '"B" did not start: Port 25 is used by "A".',
    ]);
  });
});

describe('a failure is one line', () => {
  it.each([
    [new Problem('invalid', 'At least 10.', 'maxHops'), 'At least 10.'],
    [
      new Problem('invalid', 'servers.0.maxHops: At least 10.', 'servers.0.maxHops'),
      'servers.0.maxHops: At least 10.',
    ],
    [new Problem('refused', 'Two\nlines.'), 'Two lines.'],
    [new ORPCError('conflict', { message: 'Taken.', data: { field: 'name' } }), 'Taken.'],
    [new ORPCError('conflict', { message: 'Taken.' }), 'Taken.'],
    [
      new ORPCError('BAD_REQUEST', {
        message: 'Input validation failed',
        data: { issues: [{ path: ['to', 0], message: 'Too big' }] },
      }),
      'to.0: Too big',
    ],
    [new Error('read ECONNRESET\u001b[0m'), 'read ECONNRESET [0m'],
    ['text', 'text'],
  ])('%s', (error, line) => {
    expect(describeFailure(error, { hasSettings: false })).toBe(line);
  });

  it.each([
    [new Problem('invalid', 'At least 10.', 'maxHops'), 'maxHops: At least 10.'],
    [
      new Problem('invalid', 'servers.0.maxHops: At least 10.', 'servers.0.maxHops'),
      'servers.0.maxHops: At least 10.',
    ],
    [
      new ORPCError('invalid', { message: 'At least 10.', data: { field: 'maxHops' } }),
      'maxHops: At least 10.',
    ],
  ])('and names the setting where settings were given: %s', (error, line) => {
    expect(describeFailure(error, { hasSettings: true })).toBe(line);
  });
});
