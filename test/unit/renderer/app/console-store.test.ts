import { beforeEach, describe, expect, it } from 'vitest';
import {
  addNotice,
  dismissNotice,
  dismissNoticesNamed,
  dismissNoticesUntilRunning,
  selectPlace,
  selectRows,
  setExpanded,
  useConsole,
} from '../../../../src-renderer/app/console-store';

beforeEach(() => useConsole.setState(useConsole.getInitialState(), true));

describe('the window', () => {
  it('opens the nodes above a place that is selected and forgets the rows of the last one', () => {
    selectRows(new Set(['a']));
    selectPlace({ kind: 'folder', serverId: 7, folder: 'queue' });
    const { expanded, selectedKeys } = useConsole.getState();
    expect([...expanded]).toEqual(expect.arrayContaining(['computer', 'server-7']));
    expect(selectedKeys.size).toBe(0);
  });

  it('folds a node again', () => {
    setExpanded('server-7', true);
    setExpanded('server-7', false);
    expect(useConsole.getState().expanded.has('server-7')).toBe(false);
  });

  it('says the same thing once and keeps the last three notices', () => {
    const notice = (text: string) => ({ intent: 'error' as const, title: 'Start', text });
    for (const text of ['1', '2', '2', '3', '4']) addNotice(notice(text));
    expect(useConsole.getState().notices.map((each) => each.text)).toEqual(['2', '3', '4']);
    dismissNotice(useConsole.getState().notices[0]?.id ?? 0);
    expect(useConsole.getState().notices.map((each) => each.text)).toEqual(['3', '4']);
    dismissNoticesNamed('Start');
    expect(useConsole.getState().notices).toEqual([]);
  });

  it('takes back why a server did not start once it runs, and leaves what is about others', () => {
    const notice = { intent: 'error' as const, text: 'It cannot be used.' };
    addNotice({ ...notice, title: 'Restart: A', untilRunning: 1 });
    addNotice({ ...notice, title: 'Restart: B', untilRunning: 2 });
    addNotice({ ...notice, title: 'Delete: A' });
    dismissNoticesUntilRunning(new Set([1]));
    expect(useConsole.getState().notices.map((each) => each.title)).toEqual(['Restart: B', 'Delete: A']);
  });
});
