/** Accounts and operators by the built command line against a running service. */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandResult, runCommand } from '../support/command';
import { describeUnless, missingReason, toolPath } from '../support/packages';
import { commandLine, type RunningService, startService } from '../support/service';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.remove());

const mailroot = (words: readonly string[], input = ''): Promise<CommandResult> =>
  runCommand([...words, '--data', service.dataFolder], { input });
async function done(words: readonly string[], input = ''): Promise<string> {
  const result = await mailroot(words, input);
  expect(result).toMatchObject({ code: 0, error: '' });
  return result.out;
}
async function refused(words: readonly string[], input = ''): Promise<string> {
  const result = await mailroot(words, input);
  expect(result).toMatchObject({ code: 1, out: '' });
  expect(result.error).toMatch(/^mailroot: [^\n]+\n$/);
  return result.error.trimEnd();
}

describe('account', () => {
  it('is made, listed, disabled, given a new password and deleted', async () => {
    expect(await done(['account', 'list'])).toBe('There are no accounts.\n');
    expect(await done(['account', 'create', 'Scanner', '--password-stdin'], 'correct horse\n')).toBe(
      'Created the account Scanner.\nNo virtual server lets it log in yet: mailroot server set 1 allowsBasic=true\n',
    );
    expect(await done(['account', 'list'])).toMatch(/^Scanner +enabled +basic +20/m);
    expect(await done(['account', 'set', 'scanner', '--disable'])).toMatch(/^Scanner +disabled +basic +20/m);
    const [row] = JSON.parse(await done(['account', 'list', '--json']));
    expect(row).toEqual({
      name: 'Scanner',
      isEnabled: false,
      methods: ['basic'],
      createdAt: expect.any(Number),
    });
    await done(['account', 'set', 'scanner', '--enable', '--password-stdin'], 'battery staple\r\nmore');
    expect(await done(['account', 'delete', 'SCANNER'])).toBe('Deleted the account SCANNER.\n');
    expect(await done(['account', 'list', '--json'])).toBe('[]\n');
  });

  it('lies on the disk without its password', async () => {
    await done(['account', 'create', 'printer', '--password-stdin'], 'correct horse');
    const text = readFileSync(join(service.dataFolder, 'people.json'), 'utf8');
    expect(text).toContain('"printer"');
    expect(text).not.toContain('correct horse');
    expect(service.output()).not.toContain('correct horse');
  });

  it('logs in by what it is given, and needs its password for what is new', async () => {
    const create = ['account', 'create', 'app', '--method', 'ntlm,scram-sha-256', '--password-stdin'];
    await done(create, 'correct horse');
    expect(await done(['account', 'list'])).toMatch(/^app +enabled +ntlm, scram-sha-256 +20/m);
    expect(await refused(['account', 'set', 'app', '--method', 'basic,ntlm'])).toBe(
      'mailroot: Enter the password: PLAIN and LOGIN cannot be allowed without it.',
    );
    await done(['account', 'set', 'app', '--method', 'basic,ntlm', '--password-stdin'], 'battery staple');
    expect(await done(['account', 'set', 'app', '--method', 'ntlm'])).toMatch(/^app +enabled +ntlm +20/m);
    await done(['account', 'delete', 'app']);
  });

  it('by Kerberos alone needs no password', async () => {
    await done(['account', 'create', 'ann@EXAMPLE.TEST', '--method', 'kerberos']);
    expect(await done(['account', 'list'])).toMatch(/^ann@EXAMPLE.TEST +enabled +kerberos +20/m);
    await done(['account', 'delete', 'ann@example.test']);
  });

  const hintFor = (setting: string): string =>
    `\nNo virtual server lets it log in yet: mailroot server set 1 ${setting}=true\n`;

  it.each([
    ['ntlm', 'allowsIntegrated'],
    ['kerberos', 'allowsIntegrated'],
    ['cram-md5', 'allowsChallengeResponse'],
    ['scram-sha-256', 'allowsChallengeResponse'],
  ])('by %s alone is told that it needs %s', async (method, setting) => {
    const words = ['account', 'create', 'app', '--method', method];
    const password = method === 'kerberos' ? [] : ['--password-stdin'];
    expect(await done([...words, ...password], 'correct horse')).toBe(
      `Created the account app.${hintFor(setting)}`,
    );
    await done(['account', 'delete', 'app']);
  });

  it('is told nothing where it is disabled, or a virtual server lets it log in', async () => {
    await done(['account', 'create', 'app', '--method', 'cram-md5', '--password-stdin'], 'correct horse');
    expect(await done(['account', 'set', 'app', '--disable'])).not.toContain('No virtual server');
    expect(await done(['account', 'set', 'app', '--enable'])).toContain(hintFor('allowsChallengeResponse'));
    await done(['server', 'set', '1', 'allowsChallengeResponse=true']);
    expect(await done(['account', 'set', 'app', '--enable'])).not.toContain('No virtual server');
    await done(['server', 'set', '1', 'allowsChallengeResponse=false']);
    await done(['account', 'delete', 'app']);
  });

  it('takes no way to log in that does not exist', async () => {
    const result = await mailroot(['account', 'create', 'ann', '--method', 'ntlm,digest-md5']);
    expect(result).toMatchObject({ code: 2, out: '' });
    expect(result.error).toContain('not "digest-md5"');
  });

  it.each([
    ['a short password', ['account', 'create', 'ann', '--password-stdin'], 'short', /password: At least 8/],
    ['no password', ['account', 'create', 'ann', '--password-stdin'], '', /password: At least 8/],
    [
      'a name with a space',
      ['account', 'create', 'a b', '--password-stdin'],
      'correct horse',
      /name: A name/,
    ],
    ['a name that is taken', ['account', 'create', 'PRINTER', '--password-stdin'], 'x'.repeat(9), /already/],
    ['a name that nobody has', ['account', 'delete', 'nobody'], '', /There is no account named "nobody"/],
    ['no terminal to ask at', ['account', 'create', 'ann'], '', /--password-stdin/],
  ])('is refused with %s', async (_, words, input, reason) => {
    expect(await refused(words, input)).toMatch(reason);
  });
});

describe('operator', () => {
  it('is made, listed, given another role and deleted', async () => {
    expect(await done(['operator', 'list'])).toBe('There are no operators.\n');
    const words = ['operator', 'create', 'Ann', '--role', 'viewer', '--password-stdin'];
    expect(await done(words, 'correct horse')).toBe('Created the operator Ann, viewer.\n');
    expect(await done(['operator', 'set', 'ann', '--role', 'operator'])).toMatch(/^Ann +operator +20/m);
    await done(['operator', 'set', 'ann', '--password-stdin'], 'battery staple');
    expect(JSON.parse(await done(['operator', 'list', '--json']))).toMatchObject([
      { name: 'Ann', role: 'operator' },
    ]);
    expect(await done(['operator', 'delete', 'ann'])).toBe('Deleted the operator ann.\n');
    expect(await refused(['operator', 'set', 'ann', '--role', 'viewer'])).toContain('There is no operator');
  });
});

const typeAtTerminal = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown = b''
def until(text):
    global shown
    while text not in shown:
        try: piece = os.read(terminal, 4096)
        except OSError: return
        if not piece: return
        shown += piece
until(b'Password for app: ')
os.write(terminal, b'correct horse\\r')
until(b'The same again: ')
os.write(terminal, os.environ['AGAIN'].encode() + b'\\r')
until(b'never shown')
sys.stdout.write(shown.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

describeUnless(missingReason('python3'), 'a password that is typed', () => {
  const type = async (again: string) => {
    const words = [process.execPath, commandLine, 'account', 'create', 'app', '--data', service.dataFolder];
    const run = promisify(execFile)(toolPath('python3') as string, ['-c', typeAtTerminal, ...words], {
      env: { ...process.env, AGAIN: again },
    });
    return run.then(
      ({ stdout }) => ({ code: 0, shown: stdout }),
      ({ code, stdout }: { code: number; stdout: string }) => ({ code, shown: stdout }),
    );
  };

  it('twice the same makes the account, and is never shown', async () => {
    const { code, shown } = await type('correct horse');
    expect(shown.replaceAll('\r', '')).toBe(
      'Password for app: \nThe same again: \nCreated the account app.\nNo virtual server lets it log in yet: mailroot server set 1 allowsBasic=true\n',
    );
    expect(code).toBe(0);
  });

  it('differently makes none', async () => {
    const { code, shown } = await type('correct house');
    expect(code).toBe(1);
    expect(shown).toContain('The two passwords are not the same.');
    expect(shown).not.toContain('correct');
  });
});
