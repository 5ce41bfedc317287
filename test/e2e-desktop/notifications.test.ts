/** Notifications on a real desktop's bus: what is shown, and where a click leads. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closeDesktop, type Desktop, desktopSkipReason, launchDesktop } from '../support/desktop-app';
import {
  type NotificationDesktop,
  notificationTools,
  startNotificationDesktop,
} from '../support/notification-desktop';
import { describeUnless, missingReason } from '../support/packages';
import { findFreePort, waitFor } from '../support/service';
import { connectSmtp } from '../support/smtp-client';

let dataDir: string;
let port: number;
let screen: NotificationDesktop;
let desktop: Desktop | undefined;

async function sendMail(subject: string): Promise<void> {
  const client = await connectSmtp(port);
  await client.say('EHLO test');
  await client.send({
    from: 'app@line.test',
    to: ['ann@corp.test'],
    data: `From: App <app@line.test>\r\nTo: ann@corp.test\r\nSubject: ${subject}\r\n\r\nAll is well.`,
  });
  client.end();
}

describeUnless(desktopSkipReason() ?? missingReason(...notificationTools), 'notifications', () => {
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'mailroot-desktop-'));
    port = await findFreePort();
    screen = await startNotificationDesktop();
    const servers = [
      {
        id: 1,
        name: 'Line',
        bindings: [{ address: '127.0.0.1', port }],
        homeDirectory: join(dataDir, 'mailroot'),
        fullyQualifiedDomainName: 'relay.corp.test',
        notifiesNewMail: true,
        domains: [{ type: 'default', name: 'corp.test' }],
      },
    ];
    writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ version: 1, servers }));
  });
  afterEach(async () => {
    if (desktop) await closeDesktop(desktop);
    desktop = undefined;
    await screen.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('tell of new mail as plain text, and a click opens the message', async () => {
    desktop = await launchDesktop({ dataDir, env: screen.env });
    const { window } = desktop;
    await window.getByRole('treeitem', { name: /^Line/ }).waitFor();
    await sendMail('<b>Daily</b> report');
    await waitFor('a notification', () => screen.shown.length > 0);
    expect(screen.shown[0]?.title).toBe('1 new message in Line');
    expect(screen.shown[0]?.body).toBe('App ‹app@line.test›: ‹b›Daily‹/b› report');
    screen.click(screen.shown[0]?.id ?? 0);
    const row = window
      .getByRole('grid', { name: 'Drop' })
      .getByRole('row', { name: /Daily/, selected: true });
    await row.waitFor();
  });
});
