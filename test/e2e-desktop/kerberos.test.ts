/** Native calls from inside the packaged application: its own Electron, its own allocator, machine code outside of app.asar. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectControl } from '../../src-main/api/http/control-client';
import { closeDesktop, type Desktop, desktopSkipReason, launchDesktop } from '../support/desktop-app';
import { kdcTools, type RunningKdc, realm, startKdc } from '../support/kdc';
import { describeUnless, missingReason, toolPath } from '../support/packages';
import { findFreePort } from '../support/service';

const reason = desktopSkipReason() ?? missingReason(...kdcTools, 'curl');

describeUnless(reason, 'Kerberos in the desktop', () => {
  let kdc: RunningKdc;
  let dataDir: string;
  let port: number;
  let desktop: Desktop;

  beforeAll(async () => {
    kdc = await startKdc();
    await kdc.addPrincipal('ann');
    dataDir = mkdtempSync(join(tmpdir(), 'mailroot-desktop-'));
    port = await findFreePort();
    const first = {
      id: 1,
      name: 'Default SMTP Virtual Server',
      bindings: [{ address: '127.0.0.1', port }],
      homeDirectory: join(dataDir, 'mailroot'),
      fullyQualifiedDomainName: 'relay.corp.test',
      domains: [{ type: 'default', name: 'corp.test' }],
      allowsIntegrated: true,
      kerberosKeytab: await kdc.writeKeytab('smtp/localhost'),
    };
    writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ version: 1, servers: [first] }));
    writeFileSync(join(dataDir, 'message.txt'), 'Subject: x\r\n\r\nHello\r\n');
    desktop = await launchDesktop({ dataDir, env: { ...kdc.environment } });
  });
  afterAll(async () => {
    if (desktop) await closeDesktop(desktop);
    await kdc?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('lets curl log in by its ticket, again and again', async () => {
    const client = await connectControl(dataDir);
    await client.accounts.create({ name: `ann@${realm}`, methods: ['kerberos'] });
    const tickets = await kdc.logIn('ann');
    const logIn = (): string =>
      execFileSync(
        toolPath('curl') as string,
        [
          ...['-sS', '-v', `smtp://localhost:${port}`, '--connect-to', '::127.0.0.1:'],
          ...['--login-options', 'AUTH=GSSAPI', '--user', `ann@${realm}:`, '--mail-from', 'app@line.test'],
          ...['--mail-rcpt', 'ann@corp.test', '--upload-file', join(dataDir, 'message.txt'), '--stderr', '-'],
        ],
        { encoding: 'utf8', env: { ...process.env, ...kdc.environment, KRB5CCNAME: tickets } },
      );
    for (let count = 0; count < 10; count++) expect(logIn()).toContain('< 235 2.7.0');
    expect(desktop.output()).not.toMatch(/native|koffi/i);
  });
});
