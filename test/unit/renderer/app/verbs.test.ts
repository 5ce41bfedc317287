import { describe, expect, it } from 'vitest';
import type { DomainRow, Role, ServerSummary, SessionRow } from '../../../../src-main/api/contract';
import {
  type KeyPress,
  matchShortcut,
  offeredVerbs,
  type SelectedItem,
  type VerbId,
  type VerbTarget,
  verbIds,
  verbOf,
  verbs,
  whyNot,
} from '../../../../src-renderer/app/verbs';
import type { Place } from '../../../../src-renderer/console-tree/places';
import { makeSummary } from '../summaries';

const domain = (type: DomainRow['type']): SelectedItem => ({
  kind: 'domain',
  domain: { name: 'a.test', type, settings: { type: 'alias', name: 'a.test' } },
});
const serverPlace: Place = { kind: 'server', serverId: 1 };
const target = (part: Partial<VerbTarget> = {}): VerbTarget => ({
  place: serverPlace,
  server: makeSummary(),
  item: undefined,
  hasHost: false,
  role: 'administrator',
  isReachable: true,
  ...part,
});
const inState = (state: ServerSummary['state']): VerbTarget => target({ server: makeSummary({ state }) });
const folder = (name: 'domains' | 'sessions' | 'drop', part: Partial<VerbTarget> = {}): VerbTarget =>
  target({ place: { kind: 'folder', serverId: 1, folder: name }, ...part });
const offered = (of: VerbTarget): VerbId[] => offeredVerbs(of).map((verb) => verb.id);
const canDo = (id: VerbId, of: VerbTarget): boolean => verbOf(id).reasonAgainst(of) === undefined;

describe('the table of verbs', () => {
  it('has each verb once', () => {
    expect(verbs.map((verb) => verb.id).toSorted()).toEqual([...verbIds].toSorted());
  });

  it('gives a reason, never an empty one, for every verb that cannot be done', () => {
    for (const verb of verbs) {
      for (const of of [
        target(),
        folder('domains'),
        target({ place: { kind: 'computer' }, server: undefined }),
      ]) {
        expect(verb.reasonAgainst(of)).not.toBe('');
      }
    }
  });

  it.each([
    ['started', ['pause', 'stop']],
    ['paused', ['resume', 'stop']],
    ['stopped', ['start']],
    ['failed', ['start']],
    ['stopping', []],
    ['pausing', ['stop']],
  ] as const)('in state %s does %j', (state, ids) => {
    const able = (['start', 'pause', 'resume', 'stop'] as const).filter((id) => canDo(id, inState(state)));
    expect(able).toEqual(ids);
  });

  it('deletes a virtual server unless it is the last', () => {
    expect(canDo('delete', target())).toBe(true);
    expect(verbOf('delete').reasonAgainst(target({ isOnlyServer: true }))).toBe(
      'The last virtual server cannot be deleted.',
    );
    expect(canDo('delete', folder('domains', { item: domain('alias'), isOnlyServer: true }))).toBe(true);
  });

  it('offers Resume in place of Start and Pause where a server is paused', () => {
    expect(offered(inState('paused'))).toEqual(expect.arrayContaining(['resume', 'stop']));
    expect(offered(inState('paused'))).not.toEqual(expect.arrayContaining(['start']));
    expect(offered(inState('started'))).not.toContain('resume');
  });

  it('starts and stops from every node of a server, but deletes only what is selected', () => {
    expect(canDo('stop', folder('domains'))).toBe(true);
    expect(canDo('delete', folder('domains'))).toBe(false);
    expect(canDo('rename', folder('drop'))).toBe(false);
  });

  it('offers no Delete on the default domain and Set as Default on an alias alone', () => {
    expect(offered(folder('domains', { item: domain('default') }))).toEqual(['rename', 'properties', 'help']);
    expect(offered(folder('domains', { item: domain('alias') }))).toEqual([
      'set-default',
      'rename',
      'delete',
      'properties',
      'help',
    ]);
    expect(offered(folder('domains', { item: domain('remote') }))).toEqual([
      'rename',
      'delete',
      'properties',
      'help',
    ]);
  });

  it('offers New Domain on a server and on Domains, New Virtual Server on a server and the computer', () => {
    expect(offered(target())).toEqual(expect.arrayContaining(['new-server', 'new-domain']));
    expect(offered(folder('domains'))).toContain('new-domain');
    expect(offered(target({ place: { kind: 'computer' }, server: undefined }))).toEqual([
      'new-server',
      'sign-ins',
      'open-message',
      'refresh',
      'help',
    ]);
  });

  it('terminates all only where somebody is connected, and asks', () => {
    const busy = folder('sessions', {
      server: makeSummary({ counts: { pickup: 0, drop: 0, queue: 0, badmail: 0, sessions: 2, domains: 1 } }),
    });
    expect(canDo('terminate-all', busy)).toBe(true);
    expect(verbOf('terminate-all').confirmation?.(busy)?.text).toContain('2 connections');
    expect(canDo('terminate-all', folder('sessions'))).toBe(false);
  });

  it('opens folders in the desktop only', () => {
    expect(offered(folder('drop'))).not.toContain('open-folder');
    expect(offered(folder('drop', { hasHost: true }))).toContain('open-folder');
  });

  it('says what happens to waiting mail before a server is deleted', () => {
    const waiting = target({
      server: makeSummary({ counts: { pickup: 0, drop: 0, queue: 12, badmail: 0, sessions: 0, domains: 1 } }),
    });
    expect(verbOf('delete').confirmation?.(waiting)?.text).toContain('12 messages waiting in Queue');
    expect(verbOf('delete').confirmation?.(target())?.text).not.toContain('Queue');
  });
});

const session = (part: Partial<SessionRow> = {}): SessionRow => ({
  id: 'a',
  user: 'scanner',
  from: '10.0.0.5',
  hello: 'scanner',
  tls: '',
  cipher: '',
  state: 'greeted',
  connectedAt: 0,
  command: '',
  messageCount: 0,
  receivedBytes: 0,
  localPort: 25,
  ...part,
});
const sessions = (count: number): Partial<VerbTarget> => ({
  item: { kind: 'sessions', sessions: Array.from({ length: count }, () => session()) },
});
const messages = (name: 'queue' | 'drop' | 'badmail', count: number): VerbTarget =>
  target({
    place: { kind: 'folder', serverId: 1, folder: name },
    item: count === 0 ? undefined : { kind: 'messages', count },
    list: {
      total: 5,
      selectedCount: count,
      can: new Set(count === 0 ? ['select-all'] : ['select-all', 'delete', 'retry', 'save']),
    },
  });

describe('verbs of rows', () => {
  it('asks before a session is ended, and names it', () => {
    const one = folder('sessions', sessions(1));
    expect(verbOf('terminate').confirmation?.(one)?.text).toContain(
      'The connection from 10.0.0.5 (scanner) is closed with 421.',
    );
    expect(verbOf('terminate').confirmation?.(folder('sessions', sessions(3)))?.title).toBe(
      'Terminate 3 sessions?',
    );
  });

  it('deletes, tries and saves messages through their list', () => {
    expect(canDo('delete', messages('queue', 2))).toBe(true);
    expect(offered(messages('queue', 2))).toEqual(expect.arrayContaining(['retry', 'delete', 'select-all']));
    expect(offered(messages('drop', 1))).toEqual(expect.arrayContaining(['save', 'delete']));
    expect(offered(messages('drop', 1))).not.toContain('retry');
    expect(verbOf('delete').reasonAgainst(messages('badmail', 0))).toBe('Select a message.');
    // The list asks for itself: it knows how many, and what becomes of them.
    expect(verbOf('delete').confirmation?.(messages('queue', 2))).toBeUndefined();
  });

  it('says where the facts of a message stand instead of Properties', () => {
    expect(verbOf('properties').reasonAgainst(messages('queue', 1))).toMatch(/below the list/);
  });

  it('exports the list of the page, where there is one with rows', () => {
    expect(offered(target())).not.toContain('export-list');
    expect(verbOf('export-list').reasonAgainst(target())).toBe('This page shows no list.');
    expect(canDo('export-list', messages('drop', 0))).toBe(true);
    const empty = { total: 0, selectedCount: 0, can: new Set<never>() };
    expect(verbOf('export-list').reasonAgainst(folder('domains', { list: empty }))).toBe(
      'The list is empty.',
    );
  });
});

describe('roles', () => {
  const as = (role: Role | undefined, of: VerbTarget): VerbTarget => ({ ...of, role });

  it('leave a viewer what changes nothing', () => {
    const able = verbIds.filter((id) => whyNot(verbOf(id), as('viewer', target())) === undefined);
    expect(able).toEqual(['explain', 'sign-ins', 'open-message', 'refresh', 'properties', 'help']);
    expect(whyNot(verbOf('export-list'), as('viewer', messages('drop', 0)))).toBeUndefined();
    expect(whyNot(verbOf('save'), as('viewer', messages('drop', 1)))).toBeUndefined();
  });

  it.each([
    ['stop', 'viewer', 'This needs the role operator; you are a viewer.'],
    ['rename', 'viewer', 'This needs the role administrator; you are a viewer.'],
    ['delete', 'operator', 'This needs the role administrator; you are an operator.'],
    ['stop', 'operator', undefined],
    ['delete', 'administrator', undefined],
  ] as const)('%s as %s', (id, role, reason) => {
    expect(whyNot(verbOf(id), as(role, target()))).toBe(reason);
  });

  it('let an operator delete messages, not domains', () => {
    expect(whyNot(verbOf('delete'), as('operator', messages('queue', 1)))).toBeUndefined();
    expect(whyNot(verbOf('delete'), as('operator', folder('domains', { item: domain('alias') })))).toMatch(
      /administrator/,
    );
  });

  it('forbid what changes something while the role is not known', () => {
    expect(whyNot(verbOf('start'), as(undefined, inState('stopped')))).toMatch(/not known yet/);
    expect(whyNot(verbOf('refresh'), as(undefined, target()))).toBeUndefined();
  });
});

describe('an engine out of reach', () => {
  it('leaves Refresh and Help', () => {
    const able = verbIds.filter(
      (id) => whyNot(verbOf(id), target({ isReachable: false, role: 'administrator' })) === undefined,
    );
    expect(able).toEqual(['open-message', 'refresh', 'help']);
  });
});

describe('shortcuts', () => {
  const press = (key: string, part: Partial<KeyPress> = {}): KeyPress => ({
    key,
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    ...part,
  });

  it.each([
    [press('F2'), 'rename'],
    [press('F5'), 'refresh'],
    [press('F1'), 'help'],
    [press('Delete'), 'delete'],
    [press('Enter', { altKey: true }), 'properties'],
    [press('Enter'), undefined],
    [press('Delete', { shiftKey: true }), undefined],
    [press('F5', { ctrlKey: true }), undefined],
    [press('Backspace', { metaKey: true }), undefined],
  ])('%j', (key, id) => {
    expect(matchShortcut(key)).toBe(id);
  });

  it('delete with Command+Backspace on a Mac', () => {
    expect(matchShortcut(press('Backspace', { metaKey: true }), 'darwin')).toBe('delete');
  });
});
