import { describe, expect, it } from 'vitest';
import {
  type DesktopNotice,
  findNotices,
  mergeNotices,
  type WatchedServer,
} from '../../../src-main/desktop/notices';

const mail = (id: string, subject = 'Daily report') => ({ id, from: 'app@line.test', sender: '', subject });
const quiet = {
  notifiesNewMail: false,
  notifiesBadmail: false,
  notifiesStop: false,
  notifiesQueueOver: null,
};
const loud = { notifiesNewMail: true, notifiesBadmail: true, notifiesStop: true, notifiesQueueOver: 10 };
const server = (part: Partial<WatchedServer> = {}): WatchedServer => ({
  id: 1,
  name: 'Scanners',
  state: 'started',
  problem: undefined,
  settings: loud,
  queueCount: 0,
  drop: { count: 0, newest: [] },
  badmail: { count: 0, newest: [] },
  ...part,
});
/** What is told of a server that changes from one thing to the next. */
function follow(...states: readonly WatchedServer[]): DesktopNotice[] {
  let seen: Parameters<typeof findNotices>[0];
  return states.flatMap((now) => {
    const found = findNotices(seen, now);
    seen = found.seen;
    return found.notices;
  });
}

describe('notifications on the desktop', () => {
  it('tell nothing of what was there at the start', () => {
    const full = { count: 3, newest: [mail('c'), mail('b'), mail('a')] };
    expect(follow(server({ drop: full, badmail: full }))).toEqual([]);
  });
  it('tell who wrote, and lead to the message', () => {
    expect(follow(server(), server({ drop: { count: 1, newest: [mail('a')] } }))).toEqual([
      {
        key: 'drop/1',
        title: '1 new message in Scanners',
        body: 'app@line.test: Daily report',
        command: { kind: 'select-folder', serverId: 1, folder: 'drop', messageId: 'a' },
        count: 1,
      },
    ]);
  });
  it('tell several as one, and lead to the folder', () => {
    const [notice] = follow(
      server({ drop: { count: 1, newest: [mail('a')] } }),
      server({ drop: { count: 4, newest: [mail('d'), mail('c'), mail('b'), mail('a')] } }),
    );
    expect(notice?.title).toBe('3 new messages in Scanners');
    expect(notice?.command).toEqual({ kind: 'select-folder', serverId: 1, folder: 'drop' });
  });
  it('tell of mail that waited long and so is not the newest by name', () => {
    const [notice] = follow(
      server({ drop: { count: 1, newest: [mail('b')] } }),
      server({ drop: { count: 2, newest: [mail('b'), mail('a', 'Late')] } }),
    );
    expect(notice?.body).toBe('app@line.test: Late');
  });
  it('tell nothing when mail is deleted, and older mail comes into sight', () => {
    expect(
      follow(
        server({ drop: { count: 2, newest: [mail('b')] } }),
        server({ drop: { count: 1, newest: [mail('a')] } }),
      ),
    ).toEqual([]);
  });
  it('tell of Badmail', () => {
    const [notice] = follow(server(), server({ badmail: { count: 1, newest: [mail('a')] } }));
    expect(notice?.title).toBe('1 message could not be delivered (Scanners)');
  });
  it('tell once that the queue is long, and again when it has shrunk and grown', () => {
    const counts = [5, 11, 30, 9, 11, 8, 11].map((queueCount) => server({ queueCount }));
    expect(follow(...counts).map(({ title }) => title)).toEqual([
      '11 messages wait in Scanners',
      '11 messages wait in Scanners',
    ]);
  });
  it('tell that a virtual server failed, with why', () => {
    const failed = server({ state: 'failed', problem: 'Port 25 is used by exim4.' });
    expect(follow(server(), failed, failed).map(({ title, body }) => [title, body])).toEqual([
      ['Scanners has stopped', 'Port 25 is used by exim4.'],
    ]);
    expect(follow(failed).map(({ title }) => title)).toEqual(['Scanners could not be started']);
  });
  it('tell nothing of a virtual server that somebody stopped', () => {
    expect(follow(server(), server({ state: 'stopping' }), server({ state: 'stopped' }))).toEqual([]);
  });
  it('tell nothing where nothing was asked for', () => {
    expect(
      follow(
        server({ settings: quiet }),
        server({
          settings: quiet,
          state: 'failed',
          queueCount: 1000,
          drop: { count: 5, newest: [mail('a')] },
          badmail: { count: 5, newest: [mail('a')] },
        }),
      ),
    ).toEqual([]);
  });
  it('show what a stranger wrote as plain, short text', () => {
    const subject = `<b>Hi</b> & <img src=x>\u202e${'x'.repeat(500)}`;
    const [notice] = follow(server(), server({ drop: { count: 1, newest: [mail('a', subject)] } }));
    expect(notice?.body).not.toMatch(/[<>&\u202e]/);
    expect(notice?.body.length).toBeLessThan(130);
  });
  it('add up when many come in quick succession', () => {
    const [first] = follow(server(), server({ drop: { count: 1, newest: [mail('a')] } }));
    const merged = mergeNotices(first as DesktopNotice, { ...(first as DesktopNotice), count: 41 });
    expect(merged.title).toBe('42 new messages in Scanners');
    expect(merged.command).toEqual({ kind: 'select-folder', serverId: 1, folder: 'drop' });
  });
});
