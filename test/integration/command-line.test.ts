/** Each command of the built command line against a running service: output, exit code, line on standard error. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandResult, runCommand } from '../support/command';
import { findFreePort, type RunningService, startService, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';

let service: RunningService;
let scratch: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'mailroot-cli-'));
  service = await startService({
    server: {
      relayList: ['127.0.0.1'],
      // Nobody listens there: what is relayed waits in Queue.
      smartHost: '[127.0.0.1]',
      outboundPort: await findFreePort(),
    },
  });
});
afterAll(async () => {
  await service.remove();
  rmSync(scratch, { recursive: true, force: true });
});

const mailroot = (...words: string[]): Promise<CommandResult> =>
  runCommand([...words, '--data', service.dataFolder]);

/** A command that must be done without a word on standard error. */
async function done(...words: string[]): Promise<string> {
  const result = await mailroot(...words);
  expect(result).toMatchObject({ code: 0, error: '' });
  return result.out;
}
const doneJson = async (...words: string[]) => JSON.parse(await done(...words, '--json'));

/** A command that must be refused with exactly one line; gives the line. */
async function refused(...words: string[]): Promise<string> {
  const result = await mailroot(...words);
  expect(result.code).toBe(1);
  expect(result.out).toBe('');
  expect(result.error).toMatch(/^mailroot: [^\n]+\n$/);
  return result.error.trimEnd();
}

describe('status', () => {
  it('shows what runs', async () => {
    const out = await done('status');
    expect(out).toContain(`run by the service since 20`);
    expect(out).toContain(service.dataFolder);
    expect(out).toMatch(/^ *1 {2}Default SMTP Virtual Server {2}started {2}127\.0\.0\.1:\d+/m);
  });

  it('as JSON', async () => {
    const { system, servers } = await doneJson('status');
    expect(system).toMatchObject({
      host: 'service',
      dataFolder: service.dataFolder,
      processId: service.process.pid,
    });
    expect(servers).toMatchObject([{ id: 1, state: 'started' }]);
  });
});

describe('server', () => {
  it('list and show', async () => {
    expect(await done('server', 'list')).toMatch(/^No\. {2}Name/);
    const shown = await done('server', 'show', 'default smtp virtual server');
    expect(shown).toMatch(/^maxHops +15$/m);
    expect(shown).toMatch(/^domains +corp\.test \(default\)$/m);
    expect(await doneJson('server', 'show', '1')).toMatchObject({ settings: { maxHops: 15 } });
    expect(await refused('server', 'show', 'nobody')).toBe('mailroot: There is no virtual server "nobody".');
  });

  it('set changes all or nothing', async () => {
    expect(await done('server', 'set', '1', 'maxHops=20', 'sendNdrTo=admin@corp.test')).toContain('Saved');
    expect(await doneJson('server', 'show', '1')).toMatchObject({
      settings: { maxHops: 20, sendNdrTo: 'admin@corp.test' },
    });
    expect(await refused('server', 'set', '1', 'maxHops=30', 'sendNdrTo=admin')).toBe(
      'mailroot: sendNdrTo: Enter an address such as admin@example.com.',
    );
    expect(
      await refused('server', 'set', '1', 'maxHops=30', 'triesDirectDelivery=true', 'smartHost='),
    ).toMatch(/^mailroot: triesDirectDelivery: /);
    expect(await doneJson('server', 'show', '1')).toMatchObject({ settings: { maxHops: 20 } });
  });

  it('set says what a setting takes, and which entry of a list is wrong', async () => {
    expect(await refused('server', 'set', '1', 'maxMessageKb=lots')).toBe(
      'mailroot: maxMessageKb: Enter a number.',
    );
    expect(await refused('server', 'set', '1', 'relayMode=all')).toBe(
      'mailroot: relayMode: Enter one of: only, except.',
    );
    expect(await refused('server', 'set', '1', 'relayList=10.0.0.1,10.0.0.999')).toMatch(
      /^mailroot: relayList: "10\.0\.0\.999": Enter /,
    );
    await done('server', 'set', '1', 'verbsOff=vrfy');
    expect((await doneJson('server', 'show', '1')).settings.verbsOff).toEqual(['VRFY']);
    await done('server', 'set', '1', 'verbsOff=');
  });

  it('set takes certificates by name, and identities keep what is not written', async () => {
    const { id } = await doneJson('cert', 'create', 'Relay', '--host', 'relay.corp.test');
    expect(await refused('server', 'set', '1', 'certificate=nobody')).toBe(
      'mailroot: certificate: There is no certificate named "nobody". mailroot cert list lists them.',
    );
    await done('server', 'set', '1', 'certificate=relay', 'furtherCertificates=Relay');
    expect((await doneJson('server', 'show', '1')).settings).toMatchObject({
      certificate: id,
      furtherCertificates: [id],
    });
    const [smtp, smtps] = [`127.0.0.1:${service.port}`, `127.0.0.1:${await findFreePort()}`];
    await done('server', 'set', '1', `bindings=${smtp},${smtps}/implicit`);
    const identities = `${smtp}, ${smtps}/implicit`;
    for (const words of [['server', 'list'], ['server', 'show', '1'], ['status']])
      expect(await done(...words)).toContain(identities);
    await done('server', 'set', '1', `bindings=${smtps},${smtp}`);
    expect(await done('server', 'show', '1')).toContain(`${smtps}/implicit, ${smtp}`);
    await done('server', 'set', '1', `bindings=${smtp}`, 'certificate=', 'furtherCertificates=');
    await done('cert', 'remove', 'Relay');
  });

  it('pause, resume, stop, start', async () => {
    expect(await done('server', 'pause', '1')).toBe('Default SMTP Virtual Server is paused.\n');
    expect(await done('server', 'resume', '1')).toBe('Default SMTP Virtual Server is started.\n');
    expect(await done('server', 'stop', '1')).toBe('Default SMTP Virtual Server is stopped.\n');
    expect(await refused('server', 'resume', '1')).toMatch(/not paused/);
    expect(await doneJson('server', 'start', '1')).toMatchObject({ state: 'started' });
  });

  it('create, rename, delete', async () => {
    const port = await findFreePort();
    expect(
      await done('server', 'create', 'Scanner', '--binding', `127.0.0.1:${port}`, '--domain', 'scan.test'),
    ).toMatch(/^Created no\. 2\. Scanner is started\.\n$/);
    expect(await refused('server', 'create', 'scanner', '--binding', '127.0.0.1:1')).toMatch(
      /already a virtual server named/,
    );
    expect(await refused('server', 'create', 'Other', '--binding', `127.0.0.1:${port}`)).toMatch(
      /is used by "Scanner"/,
    );
    expect(await refused('server', 'create', 'Other', '--binding', 'nowhere')).toMatch(
      /^mailroot: --binding: /,
    );
    expect(await refused('queue', 'list')).toMatch(/say which with --server/);
    expect(await done('server', 'rename', 'SCANNER', 'Copier')).toBe('Renamed to Copier.\n');
    expect(await refused('server', 'rename', 'Copier', 'x'.repeat(101))).toMatch(/at most 100 characters/);
    expect(await done('server', 'delete', 'Copier')).toMatch(/^Deleted Copier\. Its files stay in /);
    expect(await refused('server', 'start', 'Copier')).toMatch(/no virtual server "Copier"/);
  });
});

describe('route', () => {
  it('add, list, move, set, rename, show, remove', async () => {
    await done(
      'route',
      'add',
      'Shop',
      'senders=shop@corp.test,*.shop.test',
      'smartHost=mail.shop.test',
      'port=587',
    );
    const logIn = ['outboundAuthentication=basic', 'outboundUserName=ann'];
    const added = await runCommand(
      [
        'route',
        'add',
        'App',
        'senders=corp.test,<>',
        'smartHost=[192.0.2.7]',
        ...logIn,
        '--position',
        '1',
        '--password-stdin',
        '--data',
        service.dataFolder,
      ],
      { input: 'open-sesame\n' },
    );
    expect(added).toMatchObject({ code: 0, error: '' });
    expect(added.out).toMatch(/^ *1 +App +corp\.test, <> +\[192\.0\.2\.7\] +basic, ann +opportunistic$/m);
    expect(added.out).toMatch(
      /^ *2 +Shop +shop@corp\.test, \*\.shop\.test +mail\.shop\.test, port 587 +opportunistic$/m,
    );
    expect(await done('route', 'move', 'app', '2')).toMatch(/^ *1 +Shop .*\n *2 +App /m);
    const further = 'furtherSmartHosts=[{"host":"b.shop.test","port":25}]';
    expect(await done('route', 'set', 'Shop', further, 'outboundSender=shop@corp.test')).toMatch(
      /mail\.shop\.test, port 587, then b\.shop\.test, port 25 +opportunistic +shop@corp\.test$/m,
    );
    await done('route', 'rename', 'App', 'Reports');
    // Its password went along.
    const rows = await doneJson('route', 'list');
    expect(rows).toMatchObject([{ name: 'Shop' }, { name: 'Reports', outboundPassword: 'sealed:kept' }]);
    expect(await done('route', 'show', 'shop')).toMatch(/^furtherSmartHosts +b\.shop\.test, port 25$/m);
    expect(await done('server', 'show', '1')).toMatch(/^senderRoutes +Shop, Reports$/m);
    const explained = await done('explain', '--from', 'shop@corp.test', '--to', 'a@b.test', '--offline');
    expect(explained).toContain(
      'sent to smart host mail.shop.test, port 587, or to smart host b.shop.test when that fails',
    );
    expect(explained).toContain('Route Shop for shop@corp.test');
    expect(explained).toContain('(Shop: senderRoutes)');
    await done('route', 'remove', 'reports');
    await done('route', 'remove', 'Shop');
    expect(await done('route', 'list')).toContain('There are no routes by sender.');
  });

  it('refuses what is no route', async () => {
    expect(await refused('route', 'add', 'Shop', 'smartHost=mail.shop.test')).toMatch(/senders/);
    expect(await refused('route', 'add', 'Shop', 'senders=a b')).toMatch(/Enter an address such as/);
    expect(await refused('route', 'set', 'Nobody', 'port=1')).toMatch(/no route named "Nobody"/);
    expect(await refused('route', 'move', 'Nobody', '0')).toMatch(/1 is the first/);
    const logIn = ['outboundAuthentication=basic', 'outboundUserName=ann'];
    expect(await refused('route', 'add', 'Direct', 'senders=corp.test', ...logIn)).toMatch(
      /nobody logs in there/,
    );
  });
});

describe('domain', () => {
  it('create, list, set, rename, set-default, delete', async () => {
    expect(
      await done('domain', 'create', '*.partner.test', '--relay', '--smart-host', 'mail.partner.test'),
    ).toContain('remote domain');
    await done('domain', 'create', 'alias.test', '--type', 'alias');
    expect(await done('domain', 'list')).toMatch(
      /^\*\.partner\.test +remote +mail\.partner\.test +allowed$/m,
    );
    const { rows, total } = await doneJson('domain', 'list', '--sort', 'name', '--limit', '2');
    expect(total).toBe(3);
    expect(rows.map((row: { name: string }) => row.name)).toEqual(['*.partner.test', 'alias.test']);
    expect(await done('domain', 'list', '--sort', 'name', '--limit', '2')).toContain('2 of 3 shown');
    expect((await doneJson('domain', 'list', '--filter', 'PARTNER')).total).toBe(1);
    expect(await refused('domain', 'list', '--descending')).toMatch(/--sort/);
    expect(await done('domain', 'set', '*.partner.test', 'smartHost=', 'port=2525')).toMatch(
      /DNS, port 2525/,
    );
    expect(await refused('domain', 'set', '*.partner.test', 'port=0')).toBe(
      'mailroot: port: A port is 1 to 65535.',
    );
    expect(await refused('domain', 'set', 'nobody.test', 'port=1')).toMatch(/no domain named nobody\.test/);
    const held = ['held.test', '--hold', '--turn-account', 'ann', '--turn-account', 'ben'];
    await done('domain', 'create', ...held, '--smart-host', 'mail.held.test');
    expect(await done('domain', 'list', '--filter', 'held')).toMatch(
      /^held\.test +remote +held until asked for, then mail\.held\.test +ann, ben$/m,
    );
    const shownDomain = await done('domain', 'show', 'HELD.test');
    expect(shownDomain).toMatch(/^goes to +held until asked for, then mail\.held\.test$/m);
    expect(shownDomain).toMatch(/^holdsForTrigger +true$/m);
    expect(shownDomain).toMatch(/^turnAccounts +ann, ben$/m);
    expect(await refused('domain', 'create', 'a.test', '--type', 'alias', '--hold')).toMatch(
      /Only a remote domain has /,
    );
    await done('domain', 'delete', 'held.test');
    expect(await refused('domain', 'create', 'not a domain')).toMatch(/^mailroot: Enter a domain/);
    await done('domain', 'rename', 'alias.test', 'other.test');
    await done('domain', 'set-default', 'other.test');
    expect((await doneJson('domain', 'list')).rows).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'other.test', type: 'default' })]),
    );
    expect(await refused('domain', 'delete', 'other.test')).toMatch(/default/);
    await done('domain', 'set-default', 'corp.test');
    await done('domain', 'delete', 'other.test');
    await done('domain', 'delete', '*.partner.test');
    expect(await doneJson('domain', 'list')).toMatchObject({
      rows: [{ name: 'corp.test', type: 'default' }],
      total: 1,
    });
  });
});

describe('session', () => {
  it('list and terminate', async () => {
    const client = await connectSmtp(service.port);
    const [session] = (await waitFor('the session', async () => {
      const { rows } = await doneJson('session', 'list');
      return rows.length > 0 && rows;
    })) as { id: string }[];
    expect(await done('session', 'list')).toMatch(/127\.0\.0\.1/);
    expect(await refused('session', 'terminate', 'nobody')).toMatch(/session/i);
    expect(await done('session', 'terminate', session?.id ?? '')).toContain('ended');
    await waitFor('no session', async () => (await doneJson('session', 'list')).total === 0);
    client.end();
    expect(await done('session', 'terminate', '--all')).toBe('0 ended.\n');
    expect(await done('session', 'list')).toBe('Nobody is connected.\n');
    expect(await done('session', 'lock-outs')).toBe('Nobody is locked out.\n');
    expect(await doneJson('session', 'lock-outs')).toEqual([]);
    expect(await refused('session', 'lift', '192.0.2.1', '2001:db8::1')).toBe(
      'mailroot: No such address is locked out.',
    );
  });

  it('ended ones are listed, and shown with what was said', async () => {
    const client = await connectSmtp(service.port);
    await client.say('EHLO scanner.corp.test');
    await client.say('QUIT');
    client.end();
    const [row] = (await waitFor('the ended session', async () => {
      const { rows } = await doneJson('session', 'ended');
      return rows[0]?.hello === 'scanner.corp.test' && rows;
    })) as { id: string }[];
    expect(await done('session', 'ended', '--limit', '1')).toMatch(
      /^Session +Ended +From +User +Messages +TLS +Last reply\n\S+ +20[\d-]+ [\d:]+ +127\.0\.0\.1 +scanner\.corp\.test +0 +221 /,
    );
    const shown = await done('session', 'show', row?.id ?? '');
    expect(shown).toMatch(/^Session \S+: scanner\.corp\.test from 127\.0\.0\.1, .*, not encrypted$/m);
    expect(shown).toMatch(/^[\d:]{8}\.\d{3} \u2192 EHLO scanner\.corp\.test$/m);
    expect(shown).toMatch(/^[\d:]{8}\.\d{3} \u2190 221 /m);
    expect((await doneJson('session', 'show', row?.id ?? '')).session).toMatchObject({ cipher: '' });
    expect(await refused('session', 'show', 'nobody')).toMatch(/Nothing is known about this session/);
  });
});

describe('send, message and queue', () => {
  it('a test message to Drop is listed, shown, exported and deleted', async () => {
    expect(
      await done('send', '--to', 'ann@corp.test', '--subject', 'Hello \u00e4', '--text', 'First line'),
    ).toMatch(/^Accepted as [0-9a-f]{24}\.\n$/);
    const { rows } = await waitFor('the message in Drop', async () => {
      const list = await doneJson('message', 'list');
      return list.total === 1 && list;
    });
    const id = rows[0].id as string;
    expect(await done('message', 'list')).toMatch(/ postmaster@corp\.test {2}ann@corp\.test +Hello/);
    const shown = await done('message', 'show', id);
    expect(shown).toMatch(/^recipients +ann@corp\.test$/m);
    expect(shown).toContain('First line');
    const file = join(scratch, 'mail.eml');
    expect(await done('message', 'export', id, '--out', file)).toContain('written to');
    expect(await done('message', 'export', id)).toBe(readFileSync(file, 'utf8'));
    expect(readFileSync(file, 'utf8')).toMatch(/\r\nSubject: /);
    expect(await refused('message', 'export', id, '--out', file)).toMatch(/was not written/);
    expect(await done('message', 'delete', id)).toBe('1 deleted.\n');
    expect(await done('message', 'list')).toBe('The Drop folder is empty.\n');
    expect(await done('message', 'list', '--folder', 'badmail')).toBe('The Badmail folder is empty.\n');
    expect(await refused('message', 'show', id)).toMatch(/^mailroot: /);
    expect(await refused('message', 'show', '../../settings')).toMatch(/^mailroot: /);
  });

  it('mail that cannot go on is listed, shown, tried again and deleted', async () => {
    const { queueId } = await doneJson('send', '--to', 'x@elsewhere.test', '--from', 'ann@corp.test');
    const row = await waitFor('the first attempt', async () => {
      const shown = await doneJson('queue', 'show', queueId);
      return shown.recipients[0].attempts > 0 && !shown.isActive && shown;
    });
    expect(row).toMatchObject({
      queueId,
      sender: 'ann@corp.test',
      recipients: [{ address: 'x@elsewhere.test' }],
    });
    expect(await done('queue', 'list')).toMatch(
      new RegExp(`^${queueId} .*ann@corp\\.test +x@elsewhere\\.test`, 'm'),
    );
    expect(await done('queue', 'show', queueId)).toMatch(/^x@elsewhere\.test +waiting +1 /m);
    expect(await done('queue', 'retry', queueId)).toBe('1 due now.\n');
    await waitFor('the second attempt', async () => {
      const shown = await doneJson('queue', 'show', queueId);
      return shown.recipients[0].attempts > 1 && !shown.isActive;
    });
    expect(await done('queue', 'retry')).toBe('1 due now.\n');
    await waitFor('the queue at rest', async () => !(await doneJson('queue', 'show', queueId)).isActive);
    expect(await done('queue', 'delete', queueId)).toBe('1 deleted.\n');
    expect(await done('queue', 'list')).toBe('The queue is empty.\n');
    expect(await refused('queue', 'show', queueId)).toMatch(/^mailroot: /);
  });

  it('a test message to nobody is refused', async () => {
    expect(await refused('send')).toMatch(/^mailroot: /);
    expect(await refused('send', '--to', 'no address')).toMatch(/^mailroot: /);
  });
});

describe('config', () => {
  it('export, validate, import', async () => {
    const file = join(scratch, 'settings.json');
    expect(await done('config', 'export', file)).toBe(`Written to ${file}.\n`);
    expect(await done('config', 'validate', file)).toBe('This document is right.\n');
    const document = JSON.parse(readFileSync(file, 'utf8'));
    document.servers[0].maxHops = 42;
    writeFileSync(file, JSON.stringify(document));
    expect(await done('config', 'import', file)).toContain('Saved');
    expect(JSON.parse(await done('config', 'export'))).toEqual(document);
    document.servers[0].maxHops = 5;
    writeFileSync(file, JSON.stringify(document));
    expect(await refused('config', 'import', file)).toBe('mailroot: servers.0.maxHops: At least 10.');
    expect(await refused('config', 'import', join(scratch, 'none.json'))).toMatch(/cannot be read/);
  });

  it.skipIf(process.platform === 'win32')(
    'a file that a person broke is told, not written over, and restored while Mailroot runs',
    async () => {
      const path = join(service.dataFolder, 'settings.json');
      const document = JSON.parse(readFileSync(path, 'utf8'));
      document.servers[0].maxHops = 5;
      const broken = JSON.stringify(document);
      writeFileSync(path, broken);
      service.process.kill('SIGHUP');
      const told =
        /^! What was read before stays in force: .*settings\.json: servers\.0\.maxHops: At least 10\. .*mailroot config restore$/m;
      await waitFor('the warning', async () => told.test(await done('status')));
      expect(await refused('server', 'set', '1', 'sendNdrTo=')).toMatch(/servers\.0\.maxHops: At least 10\./);
      expect(readFileSync(path, 'utf8')).toBe(broken);
      expect(await done('config', 'restore')).toBe(
        `Restored ${path}. The broken file is kept as ${path}.broken.\n`,
      );
      expect(readFileSync(`${path}.broken`, 'utf8')).toBe(broken);
      expect(await done('status')).not.toMatch(/^! What was read/m);
      await done('server', 'set', '1', 'sendNdrTo=');
    },
  );
});

describe('console', () => {
  it('says that there is none when it is off', async () => {
    expect(await refused('console')).toMatch(/browser console is not running/);
  });
});

describe('the program', () => {
  it('knows its version and its usage', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await runCommand(['--version'])).toEqual({ code: 0, out: `${version}\n`, error: '' });
    expect(await runCommand(['queue', 'frobnicate'])).toMatchObject({
      code: 2,
      out: '',
      error: expect.stringMatching(/^mailroot: [^\n]+\n$/),
    });
  });

  it('finds the data folder by MAILROOT_DATA', async () => {
    const result = await runCommand(['server', 'list'], { env: { MAILROOT_DATA: service.dataFolder } });
    expect(result).toMatchObject({ code: 0, error: '' });
  });
});
