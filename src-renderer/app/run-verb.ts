/**
 * Does what a verb says. Refusals of the engine become notices; nothing is assumed to have worked before the
 * engine said so. A verb with a confirmation first opens it.
 */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { SessionRow } from '../../src-main/api/contract';
import type { HostCapabilities } from '../../src-main/api/contract/host';
import { type ConsoleClient, readFault, useClient, useHost } from '../client';
import { computerPlace, type Place } from '../console-tree/places';
import { announce } from '../ui/announcer';
import { type ListAction, useListOnPage } from '../ui/list-on-page';
import {
  addNotice,
  closeDialog,
  dismissNoticesNamed,
  openDialog,
  renameInPlace,
  selectPlace,
  selectRows,
} from './console-store';
import { chooseMessageFiles } from './opened-files';
import { resultWords } from './verb-table';
import { type Verb, type VerbId, type VerbTarget, verbOf, whyNot } from './verbs';

interface Means {
  readonly client: ConsoleClient;
  readonly queryClient: QueryClient;
  readonly host: HostCapabilities | undefined;
}

/** `isConfirmed` skips the question. */
export type RunVerb = (id: VerbId, target: VerbTarget, options?: { readonly isConfirmed: boolean }) => void;

export function useRunVerb(): RunVerb {
  const client = useClient();
  const host = useHost();
  const queryClient = useQueryClient();
  return useCallback(
    (id, target, options) => {
      const verb = verbOf(id);
      if (whyNot(verb, target) !== undefined) return;
      if (options?.isConfirmed !== true && verb.confirmation?.(target) !== undefined) {
        openDialog({ kind: 'confirm-verb', verb: id, target });
        return;
      }
      void attempt(verb, target, () => perform(id, target, { client, queryClient, host }));
    },
    [client, host, queryClient],
  );
}

async function attempt(verb: Verb, target: VerbTarget, act: () => Promise<unknown>): Promise<void> {
  const title = `${verb.title.replace('…', '')}: ${target.server?.name ?? 'this computer'}`;
  // What the last attempt was refused for may not be true any more.
  dismissNoticesNamed(title);
  try {
    await act();
    const words = resultWords(verb, target);
    if (words !== undefined) announce(words);
  } catch (error) {
    addNotice({
      intent: 'error',
      title,
      text: readFault(error).text,
      ...(verb.group === 'state' && target.server !== undefined && { untilRunning: target.server.id }),
    });
  }
}

async function perform(id: VerbId, target: VerbTarget, means: Means): Promise<unknown> {
  const { client, queryClient } = means;
  switch (id) {
    case 'refresh':
      return queryClient.invalidateQueries();
    case 'new-server':
      return openDialog({ kind: 'new-server' });
    case 'sign-ins':
      return openDialog({ kind: 'sign-ins' });
    case 'open-message':
      return chooseMessageFiles();
    case 'export-list':
      return openDialog({ kind: 'export-list' });
    case 'help':
      return openDialog({ kind: 'help', target });
    case 'retry':
    case 'retry-all':
    case 'hold':
    case 'release':
    case 'change-route':
    case 'change-recipient':
    case 'freeze':
    case 'thaw':
    case 'release-trigger':
    case 'ask-now':
    case 'resend-edited':
    case 'resend':
    case 'show-trace':
    case 'save':
    case 'select-all':
      return actInList(id);
  }
  const { server, item } = target;
  if (server === undefined) return undefined;
  const serverId = server.id;
  switch (id) {
    case 'start':
      return refreshAfter(queryClient, client.servers.start({ serverId }));
    case 'pause':
      return refreshAfter(queryClient, client.servers.pause({ serverId }));
    case 'resume':
      return refreshAfter(queryClient, client.servers.resume({ serverId }));
    case 'stop':
      return refreshAfter(queryClient, client.servers.stop({ serverId }));
    case 'new-domain':
      return openDialog({ kind: 'new-domain', serverId });
    case 'send-test':
      return openDialog({ kind: 'send-test', serverId });
    case 'explain':
      return openDialog({ kind: 'explain', serverId });
    case 'smart-host':
      return openDialog({ kind: 'smart-host', serverId });
    case 'terminate':
      return item?.kind === 'sessions' ? terminate(serverId, item.sessions, client) : undefined;
    case 'terminate-all':
      return client.sessions.terminateAll({ serverId });
    case 'open-folder':
      return means.host?.openFolder(serverId, folderToOpen(target.place));
    case 'delete':
      if (item?.kind === 'messages') return actInList('delete');
      return performOnItem(id, serverId, target, means);
    default:
      return performOnItem(id, serverId, target, means);
  }
}

/** The list of the page knows its rows; a question it may have is its own. */
function actInList(action: ListAction): void {
  useListOnPage.getState().list?.act(action);
}

/** One that has ended by itself meanwhile is as good as terminated. */
async function terminate(
  serverId: number,
  sessions: readonly SessionRow[],
  client: ConsoleClient,
): Promise<void> {
  await client.sessions.terminateMany({ serverId, sessionIds: sessions.map((session) => session.id) });
  selectRows(new Set());
}

/** Verbs that mean the selected domain where there is one, else the server. */
async function performOnItem(
  id: 'set-default' | 'rename' | 'delete' | 'properties',
  serverId: number,
  { item }: VerbTarget,
  { client, queryClient }: Means,
): Promise<unknown> {
  const name = item?.kind === 'domain' ? item.domain.name : undefined;
  switch (id) {
    case 'set-default':
      return name === undefined
        ? undefined
        : refreshAfter(queryClient, client.domains.setDefault({ serverId, name }));
    case 'rename':
      return renameInPlace(name === undefined ? { serverId } : { serverId, domainName: name });
    case 'properties':
      return openDialog(
        name === undefined ? { kind: 'server-sheet', serverId } : { kind: 'domain-sheet', serverId, name },
      );
    case 'delete':
      closeDialog();
      return name === undefined
        ? deleteServer(serverId, { client, queryClient })
        : deleteDomain({ serverId, name }, { client, queryClient });
  }
}

async function deleteServer(serverId: number, { client, queryClient }: Omit<Means, 'host'>): Promise<void> {
  await refreshAfter(queryClient, client.servers.delete({ serverId }));
  selectPlace(computerPlace);
}

async function deleteDomain(
  domain: { readonly serverId: number; readonly name: string },
  { client, queryClient }: Omit<Means, 'host'>,
): Promise<void> {
  await refreshAfter(queryClient, client.domains.delete(domain));
  selectRows(new Set());
}

/** The live stream would tell as well, but the person who did it should see it at once. */
async function refreshAfter<T>(queryClient: QueryClient, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } finally {
    void queryClient.invalidateQueries();
  }
}

const folderToOpen = (place: Place): 'pickup' | 'drop' | 'queue' | 'badmail' =>
  place.kind === 'folder' &&
  place.folder !== 'domains' &&
  place.folder !== 'sessions' &&
  place.folder !== 'trace'
    ? place.folder
    : 'drop';
