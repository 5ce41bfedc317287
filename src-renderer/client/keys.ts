/**
 * Names of the cached answers, and which of them a live change makes stale. A feature that keeps pages of a
 * list puts what it likes behind these (`[...keys.queue(1), offset]`); they go stale with their prefix.
 */
import type { LiveChange } from '../../src-main/api/contract';

export const keys = {
  status: ['status'] as const,
  me: ['me'] as const,
  accounts: ['accounts'] as const,
  operators: ['operators'] as const,
  changes: ['changes'] as const,
  systemOperators: ['system-operators'] as const,
  certificates: ['certificates'] as const,
  signIns: ['sign-ins'] as const,
  suggest: ['suggest'] as const,
  servers: ['servers'] as const,
  server: (serverId: number) => ['server', serverId] as const,
  domains: (serverId: number) => ['domains', serverId] as const,
  domain: (serverId: number, name: string) => ['domains', serverId, 'one', name.toLowerCase()] as const,
  sessions: (serverId: number) => ['sessions', serverId] as const,
  /** Below the sessions: they go stale together. */
  sessionDialogue: (serverId: number, sessionId: string) =>
    ['sessions', serverId, 'dialogue', sessionId] as const,
  /** Not below the sessions, which change with each command: under attack the list is long. */
  lockOuts: (serverId: number) => ['lock-outs', serverId] as const,
  queue: (serverId: number) => ['queue', serverId] as const,
  messages: (serverId: number, folder: 'drop' | 'badmail' | 'pickup') =>
    ['messages', serverId, folder] as const,
  /** Everything that the index of mail answers. */
  search: ['search'] as const,
};

export type StaleKey = readonly (string | number)[];

/** Counts stand in the server list, so a change in any folder touches that list as well. */
export function findStaleKeys(change: LiveChange): StaleKey[] {
  const stale = new Map<string, StaleKey>();
  const add = (key: StaleKey): void => void stale.set(key.join('/'), key);
  if (change.servers || change.settings || change.folders.length > 0) add(keys.servers);
  // The record is long, and mail that comes and goes changes the servers' counts: no reason to read it.
  if (change.changes) add(keys.changes);
  if (change.servers || change.settings || change.changes || change.warnings.length > 0) add(keys.status);
  // Whether a change waits for a restart is told with the settings.
  if (change.servers || change.settings) add(['server']);
  if (change.settings) {
    // People are told with the settings: who may log in, and what the person here may do.
    add(keys.me);
    add(keys.accounts);
    add(keys.operators);
    add(keys.systemOperators);
    // Which virtual servers use a certificate is told by the settings; the store of certificates hints the same way.
    add(keys.certificates);
    add(keys.signIns);
    add(['domains']);
    // Where waiting mail goes is told by today's settings.
    add(['queue']);
  }
  if (change.index) {
    add(keys.search);
    // Marks stand in their rows.
    add(['messages']);
  }
  for (const { serverId, folder } of change.folders) {
    if (folder === 'queue') add(keys.queue(serverId));
    else if (folder === 'sessions') add(keys.sessions(serverId));
    else add(keys.messages(serverId, folder));
  }
  return [...stale.values()];
}
