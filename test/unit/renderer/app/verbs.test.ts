import { describe, expect, it } from 'vitest';
import type { DomainRow, ServerSummary } from '../../../../src-main/api/contract';
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
    expect(offered(folder('domains', { item: domain('default') }))).toEqual(['rename', 'properties']);
    expect(offered(folder('domains', { item: domain('alias') }))).toEqual([
      'set-default',
      'rename',
      'delete',
      'properties',
    ]);
    expect(offered(folder('domains', { item: domain('remote') }))).toEqual([
      'rename',
      'delete',
      'properties',
    ]);
  });

  it('offers New Domain on a server and on Domains, New Virtual Server on a server and the computer', () => {
    expect(offered(target())).toEqual(expect.arrayContaining(['new-server', 'new-domain']));
    expect(offered(folder('domains'))).toContain('new-domain');
    expect(offered(target({ place: { kind: 'computer' }, server: undefined }))).toEqual([
      'new-server',
      'refresh',
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
