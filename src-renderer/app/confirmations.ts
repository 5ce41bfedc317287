/** What is asked before a verb is done: what will be, and what will not. Pure. */
import type { ServerSummary, SessionRow } from '../../src-main/api/contract';
import { plural } from '../client/words';
import type { Confirmation, VerbTarget } from './verbs';

const senderKeeps = 'A message that was not yet accepted stays with its sender, who tries again.';

export function confirmTerminate(sessions: readonly SessionRow[]): Confirmation | undefined {
  const [only] = sessions;
  if (only === undefined) return undefined;
  const user = only.user === '' || only.user === only.from ? '' : ` (${only.user})`;
  return {
    title:
      sessions.length === 1 ? 'Terminate this session?' : `Terminate ${plural(sessions.length, 'session')}?`,
    text:
      sessions.length === 1
        ? `The connection from ${only.from}${user} is closed with 421. ${senderKeeps}`
        : `The connections are closed with 421. ${senderKeeps}`,
    action: 'Terminate',
  };
}

export const confirmTerminateAll = (server: ServerSummary): Confirmation => ({
  title: 'Terminate all sessions?',
  text: `${plural(server.counts.sessions, 'connection')} to "${server.name}" will be closed with 421. ${senderKeeps}`,
  action: 'Terminate All',
});

/** Messages ask for themselves, where their number and their fate are known. */
export function confirmDelete({ item, server }: VerbTarget): Confirmation | undefined {
  if (item?.kind === 'domain') {
    return {
      title: `Delete the domain ${item.domain.name}?`,
      text:
        item.domain.type === 'alias'
          ? 'Mail for this domain will no longer be dropped here. Messages in Drop stay.'
          : 'Its route is forgotten. Waiting mail for this domain goes the way of all other mail.',
      action: 'Delete',
    };
  }
  if (item !== undefined || server === undefined) return undefined;
  const waiting = server.counts.queue;
  return {
    title: `Delete "${server.name}"?`,
    text: `It stops receiving and delivering. Its folders stay in ${server.homeDirectory}${
      waiting > 0
        ? `, and with them ${plural(waiting, 'message')} waiting in Queue that will not be delivered`
        : ''
    }.`,
    action: 'Delete',
  };
}
