/**
 * The one table of verbs. Toolbar, context menus, menu bar and keyboard read it: name, icon, shortcut, where
 * it is offered, why it cannot be done now, and what is asked before it is done. Pure; `run-verb` does them.
 */
import type { DomainRow, ServerSummary, SessionRow } from '../../src-main/api/contract';
import { plural } from '../client/words';
import type { Place } from '../console-tree/places';

export type SelectedItem =
  | { readonly kind: 'domain'; readonly domain: DomainRow }
  | { readonly kind: 'sessions'; readonly sessions: readonly SessionRow[] };

/** What a verb would act on: the place in the tree, and the rows selected in its list. */
export interface VerbTarget {
  readonly place: Place;
  readonly server: ServerSummary | undefined;
  readonly item: SelectedItem | undefined;
  /** The desktop can open folders; the browser console cannot. */
  readonly hasHost: boolean;
  /** There is no other virtual server. */
  readonly isOnlyServer?: boolean;
}

export const verbIds = [
  'start',
  'pause',
  'resume',
  'stop',
  'new-server',
  'new-domain',
  'send-test',
  'terminate',
  'terminate-all',
  'set-default',
  'open-folder',
  'rename',
  'delete',
  'refresh',
  'properties',
] as const;
export type VerbId = (typeof verbIds)[number];

export interface Confirmation {
  readonly title: string;
  readonly text: string;
  /** Name of the button that does it. */
  readonly action: string;
}

export interface Verb {
  readonly id: VerbId;
  readonly title: string;
  /** As `matchShortcut` reads it. */
  readonly shortcut?: string;
  /** Verbs of one group stand together in menus. */
  readonly group: 'state' | 'new' | 'act' | 'edit' | 'view' | 'properties';
  /** True: the verb belongs into this target's context menu. */
  readonly isOffered: (target: VerbTarget) => boolean;
  /** Why it cannot be done now; undefined: it can. */
  readonly reasonAgainst: (target: VerbTarget) => string | undefined;
  readonly confirmation?: (target: VerbTarget) => Confirmation | undefined;
}

type State = ServerSummary['state'];
const startable: readonly State[] = ['stopped', 'failed'];
const stoppable: readonly State[] = ['started', 'paused', 'pausing', 'starting'];

const isServer = (target: VerbTarget): boolean => target.item === undefined && target.place.kind === 'server';
const isFolder = (target: VerbTarget, folder: string): boolean =>
  target.place.kind === 'folder' && target.place.folder === folder;
const domainOf = (target: VerbTarget): DomainRow | undefined =>
  target.item?.kind === 'domain' ? target.item.domain : undefined;
const sessionsOf = (target: VerbTarget): readonly SessionRow[] =>
  target.item?.kind === 'sessions' ? target.item.sessions : [];

/** State verbs work from every place of a server, as its toolbar always did. */
const needsState = (states: readonly State[], already: string) => (target: VerbTarget) => {
  if (target.server === undefined) return 'Select a virtual server.';
  return states.includes(target.server.state) ? undefined : already;
};

export const verbs: readonly Verb[] = [
  {
    id: 'start',
    title: 'Start',
    group: 'state',
    isOffered: (target) => isServer(target) && target.server?.state !== 'paused',
    reasonAgainst: needsState(startable, 'The virtual server is not stopped.'),
  },
  {
    id: 'pause',
    title: 'Pause',
    group: 'state',
    isOffered: (target) => isServer(target) && target.server?.state !== 'paused',
    reasonAgainst: needsState(['started'], 'Only a running virtual server can be paused.'),
  },
  {
    id: 'resume',
    title: 'Resume',
    group: 'state',
    isOffered: (target) => isServer(target) && target.server?.state === 'paused',
    reasonAgainst: needsState(['paused'], 'The virtual server is not paused.'),
  },
  {
    id: 'stop',
    title: 'Stop',
    group: 'state',
    isOffered: isServer,
    reasonAgainst: needsState(stoppable, 'The virtual server is not running.'),
  },
  {
    id: 'new-server',
    title: 'SMTP Virtual Server…',
    group: 'new',
    isOffered: (target) =>
      target.item === undefined && (target.place.kind === 'computer' || target.place.kind === 'server'),
    reasonAgainst: () => undefined,
  },
  {
    id: 'new-domain',
    title: 'Domain…',
    group: 'new',
    isOffered: (target) => target.item === undefined && (isServer(target) || isFolder(target, 'domains')),
    reasonAgainst: (target) => (target.server === undefined ? 'Select a virtual server.' : undefined),
  },
  {
    id: 'send-test',
    title: 'Send Test Message…',
    group: 'act',
    isOffered: (target) => isServer(target) || (target.item === undefined && isFolder(target, 'drop')),
    reasonAgainst: (target) => {
      if (target.server === undefined) return 'Select a virtual server.';
      return startable.includes(target.server.state) ? 'Start the virtual server first.' : undefined;
    },
  },
  {
    id: 'terminate',
    title: 'Terminate',
    group: 'act',
    isOffered: (target) => sessionsOf(target).length > 0,
    reasonAgainst: (target) => (sessionsOf(target).length === 0 ? 'Select a session.' : undefined),
  },
  {
    id: 'terminate-all',
    title: 'Terminate All',
    group: 'act',
    isOffered: (target) => isFolder(target, 'sessions'),
    reasonAgainst: (target) =>
      (target.server?.counts.sessions ?? 0) === 0 ? 'No session is open.' : undefined,
    confirmation: ({ server }) => ({
      title: 'Terminate all sessions?',
      text: `${plural(server?.counts.sessions ?? 0, 'connection')} to "${server?.name ?? ''}" will be closed. Messages that were not yet accepted stay with their senders, who try again.`,
      action: 'Terminate All',
    }),
  },
  {
    id: 'set-default',
    title: 'Set as Default',
    group: 'act',
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
    group: 'act',
    isOffered: (target) =>
      target.hasHost && ['drop', 'badmail', 'queue'].some((folder) => isFolder(target, folder)),
    reasonAgainst: (target) => {
      if (!target.hasHost) return 'Folders can be opened from the desktop only.';
      return target.server === undefined ? 'Select a virtual server.' : undefined;
    },
  },
  {
    id: 'rename',
    title: 'Rename',
    shortcut: 'F2',
    group: 'edit',
    isOffered: (target) => isServer(target) || domainOf(target) !== undefined,
    reasonAgainst: (target) =>
      isServer(target) || domainOf(target) !== undefined ? undefined : 'Select a virtual server or a domain.',
  },
  {
    id: 'delete',
    title: 'Delete',
    shortcut: 'Delete',
    group: 'edit',
    isOffered: (target) => isServer(target) || (domainOf(target)?.type ?? 'default') !== 'default',
    reasonAgainst: (target) => {
      const domain = domainOf(target);
      if (domain?.type === 'default')
        return 'The default domain cannot be deleted. Make another one the default.';
      if (domain === undefined && target.isOnlyServer === true)
        return 'The last virtual server cannot be deleted.';
      return domain !== undefined || isServer(target) ? undefined : 'Select a virtual server or a domain.';
    },
    confirmation: (target) => confirmDelete(target),
  },
  {
    id: 'refresh',
    title: 'Refresh',
    shortcut: 'F5',
    group: 'view',
    isOffered: (target) => target.item === undefined,
    reasonAgainst: () => undefined,
  },
  {
    id: 'properties',
    title: 'Properties',
    shortcut: 'Alt+Enter',
    group: 'properties',
    isOffered: (target) => isServer(target) || domainOf(target) !== undefined,
    reasonAgainst: (target) =>
      isServer(target) || domainOf(target) !== undefined ? undefined : 'Select a virtual server or a domain.',
  },
];

function confirmDelete(target: VerbTarget): Confirmation | undefined {
  const domain = domainOf(target);
  if (domain !== undefined) {
    return {
      title: `Delete the domain ${domain.name}?`,
      text:
        domain.type === 'alias'
          ? 'Mail for this domain will no longer be dropped here. Messages in Drop stay.'
          : 'Its route is forgotten. Waiting mail for this domain goes the way of all other mail.',
      action: 'Delete',
    };
  }
  const server = target.server;
  if (server === undefined) return undefined;
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

export function verbOf(id: VerbId): Verb {
  const verb = verbs.find((each) => each.id === id);
  if (verb === undefined) throw new Error(`No verb is named ${id}.`);
  return verb;
}

/** Those of a context menu, in table order. */
export const offeredVerbs = (target: VerbTarget): Verb[] => verbs.filter((verb) => verb.isOffered(target));

export interface KeyPress {
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

/** The verb that a key stands for. Backspace deletes on keyboards that have no Delete. */
export function matchShortcut(press: KeyPress, platform?: 'win32' | 'darwin' | 'linux'): VerbId | undefined {
  if (press.ctrlKey || press.shiftKey) return undefined;
  if (press.metaKey) return platform === 'darwin' && press.key === 'Backspace' ? 'delete' : undefined;
  const name = press.altKey ? `Alt+${press.key}` : press.key;
  return verbs.find((verb) => verb.shortcut === name)?.id;
}
