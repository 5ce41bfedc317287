import { describe, expect, it } from 'vitest';
import type { DomainRow, SessionRow } from '../../../../src-main/api/contract';
import { toolGroups } from '../../../../src-renderer/app/toolbar';
import { itemOf } from '../../../../src-renderer/app/use-target';
import { verbOf } from '../../../../src-renderer/app/verbs';
import { serverFolders } from '../../../../src-renderer/console-tree/places';
import { makeSummary } from '../summaries';

const domain = (name: string): DomainRow => ({ name, type: 'alias', settings: { type: 'alias', name } });

describe('what the verbs act on', () => {
  const domains = { kind: 'domains', rows: [domain('a.test'), domain('b.test')] } as const;

  it('is the domain that is still selected', () => {
    expect(itemOf('domains', new Set(['b.test']), domains)).toEqual({
      kind: 'domain',
      domain: domain('b.test'),
    });
    expect(itemOf('domains', new Set(), domains)).toBeUndefined();
  });

  it('is nothing while the rows at hand are those of another list', () => {
    expect(itemOf('sessions', new Set(['b.test']), domains)).toBeUndefined();
    expect(itemOf('domains', new Set(['b.test']), undefined)).toBeUndefined();
  });

  it('is every session that is selected', () => {
    const row = (id: string): SessionRow => ({
      id,
      user: '',
      from: '',
      hello: '',
      tls: '',
      cipher: '',
      state: 'connected',
      connectedAt: 0,
      command: '',
      messageCount: 0,
      receivedBytes: 0,
      localPort: 25,
    });
    const sessions = { kind: 'sessions', rows: [row('1'), row('2'), row('3')] } as const;
    expect(itemOf('sessions', new Set(['1', '3']), sessions)).toEqual({
      kind: 'sessions',
      sessions: [row('1'), row('3')],
    });
  });
});

describe('the toolbar', () => {
  const tools = (place: Parameters<typeof toolGroups>[0]['place'], state: 'started' | 'paused' = 'started') =>
    toolGroups({ place, server: makeSummary({ state }) }).flatMap((group) => group.tools);

  it('has no verb twice, and each of them in the table', () => {
    for (const folder of serverFolders) {
      const all = tools({ kind: 'folder', serverId: 1, folder });
      expect(new Set(all).size).toBe(all.length);
      for (const tool of all) if (tool !== 'new') expect(verbOf(tool).id).toBe(tool);
    }
  });

  it('resumes where it is paused', () => {
    const server = { kind: 'server', serverId: 1 } as const;
    expect(tools(server, 'paused')).toContain('resume');
    expect(tools(server, 'paused')).not.toContain('pause');
    expect(tools(server)).not.toContain('resume');
  });
});
