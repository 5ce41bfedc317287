/**
 * The one table of verbs: name, shortcut, what it does, who may, where it is offered, why it cannot be done now,
 * and what is asked before it is done. Pure.
 */
import type { DomainRow, ServerSummary, SessionRow } from '../../src-main/api/contract';
import { plural } from '../client/words';
import type { ServerFolder } from '../console-tree/places';
import type { ListAction } from '../ui/list-on-page';
import { confirmDelete, confirmTerminate, confirmTerminateAll } from './confirmations';
import type { Verb, VerbTarget } from './verbs';

type State = ServerSummary['state'];
const startable: readonly State[] = ['stopped', 'failed'];
const stoppable: readonly State[] = ['started', 'paused', 'pausing', 'starting'];

const isServer = (target: VerbTarget): boolean => target.item === undefined && target.place.kind === 'server';
const isFolder = (target: VerbTarget, ...folders: readonly ServerFolder[]): boolean =>
  target.place.kind === 'folder' && folders.includes(target.place.folder);
const isMail = (target: VerbTarget): boolean => isFolder(target, 'queue', 'drop', 'badmail', 'pickup');
const domainOf = (target: VerbTarget): DomainRow | undefined =>
  target.item?.kind === 'domain' ? target.item.domain : undefined;
const sessionsOf = (target: VerbTarget): readonly SessionRow[] =>
  target.item?.kind === 'sessions' ? target.item.sessions : [];
const messagesOf = (target: VerbTarget): number => (target.item?.kind === 'messages' ? target.item.count : 0);

const noServer = 'Select a virtual server.';
const needsServer = (target: VerbTarget): string | undefined =>
  target.server === undefined ? noServer : undefined;

/** State verbs work from every place of a server, as its toolbar always did. */
const needsState = (states: readonly State[], already: string) => (target: VerbTarget) => {
  if (target.server === undefined) return noServer;
  return states.includes(target.server.state) ? undefined : already;
};

/** What only the list of the page can do, with the rows selected in it. */
const needsList = (action: ListAction, otherwise: string) => (target: VerbTarget) =>
  target.list?.can.has(action) === true ? undefined : (target.list?.reasons?.[action] ?? otherwise);

const needsServerOrDomain = (target: VerbTarget): string | undefined => {
  if (isServer(target) || domainOf(target) !== undefined) return undefined;
  if (messagesOf(target) > 0) return 'All that is known of a message stands below the list.';
  if (sessionsOf(target).length > 0) return 'All that is known of a session stands in its row.';
  return 'Select a virtual server or a domain.';
};

export const verbs: readonly Verb[] = [
  {
    id: 'start',
    title: 'Start',
    text: 'Opens the listening addresses and begins to deliver what waits in Queue.',
    group: 'state',
    role: 'operator',
    isOffered: (target) => isServer(target) && target.server?.state !== 'paused',
    reasonAgainst: needsState(startable, 'The virtual server is not stopped.'),
  },
  {
    id: 'pause',
    title: 'Pause',
    text: 'Takes no new connections. Open sessions go on, and mail is still delivered.',
    group: 'state',
    role: 'operator',
    isOffered: (target) => isServer(target) && target.server?.state !== 'paused',
    reasonAgainst: needsState(['started'], 'Only a running virtual server can be paused.'),
  },
  {
    id: 'resume',
    title: 'Resume',
    text: 'Takes connections again.',
    group: 'state',
    role: 'operator',
    isOffered: (target) => isServer(target) && target.server?.state === 'paused',
    reasonAgainst: needsState(['paused'], 'The virtual server is not paused.'),
  },
  {
    id: 'stop',
    title: 'Stop',
    text: 'Ends open sessions with 421; a message that is just being received is answered first. Waiting mail stays in Queue.',
    group: 'state',
    role: 'operator',
    isOffered: isServer,
    reasonAgainst: needsState(stoppable, 'The virtual server is not running.'),
  },
  {
    id: 'new-server',
    title: 'SMTP Virtual Server…',
    text: 'Adds a virtual server with addresses, folders and a default domain of its own.',
    group: 'new',
    role: 'administrator',
    isOffered: (target) =>
      target.item === undefined && (target.place.kind === 'computer' || isServer(target)),
    reasonAgainst: () => undefined,
  },
  {
    id: 'new-domain',
    title: 'Domain…',
    text: 'Adds a domain whose mail is dropped here, or one with a route of its own.',
    group: 'new',
    role: 'administrator',
    isOffered: (target) => target.item === undefined && (isServer(target) || isFolder(target, 'domains')),
    reasonAgainst: needsServer,
  },
  {
    id: 'send-test',
    title: 'Send Test Message…',
    text: 'Sends a message through this virtual server and shows what becomes of it.',
    group: 'act',
    role: 'operator',
    isOffered: (target) => isServer(target) || (target.item === undefined && isFolder(target, 'drop')),
    reasonAgainst: (target) => {
      if (target.server === undefined) return noServer;
      return startable.includes(target.server.state) ? 'Start the virtual server first.' : undefined;
    },
  },
  {
    id: 'explain',
    title: 'Explain…',
    text: 'Tells what would happen to a message, decision by decision, with the rule behind each. Nothing is sent.',
    group: 'act',
    role: 'viewer',
    isOffered: isServer,
    reasonAgainst: needsServer,
  },
  {
    id: 'smart-host',
    title: 'Set Up Smart Host…',
    text: 'Sends all mail through a provider such as Microsoft 365, Google or Amazon SES: asks for what it needs, and sets the rest.',
    group: 'act',
    role: 'administrator',
    isOffered: isServer,
    reasonAgainst: needsServer,
  },
  {
    id: 'sign-ins',
    title: 'OAuth2 Sign-ins…',
    text: 'Sign-ins of this computer, with which smart hosts such as Microsoft 365 let it log in.',
    group: 'act',
    role: 'viewer',
    isOffered: (target) => target.item === undefined && target.place.kind === 'computer',
    reasonAgainst: () => undefined,
  },
  {
    id: 'open-message',
    title: 'Open Message…',
    text: 'Shows a message from a file whose name ends in .eml. Such files can also be dropped on the window.',
    group: 'act',
    role: 'viewer',
    isLocal: true,
    isOffered: (target) => target.item === undefined && (target.place.kind === 'computer' || isMail(target)),
    reasonAgainst: () => undefined,
  },
  {
    id: 'retry',
    title: 'Retry Now',
    shortcut: 'F9',
    text: 'Makes the next attempt for the selected messages at once.',
    group: 'act',
    role: 'operator',
    isOffered: (target) => isFolder(target, 'queue') && messagesOf(target) > 0,
    reasonAgainst: needsList('retry', 'Select a message in Queue.'),
  },
  {
    id: 'retry-all',
    title: 'Retry All Now',
    text: 'Makes the next attempt for every waiting message at once.',
    group: 'act',
    role: 'operator',
    isOffered: (target) => isFolder(target, 'queue'),
    reasonAgainst: needsList('retry-all', 'Nothing waits.'),
  },
  {
    id: 'hold',
    title: 'Hold',
    shortcut: 'F8',
    text: 'Keeps the messages in Queue: they are not tried and do not expire until they are released.',
    group: 'queue',
    role: 'operator',
    isOffered: (target) => isFolder(target, 'queue') && messagesOf(target) > 0,
    reasonAgainst: needsList('hold', 'Select a message in Queue.'),
  },
  {
    id: 'release',
    title: 'Release',
    shortcut: 'Shift+F8',
    text: 'Ends the hold: the messages are tried again as the settings say.',
    group: 'queue',
    role: 'operator',
    isOffered: (target) => isFolder(target, 'queue') && messagesOf(target) > 0,
    reasonAgainst: needsList('release', 'Select a held message.'),
  },
  {
    id: 'change-route',
    title: 'Change Route…',
    text: 'Sends the messages another way than the settings say: by a host of your choice, by DNS, or into Drop.',
    group: 'queue',
    role: 'operator',
    isOffered: (target) => isFolder(target, 'queue') && messagesOf(target) > 0,
    reasonAgainst: needsList('change-route', 'Select a message in Queue.'),
  },
  {
    id: 'change-recipient',
    title: 'Change Recipient…',
    text: 'Puts another address in the place of a recipient, in all the messages that have it.',
    group: 'queue',
    role: 'operator',
    isOffered: (target) => isFolder(target, 'queue') && messagesOf(target) > 0,
    reasonAgainst: needsList('change-recipient', 'Select a message in Queue.'),
  },
  {
    id: 'freeze',
    title: 'Freeze Destination',
    text: 'Nothing is tried for the destination any more until it is thawed. Its mail stays in Queue and does not expire.',
    group: 'destination',
    role: 'operator',
    isOffered: (target) => isFolder(target, 'queue') && target.list?.can.has('freeze') === true,
    reasonAgainst: needsList('freeze', 'Select a message, or a destination above the list.'),
  },
  {
    id: 'thaw',
    title: 'Thaw Destination',
    text: 'Mail for the destination is tried again.',
    group: 'destination',
    role: 'operator',
    isOffered: (target) => isFolder(target, 'queue') && target.list?.can.has('thaw') === true,
    reasonAgainst: needsList('thaw', 'Select a message for a frozen destination.'),
  },
  {
    id: 'release-trigger',
    title: 'Send Mail Held for ETRN',
    text: 'Tries the mail once that waits until its host asks for it, as if the host had asked.',
    group: 'destination',
    role: 'operator',
    isOffered: (target) => isFolder(target, 'queue') && target.list?.can.has('release-trigger') === true,
    reasonAgainst: needsList('release-trigger', 'Select a message that waits for ETRN.'),
  },
  {
    id: 'ask-now',
    title: 'Ask for Mail Now…',
    text: 'Asks the hosts that keep mail for this virtual server to send it (ETRN, ATRN).',
    group: 'destination',
    role: 'operator',
    isOffered: (target) => isFolder(target, 'queue') && target.list?.can.has('ask-now') === true,
    reasonAgainst: needsList('ask-now', 'No host is set up to be asked for mail.'),
  },
  {
    id: 'resend-edited',
    title: 'Edit and Resend…',
    shortcut: 'Shift+F9',
    text: 'Sends the messages again, with another sender, other recipients or another way where you say so.',
    group: 'act',
    role: 'operator',
    isOffered: (target) => isFolder(target, 'badmail') && messagesOf(target) > 0,
    reasonAgainst: needsList('resend-edited', 'Select a message in Badmail.'),
  },
  {
    id: 'resend',
    title: 'Resend as It Was',
    text: 'Sends the messages again to the recipients that they had.',
    group: 'act',
    role: 'operator',
    isOffered: (target) => isFolder(target, 'badmail') && messagesOf(target) > 0,
    reasonAgainst: needsList('resend', 'Select a message in Badmail.'),
  },
  {
    id: 'show-trace',
    title: 'Show Trace',
    text: 'Tells what became of the message so far, step by step.',
    group: 'act',
    role: 'viewer',
    isOffered: (target) => target.list?.can.has('show-trace') === true,
    reasonAgainst: needsList('show-trace', 'Select one message.'),
  },
  {
    id: 'save',
    title: 'Save…',
    text: 'Saves the message as a file, as it lies on disk.',
    group: 'act',
    role: 'viewer',
    isOffered: (target) => isFolder(target, 'drop', 'badmail', 'pickup') && messagesOf(target) > 0,
    reasonAgainst: needsList('save', 'Select one message.'),
  },
  {
    id: 'terminate',
    title: 'Terminate',
    text: 'Closes the selected connections with 421.',
    group: 'act',
    role: 'operator',
    isOffered: (target) => sessionsOf(target).length > 0,
    reasonAgainst: (target) => (sessionsOf(target).length === 0 ? 'Select a session.' : undefined),
    confirmation: (target) => confirmTerminate(sessionsOf(target)),
  },
  {
    id: 'terminate-all',
    title: 'Terminate All',
    text: 'Closes every connection of this virtual server with 421.',
    group: 'act',
    role: 'operator',
    isOffered: (target) => isFolder(target, 'sessions'),
    reasonAgainst: (target) =>
      (target.server?.counts.sessions ?? 0) === 0 ? 'No session is open.' : undefined,
    confirmation: ({ server }) => (server === undefined ? undefined : confirmTerminateAll(server)),
  },
  {
    id: 'set-default',
    title: 'Set as Default',
    text: 'Makes this the default domain; the one that was becomes an alias.',
    group: 'act',
    role: 'administrator',
    isOffered: (target) => domainOf(target)?.type === 'alias',
    reasonAgainst: (target) => {
      const domain = domainOf(target);
      if (domain === undefined) return 'Select a domain.';
      if (domain.type === 'remote') return 'Only a local domain can be the default domain.';
      return domain.type === 'default' ? 'This is the default domain.' : undefined;
    },
  },
  {
    id: 'open-folder',
    title: 'Open Folder',
    text: 'Shows the folder on disk.',
    group: 'act',
    role: 'viewer',
    isOffered: (target) => target.hasHost && isMail(target),
    reasonAgainst: (target) =>
      target.hasHost ? needsServer(target) : 'Folders can be opened from the desktop only.',
  },
  {
    id: 'rename',
    title: 'Rename',
    shortcut: 'F2',
    text: 'Edits the name in its place.',
    group: 'edit',
    role: 'administrator',
    isOffered: (target) => isServer(target) || domainOf(target) !== undefined,
    reasonAgainst: (target) =>
      isServer(target) || domainOf(target) !== undefined ? undefined : 'Select a virtual server or a domain.',
  },
  {
    id: 'select-all',
    title: 'Select All',
    text: 'Selects every row of the list.',
    group: 'edit',
    role: 'viewer',
    isOffered: (target) => target.list?.can.has('select-all') === true,
    reasonAgainst: needsList('select-all', 'There is nothing to select.'),
  },
  {
    id: 'delete',
    title: 'Delete',
    shortcut: 'Delete',
    text: 'Deletes what is selected, after a question.',
    group: 'edit',
    role: (target) => (isMail(target) ? 'operator' : 'administrator'),
    isOffered: (target) =>
      isServer(target) || messagesOf(target) > 0 || (domainOf(target)?.type ?? 'default') !== 'default',
    reasonAgainst: (target) => {
      if (isMail(target)) return needsList('delete', 'Select a message.')(target);
      const domain = domainOf(target);
      if (domain?.type === 'default')
        return 'The default domain cannot be deleted. Make another one the default.';
      if (domain !== undefined) return undefined;
      if (!isServer(target)) return 'Select a virtual server, a domain or a message.';
      return target.isOnlyServer === true ? 'The last virtual server cannot be deleted.' : undefined;
    },
    confirmation: (target) => confirmDelete(target),
  },
  {
    id: 'refresh',
    title: 'Refresh',
    shortcut: 'F5',
    text: 'Reads everything shown anew. What the engine changes shows by itself.',
    group: 'view',
    role: 'viewer',
    isLocal: true,
    isOffered: (target) => target.item === undefined,
    reasonAgainst: () => undefined,
  },
  {
    id: 'export-list',
    title: 'Export List…',
    text: 'Saves the rows of the list as a text file.',
    group: 'view',
    role: 'viewer',
    isOffered: (target) => target.list !== undefined,
    reasonAgainst: (target) => {
      if (target.list === undefined) return 'This page shows no list.';
      return target.list.total === 0 ? 'The list is empty.' : undefined;
    },
  },
  {
    id: 'properties',
    title: 'Properties',
    shortcut: 'Alt+Enter',
    text: 'Shows and changes the settings.',
    group: 'properties',
    role: 'viewer',
    isOffered: (target) => isServer(target) || domainOf(target) !== undefined,
    reasonAgainst: needsServerOrDomain,
  },
  {
    id: 'help',
    title: 'Help',
    shortcut: 'F1',
    text: 'Tells what is selected and what can be done with it.',
    group: 'help',
    role: 'viewer',
    isLocal: true,
    isOffered: () => true,
    reasonAgainst: () => undefined,
  },
];

/** "3 sessions terminated." for the screen reader; undefined where what happened tells itself. */
export function resultWords(verb: Verb, { item, server }: VerbTarget): string | undefined {
  const domain = item?.kind === 'domain' ? item.domain.name : undefined;
  switch (verb.id) {
    case 'terminate':
      return `${plural(item?.kind === 'sessions' ? item.sessions.length : 0, 'session')} terminated.`;
    case 'terminate-all':
      return 'All sessions terminated.';
    case 'set-default':
      return `${domain} is the default domain.`;
    case 'delete':
      return item?.kind === 'messages' ? undefined : `${domain ?? server?.name} deleted.`;
    case 'refresh':
      return 'Refreshed.';
    default:
      return undefined;
  }
}
