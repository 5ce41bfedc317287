import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../../src-main/engine/core/clock';
import { Problem } from '../../../../src-main/engine/core/problem';
import { createStatus } from '../../../../src-main/engine/core/smtp-status';
import { createPickupFixture } from './pickup-fixture';

const fixtureOf = (change = {}) => createPickupFixture(change, onTestFinished);
const mail = 'From: app@example.com\r\nTo: bob@example.net\r\nSubject: x\r\n\r\nHello\r\n';
const isRoot = process.getuid?.() === 0;

describe('Pickup', () => {
  it('sends a file as System.Net.Mail writes it, and removes it', async () => {
    const fixture = await fixtureOf();
    const content = [
      'X-Sender: app@example.com',
      'X-Receiver: bob@example.net',
      'X-Receiver: hidden@example.org',
      'MIME-Version: 1.0',
      'From: app@example.com',
      'To: bob@example.net',
      'Subject: Order',
      'Content-Type: text/plain; charset=us-ascii',
      '',
      'First',
      '..dots',
      '..',
      'Last',
      '',
    ].join('\r\n');
    await fixture.lay('2c8a.eml', content);
    await fixture.pickup.sweepNow();
    expect(fixture.taken).toHaveLength(1);
    expect(fixture.taken[0]).toMatchObject({
      draft: {
        serverId: 1,
        sender: 'app@example.com',
        recipients: [{ address: 'bob@example.net' }, { address: 'hidden@example.org' }],
        body: '7bit',
        source: { kind: 'pickup', file: '2c8a.eml' },
      },
      options: { receivedFrom: 'from mail pickup service', isBccStripped: true },
      content:
        'MIME-Version: 1.0\r\nFrom: app@example.com\r\nTo: bob@example.net\r\nSubject: Order\r\n' +
        'Content-Type: text/plain; charset=us-ascii\r\n\r\nFirst\r\n.dots\r\n.\r\nLast\r\n',
    });
    expect(await fixture.files('Pickup')).toEqual([]);
    expect(await fixture.files('Working')).toEqual([]);
    expect(await fixture.pickup.count()).toBe(0);
  });

  it('follows the settings for dots and Bcc', async () => {
    const fixture = await fixtureOf({ isPickupDotStuffed: false, keepsPickupBcc: true });
    await fixture.lay('a.eml', mail.replace('Hello', '..Hello'));
    await fixture.pickup.sweepNow();
    expect(fixture.taken[0]?.content).toContain('\r\n..Hello\r\n');
    expect(fixture.taken[0]?.options.isBccStripped).toBe(false);
  });

  it('calls 8-bit content 8-bit, also behind the first pieces of a large file', async () => {
    const fixture = await fixtureOf({ maxMessageKb: null });
    const large = `${mail}${'0123456789\r\n'.repeat(300_000)}`;
    await fixture.lay('a.eml', Buffer.from(`${large}\u00e9\r\n`, 'latin1'));
    await fixture.lay('b.eml', large);
    await fixture.pickup.sweepNow();
    const bodies = fixture.taken.map((message) => [
      message.draft.source,
      message.draft.body,
      message.content.length,
    ]);
    expect(bodies).toContainEqual([{ kind: 'pickup', file: 'a.eml' }, '8bitmime', large.length + 3]);
    expect(bodies).toContainEqual([{ kind: 'pickup', file: 'b.eml' }, '7bit', large.length]);
  });

  it.each([
    ['no-sender.txt', 'To: bob@example.net\r\n\r\nx\r\n', 'bad-pickup-file', /names no sender/, /0xC00402CE/],
    [
      'no-recipient.txt',
      'From: a@example.com\r\n\r\nx\r\n',
      'no-recipients',
      /names no recipient/,
      /<a@example.com>/,
    ],
    [
      'large.eml',
      `${mail}${'x'.repeat(4096)}`,
      'bad-pickup-file',
      /limited to 2 KB/,
      /Sender: <app@example.com>/,
    ],
    ['text.txt', 'Hello\r\n\r\n', 'bad-pickup-file', /Line 1/, /File: text.txt/],
  ])('moves %s to Badmail with the reason', async (name, content, cause, reason, detail) => {
    const fixture = await fixtureOf({ maxMessageKb: 2 });
    await fixture.lay(name, content);
    await fixture.lay('good.eml', mail);
    await fixture.pickup.sweepNow();
    expect(fixture.taken).toHaveLength(1);
    const files = await fixture.files('Badmail');
    expect(files.map((file) => file.slice(24))).toEqual(['.BAD', '.BDP', '.BDR']);
    const [bad = '', bdp = '', bdr = ''] = await Promise.all(
      files.map((file) => readFile(join(fixture.home, 'Badmail', file), 'utf8')),
    );
    expect(bad).toBe(content);
    expect(JSON.parse(bdp)).toMatchObject({ cause, file: name });
    expect(bdr).toMatch(reason);
    expect(bdr).toMatch(detail);
    expect(await fixture.files('Pickup')).toEqual([]);
  });

  it('waits for a file that is still being written', async () => {
    const fixture = await fixtureOf();
    const path = join(fixture.folder, 'slow.eml');
    await writeFile(path, mail.slice(0, 70));
    await fixture.pickup.sweepNow();
    await writeFile(path, mail);
    fixture.advance(300);
    await fixture.pickup.sweepNow();
    expect(fixture.taken).toHaveLength(0);
    fixture.advance(300);
    await fixture.pickup.sweepNow();
    expect(fixture.taken.map((message) => message.content)).toEqual([mail]);
  });

  it('waits long for a header without its blank line, and not for ever', async () => {
    const fixture = await fixtureOf();
    await writeFile(join(fixture.folder, 'a.eml'), 'From: a@example.com\r\nTo: b@example.net');
    fixture.advance(5000);
    await fixture.pickup.sweepNow();
    expect(fixture.taken).toHaveLength(0);
    fixture.advance(5100);
    await fixture.pickup.sweepNow();
    expect(fixture.taken[0]?.content).toBe('From: a@example.com\r\nTo: b@example.net\r\n\r\n');
  });

  it('leaves empty, hidden and unfinished files, folders, links and pipes alone', async () => {
    const fixture = await fixtureOf();
    await fixture.lay('empty.eml', '');
    for (const name of ['.hidden.eml', 'a.tmp', 'b.part']) await fixture.lay(name, mail);
    await mkdir(join(fixture.folder, 'folder.eml'));
    await writeFile(join(fixture.home, 'secret'), mail);
    await symlink(join(fixture.home, 'secret'), join(fixture.folder, 'link.eml'));
    if (process.platform !== 'win32')
      execFileSync('/usr/bin/env', ['mkfifo', join(fixture.folder, 'pipe.eml')]);
    fixture.advance(60_000);
    const before = await fixture.files('Pickup');
    await fixture.pickup.sweepNow();
    await fixture.pickup.sweepNow();
    expect(fixture.taken).toHaveLength(0);
    expect(await fixture.files('Pickup')).toEqual(before);
  });

  it('sends a read-only file once', async () => {
    const fixture = await fixtureOf();
    await chmod(await fixture.lay('a.eml', mail), 0o444);
    await fixture.pickup.sweepNow();
    await fixture.restart().sweepNow();
    expect(fixture.taken).toHaveLength(1);
    expect(await fixture.files('Pickup')).toEqual([]);
  });

  it('does not send what it cannot claim, and says so once', async () => {
    const fixture = await fixtureOf();
    // A file where the folder for claims belongs stands in for every reason: it also stops root.
    await writeFile(join(fixture.home, 'Working'), '');
    const pickup = fixture.pickup;
    await fixture.lay('a.eml', mail);
    await pickup.sweepNow();
    await pickup.sweepNow();
    expect(fixture.taken).toHaveLength(0);
    expect(await fixture.files('Pickup')).toEqual(['a.eml']);
    expect(fixture.warnings('pickup-file-blocked')).toHaveLength(1);
    await rm(join(fixture.home, 'Working'));
    await pickup.sweepNow();
    expect(fixture.taken).toHaveLength(1);
  });

  it.skipIf(isRoot)('leaves a file that it may not read', async () => {
    const fixture = await fixtureOf();
    await chmod(await fixture.lay('a.eml', mail), 0o000);
    await fixture.pickup.sweepNow();
    expect(fixture.warnings('pickup-file-blocked')).toHaveLength(1);
    expect(await fixture.files('Pickup')).toEqual(['a.eml']);
  });

  it('holds everything back while the queue takes nothing', async () => {
    const fixture = await fixtureOf();
    await fixture.lay('a.eml', mail);
    await fixture.lay('b.eml', mail);
    fixture.refusal = createStatus(452, '4.3.1', 'Insufficient system storage');
    await fixture.pickup.sweepNow();
    await fixture.pickup.sweepNow();
    expect(await fixture.files('Pickup')).toEqual(['a.eml', 'b.eml']);
    expect(fixture.warnings('pickup-held-back')).toHaveLength(1);
    fixture.refusal = undefined;
    await fixture.pickup.sweepNow();
    expect(fixture.taken).toHaveLength(2);
  });

  it('takes a file up again whose commit failed', async () => {
    const fixture = await fixtureOf();
    await fixture.lay('a.eml', mail);
    fixture.onCommit = () => {
      throw new Problem('disk-full', 'The disk is full.');
    };
    await fixture.pickup.sweepNow();
    expect(fixture.taken).toHaveLength(0);
    expect(await fixture.files('Working')).toHaveLength(1);
    fixture.onCommit = () => undefined;
    await fixture.pickup.sweepNow();
    expect(fixture.taken.map((message) => message.draft.source)).toEqual([{ kind: 'pickup', file: 'a.eml' }]);
    expect(await fixture.files('Working')).toEqual([]);
  });

  it('sends the whole file when its writer comes back while it is read', async () => {
    const fixture = await fixtureOf();
    await fixture.lay('a.eml', mail);
    fixture.onWrite = (queueId) =>
      appendFileSync(join(fixture.home, 'Working', `${queueId}_a.eml`), 'More\r\n');
    await fixture.pickup.sweepNow();
    expect(fixture.taken).toHaveLength(0);
    fixture.onWrite = () => undefined;
    fixture.advance(5000);
    await fixture.pickup.sweepNow();
    expect(fixture.taken).toHaveLength(1);
    expect(fixture.taken[0]?.content).toMatch(/Hello\r\n(?:More\r\n)+$/);
  });

  it('does not take a file for a left-over while it is being accepted', async () => {
    const fixture = await fixtureOf();
    await fixture.lay('a.eml', mail);
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let commits = 0;
    fixture.onCommit = () => (++commits === 1 ? gate : undefined);
    const first = fixture.pickup.sweepNow();
    await vi.waitFor(() => expect(commits).toBe(1));
    await fixture.lay('b.eml', mail);
    const second = fixture.pickup.sweepNow();
    await vi.waitFor(() => expect(fixture.taken).toHaveLength(1));
    open();
    await Promise.all([first, second]);
    expect([commits, fixture.taken.length]).toEqual([2, 2]);
  });

  it('takes the files that lie there at the start, and those that come later', async () => {
    const fixture = await fixtureOf();
    await fixture.lay('before.eml', mail);
    const pickup = fixture.restart({ clock: { ...systemClock, now: fixture.now } });
    await pickup.start();
    await vi.waitFor(() => expect(fixture.taken).toHaveLength(1), { timeout: 8000 });
    await writeFile(join(fixture.home, 'new'), mail);
    await rename(join(fixture.home, 'new'), join(fixture.folder, 'after.eml'));
    await vi.waitFor(() => expect(fixture.taken).toHaveLength(2), { timeout: 8000 });
  });

  it('goes on when the folder was gone and comes back', async () => {
    const fixture = await fixtureOf();
    await rm(fixture.folder, { recursive: true });
    await fixture.pickup.sweepNow();
    await fixture.pickup.sweepNow();
    expect(fixture.warnings('pickup-folder-unusable')).toHaveLength(1);
    await mkdir(fixture.folder);
    await fixture.lay('a.eml', mail);
    await fixture.pickup.sweepNow();
    expect(fixture.taken).toHaveLength(1);
  });

  it('takes two thousand files at once, each of them once', async () => {
    const fixture = await fixtureOf();
    for (let index = 0; index < 2000; index++) await writeFile(join(fixture.folder, `${index}.eml`), mail);
    fixture.advance(5000);
    // Sweeps that meet each other must not take a file twice.
    await Promise.all([fixture.pickup.sweepNow(), fixture.pickup.sweepNow(), fixture.pickup.sweepNow()]);
    const files = new Set(
      fixture.taken.map(({ draft }) => draft.source.kind === 'pickup' && draft.source.file),
    );
    expect([fixture.taken.length, files.size]).toEqual([2000, 2000]);
    expect(await fixture.files('Pickup')).toEqual([]);
  });

  it('takes a file whose name is as long as names can be', async () => {
    const fixture = await fixtureOf();
    await fixture.lay(`${'x'.repeat(251)}.eml`, mail);
    await fixture.pickup.sweepNow();
    expect(fixture.taken).toHaveLength(1);
  });
});

describe('a crash of Pickup', () => {
  const id = '0123456789abcdef01234567';

  it('before the commit leaves a claim that is taken up again', async () => {
    const fixture = await fixtureOf();
    await mkdir(join(fixture.home, 'Working'));
    await writeFile(join(fixture.home, 'Working', `${id}_order.eml`), mail);
    fixture.advance(5000);
    await fixture.pickup.recover();
    await fixture.pickup.sweepNow();
    expect(fixture.taken.map((message) => message.draft.source)).toEqual([
      { kind: 'pickup', file: 'order.eml' },
    ]);
    expect(await fixture.files('Working')).toEqual([]);
  });

  it('after the commit leaves a claim that is removed', async () => {
    const fixture = await fixtureOf();
    await mkdir(join(fixture.home, 'Working'));
    await writeFile(join(fixture.home, 'Working', `${id}_order.eml`), mail);
    await writeFile(join(fixture.home, 'Queue', `${id}.json`), '{}');
    await fixture.pickup.recover();
    await fixture.pickup.sweepNow();
    expect(fixture.taken).toHaveLength(0);
    expect(await fixture.files('Working')).toEqual([]);
  });

  it('never sends a file again that was sent and could not be removed', async () => {
    const fixture = await fixtureOf();
    await mkdir(join(fixture.home, 'Working'));
    await writeFile(join(fixture.home, 'Working', `${id}_order.eml`), mail);
    await writeFile(join(fixture.home, 'Working', `${id}.sent`), 'sent\r\n');
    await fixture.pickup.recover();
    await fixture.pickup.sweepNow();
    expect(fixture.taken).toHaveLength(0);
    expect(await fixture.files('Working')).toEqual([]);
  });
});
