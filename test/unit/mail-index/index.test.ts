/** The worker's calls in this process, on real files and real databases. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIndexCalls, type IndexNotice } from '../../../src-main/mail-index/calls';
import { waitFor } from '../../support/service';

let folder: string;
let notices: IndexNotice[];
let index: ReturnType<typeof createIndexCalls>;
const folders = () => ({
  drop: join(folder, 'Drop'),
  queue: join(folder, 'Queue'),
  badmail: join(folder, 'Badmail'),
  pickup: join(folder, 'Pickup'),
});
const paths = () => ({ cache: join(folder, 'Cache/mail.db'), marks: join(folder, 'Marks/marks.db') });
const firstAt = Date.UTC(2026, 0, 1);
const idOf = (number: number) => `${(firstAt + number * 60_000).toString(16).padStart(12, '0')}000012345678`;

function drop(number: number, header: string, body = 'Hello', receivers = ['ann@corp.test']): string {
  const id = idOf(number);
  const lines = [`x-sender: app@line.test`, ...receivers.map((each) => `x-receiver: ${each}`)];
  writeFileSync(
    join(folders().drop, `${id}.eml`),
    `${lines.join('\r\n')}\r\n${header.replaceAll('\n', '\r\n')}\r\n\r\n${body}`,
  );
  return id;
}

const open = (startedAt = firstAt) => {
  index = createIndexCalls({
    paths: paths(),
    notify: (notice) => notices.push(notice),
    now: () => startedAt,
  });
  index.calls.configure({ servers: [{ id: 1, name: 'Default', folders: folders() }] });
};
const ready = () => waitFor('the index', () => index.calls.status({}).state === 'ready');
const find = (query: string, more: object = {}) =>
  index.calls.find({ query, group: 'none', offset: 0, limit: 100, ...more });
const ids = (query: string, more: object = {}) => find(query, more).rows.map(({ id }) => id);
const hintUntil = (what: string, probe: () => boolean) =>
  waitFor(what, () => {
    for (const each of ['drop', 'queue', 'badmail', 'pickup'] as const)
      index.calls.hint({ serverId: 1, folder: each });
    return probe();
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mail-index-'));
  for (const path of Object.values(folders())) mkdirSync(path);
  notices = [];
});
afterEach(() => {
  index.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('search', () => {
  it('finds by what stands in the message and in its envelope, newest first', async () => {
    const plain = drop(
      1,
      'From: Bob Smith <bob@x.test>\nTo: staff@corp.test\nSubject: Größe',
      'the Invoice is due',
    );
    const html = drop(
      2,
      'From: shop@y.test\nSubject: =?utf-8?q?Caf=C3=A9?=\nContent-Type: text/html',
      '<p>in<b>voice</b> 42</p><style>hidden</style>',
      ['secret@corp.test'],
    );
    const attached = drop(
      3,
      'Subject: scan\nX-Mailer: Scanner 9\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b',
      '--b\r\nContent-Type: text/plain\r\n\r\nsee it\r\n--b\r\nContent-Type: application/pdf; name="annual.pdf"\r\nContent-Disposition: attachment; filename="annual.pdf"\r\n\r\nx\r\n--b--\r\n',
    );
    open();
    await ready();
    expect(ids('')).toEqual([attached, html, plain]);
    expect(ids('invoice')).toEqual([html, plain]);
    expect(ids('inv -due')).toEqual([html]);
    expect(ids('"invoice is"')).toEqual([plain]);
    expect(ids('hidden')).toEqual([]);
    expect(ids('grosse')).toEqual([]);
    expect(ids('große')).toEqual([plain]);
    expect(ids('subject:cafe')).toEqual([html]);
    expect(ids('from:smith')).toEqual([plain]);
    expect(ids('from:app@line.test')).toHaveLength(3);
    expect(ids('to:secret')).toEqual([html]);
    expect(ids('to:staff@corp.test')).toEqual([plain]);
    expect(ids('has:attachment')).toEqual([attached]);
    expect(ids('-has:attachment')).toEqual([html, plain]);
    expect(ids('annual.pdf')).toEqual([attached]);
    expect(ids('header:X-Mailer')).toEqual([attached]);
    expect(ids('header:x-mailer=scan')).toEqual([attached]);
    expect(ids('header:subject=scanner')).toEqual([]);
    expect(ids('-header:x-mailer=scan')).toEqual([html, plain]);
    expect(ids('before:2025')).toEqual([]);
    expect(ids('after:2025 larger:10')).toHaveLength(3);
    expect(ids('smaller:100')).toEqual([plain]);
    expect(ids(plain)).toEqual([plain]);
    expect(ids('server:default in:drop')).toHaveLength(3);
    expect(ids('', { folders: ['badmail'] })).toEqual([]);
    expect(ids('', { sort: { column: 'subject', isDescending: false } })).toEqual([html, plain, attached]);
    expect(find('invoice', { limit: 1, offset: 1 })).toMatchObject({ total: 2, rows: [{ id: plain }] });
    expect(index.calls.days({ query: 'invoice', group: 'none', offsetMinutes: 0 }).days).toEqual([
      { day: '2026-01-01', count: 2 },
    ]);
    expect(index.calls.days({ query: '', group: 'none', offsetMinutes: -2 }).days).toEqual([
      { day: '2026-01-01', count: 2 },
      { day: '2025-12-31', count: 1 },
    ]);
    const [row] = find('due').rows;
    expect(row).toMatchObject({
      serverId: 1,
      folder: 'drop',
      from: 'Bob Smith <bob@x.test>',
      subject: 'Größe',
      sender: 'app@line.test',
      recipients: ['ann@corp.test'],
      hasAttachments: false,
      snippet: 'the Invoice is due',
    });
    expect(index.calls.addresses({ query: 'invoice', group: 'none' })).toEqual({
      addresses: [
        { serverId: 1, folder: 'drop', id: html },
        { serverId: 1, folder: 'drop', id: plain },
      ],
      total: 2,
    });
    // Acting on all of a search that was not understood would act on too much.
    expect(index.calls.addresses({ query: 'invoice larger:big', group: 'none' }).addresses).toEqual([]);
  });

  it('follows what comes, goes and changes, in all four folders', async () => {
    const gone = drop(1, 'Subject: one');
    open();
    await ready();
    rmSync(join(folders().drop, `${gone}.eml`));
    const come = drop(2, 'Subject: two');
    writeFileSync(
      join(folders().pickup, 'order.txt'),
      'x-sender: a@b.test\nx-receiver: c@d.test\nSubject: three\n\nx',
    );
    writeFileSync(join(folders().badmail, `${idOf(4)}.BAD`), 'Subject: four\r\n\r\nx');
    writeFileSync(join(folders().queue, `${idOf(5)}.eml`), 'Subject: five\r\n\r\nx');
    writeFileSync(
      join(folders().queue, `${idOf(5)}.json`),
      JSON.stringify({ sender: 'q@b.test', arrivedAt: firstAt, recipients: [{ address: 'r@far.test' }] }),
    );
    await hintUntil('all', () => find('').total === 4);
    expect(ids('one')).toEqual([]);
    expect(ids('two')).toEqual([come]);
    expect(ids('in:pickup to:c@d.test')).toEqual(['order.txt']);
    expect(ids('in:badmail')).toEqual([idOf(4)]);
    expect(ids('to:r@far.test from:q@b.test')).toEqual([idOf(5)]);
    writeFileSync(join(folders().pickup, 'order.txt'), 'Subject: another\n\nlonger than before');
    await hintUntil('the change', () => ids('another').length === 1);
    expect(ids('three')).toEqual([]);
  });

  it('groups conversations by references, and by subject and people', async () => {
    drop(1, 'Message-ID: <a@x>\nSubject: Plan');
    drop(2, 'Message-ID: <b@x>\nIn-Reply-To: <a@x>\nSubject: other words');
    const last = drop(3, 'Message-ID: <c@x>\nReferences: <a@x> <b@x>\nSubject: Re: Plan');
    drop(4, 'Message-ID: <d@x>\nSubject: Nightly\nFrom: job@x.test');
    const nightly = drop(5, 'Message-ID: <e@x>\nSubject: RE: Nightly\nFrom: job@x.test');
    const alone = drop(6, 'Message-ID: <f@x>\nSubject: Nightly\nFrom: other@x.test');
    open();
    await ready();
    const { rows, total } = find('', { group: 'conversation' });
    expect(total).toBe(3);
    expect(rows.map(({ id, groupCount }) => [id, groupCount])).toEqual([
      [alone, 1],
      [nightly, 2],
      [last, 3],
    ]);
    expect(ids(`conversation:${last}`)).toEqual([last, idOf(2), idOf(1)]);
    expect(ids(`in:drop -conversation:${idOf(1)}`)).toEqual([alone, nightly, idOf(4)]);
    expect(ids('conversation:none')).toEqual([]);
  });

  it.each([
    '" OR 1=1 --',
    'a" NEAR b',
    '{subject} : x',
    "'; DROP TABLE message",
    '*',
    'x*y*',
    '\u0000',
    '^x',
    'a AND NOT b',
    'header:x"]=b',
    '-',
    '(((',
  ])('takes %s as words', async (query) => {
    drop(1, 'Subject: one');
    open();
    await ready();
    find(query);
    find(`from:${query} -${query}`);
    expect(find('one').total).toBe(1);
  });
});

describe('marks', () => {
  const address = (id: string) => ({ serverId: 1, folder: 'drop' as const, id });

  it('are found by, and outlive the cache', async () => {
    const one = drop(1, 'Subject: one');
    const two = drop(2, 'Subject: two');
    open();
    await ready();
    index.calls.mark({
      messages: [address(one)],
      isRead: true,
      isStarred: true,
      addTags: ['todo', 'Todo', 'x'],
    });
    index.calls.save({ name: 'Mine', query: 'tag:todo' });
    expect(ids('is:unread')).toEqual([two]);
    expect(ids('is:starred tag:TODO')).toEqual([one]);
    expect(find('two').rows[0]?.marks).toEqual({ isRead: false, isStarred: false, tags: [] });
    index.close();
    writeFileSync(paths().cache, 'this is no database');
    open();
    await ready();
    expect(ids('is:read')).toEqual([one]);
    expect(index.calls.tags({})).toEqual([
      { name: 'todo', count: 1 },
      { name: 'x', count: 1 },
    ]);
    expect(index.calls.saved({})).toEqual([{ name: 'Mine', query: 'tag:todo' }]);
    index.calls.mark({ messages: [address(one)], isStarred: false, removeTags: ['TODO'] });
    expect(index.calls.marksOf({ serverId: 1, names: [two, one] })).toEqual([
      { isRead: false, isStarred: false, tags: [] },
      { isRead: true, isStarred: false, tags: ['x'] },
    ]);
    index.calls.forget({ name: 'Mine' });
    expect(index.calls.saved({})).toEqual([]);
  });

  it('are there again when a message was put away and comes back', async () => {
    const one = drop(1, 'Subject: one');
    open();
    await ready();
    index.calls.mark({ messages: [address(one)], addTags: ['keep'] });
    mkdirSync(join(folders().drop, '.deleted'));
    const file = join(folders().drop, `${one}.eml`);
    const away = join(folders().drop, '.deleted', `${one}.eml`);
    renameSync(file, away);
    await hintUntil('its going', () => find('').total === 0);
    renameSync(away, file);
    await hintUntil('its return', () => ids('tag:keep').length === 1);
  });

  it('begin with the first start: older mail counts as read until somebody says otherwise', async () => {
    const old = drop(1, 'Subject: old');
    const other = drop(2, 'Subject: other');
    const fresh = drop(20, 'Subject: fresh');
    open(firstAt + 10 * 60_000);
    // The name tells before the index does.
    expect(index.calls.marksOf({ serverId: 1, names: [old, fresh] }).map(({ isRead }) => isRead)).toEqual([
      true,
      false,
    ]);
    await ready();
    expect(ids('is:unread')).toEqual([fresh]);
    expect(find('old').rows[0]?.marks).toEqual({ isRead: true, isStarred: false, tags: [] });
    index.calls.mark({ messages: [address(old)], isRead: false });
    index.calls.mark({ messages: [address(other)], isStarred: true });
    expect(ids('is:unread')).toEqual([fresh, old]);
    expect(ids('is:read is:starred')).toEqual([other]);
    index.close();
    open(firstAt + 60 * 60_000);
    await ready();
    expect(ids('is:unread')).toEqual([fresh, old]);
    expect(ids('is:read')).toEqual([other]);
  });

  it('that are damaged are laid aside and said to be', async () => {
    open();
    index.calls.save({ name: 'Mine', query: 'x' });
    index.close();
    rmSync(`${paths().marks}-wal`, { force: true });
    writeFileSync(paths().marks, 'damage '.repeat(1000));
    open();
    await ready();
    expect(index.calls.saved({})).toEqual([]);
    expect(notices).toContainEqual({ kind: 'warning', text: expect.stringContaining('damaged') });
    expect(readdirSync(join(folder, 'Marks')).some((name) => name.includes('damaged'))).toBe(true);
  });
});

describe('trouble', () => {
  it('is told in words when the database cannot be made', () => {
    writeFileSync(join(folder, 'Cache'), 'a file where the folder should be');
    open();
    expect(index.calls.status({})).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('mail.db'),
    });
    expect(() => find('x')).toThrow(/Mail is not affected/);
    rmSync(join(folder, 'Cache'));
    index.calls.rebuild({});
    expect(index.calls.status({}).state).not.toBe('failed');
  });
});
