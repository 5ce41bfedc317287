/** The right side: the page of the place selected. The one file that joins the features. */
import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { describeBinding, type ServerSummary } from '../../src-main/api/contract';
import { BadmailView } from '../badmail';
import { ChangesView } from '../changes';
import {
  type ConsoleClient,
  readFault,
  useClient,
  useHost,
  useServerDetails,
  useServers,
  useStatus,
} from '../client';
import type { Place, ServerFolder } from '../console-tree';
import { DomainList } from '../domains';
import { QueuedMessage } from '../mail-inspector';
import { DropView, ExportDialog, PickupView } from '../mail-lists';
import { type Attention, type AttentionAction, ComputerPage, ServerPage, type ServerStep } from '../overview';
import { QueueView } from '../queue';
import { resendMessages } from '../resend';
import { SessionsView } from '../sessions';
import { TraceView } from '../trace';
import { announce } from '../ui/announcer';
import { tabOfAttention } from './attention-tab';
import {
  addNotice,
  keepSelectedRows,
  openDialog,
  renameInPlace,
  selectPlace,
  selectRows,
  showLockedOut,
  showMessage,
  showSearch,
  showTrace,
  useConsole,
} from './console-store';
import { FoundMail } from './found-mail';
import { useMailSeams } from './mail-seams';
import { useMoveToPort25 } from './move-to-port-25';
import { useRestart } from './restart';
import { useRunVerb } from './run-verb';
import { usePlace, useVerbTarget } from './use-target';
import { ContextMenu } from './verb-menu';
import { type VerbId, type VerbTarget, verbOf, whyForbidden, whyNot } from './verbs';

type Point = { readonly x: number; readonly y: number };

export function Content(): ReactElement | null {
  const place = usePlace();
  const servers = useServers().data;
  if (place.kind === 'computer') return <Computer servers={servers} />;
  if (place.kind === 'changes') return <Changes />;
  if (place.kind === 'search') return <FoundMail />;
  if (place.kind === 'trace') return <TracePage serverId={undefined} />;
  const server = servers?.find((each) => each.id === place.serverId);
  if (server === undefined) return null;
  return place.kind === 'server' ? (
    <Server key={server.id} server={server} />
  ) : (
    <Folder key={`${server.id}/${place.folder}`} server={server} folder={place.folder} />
  );
}

function Changes(): ReactElement {
  const servers = useServers().data ?? [];
  const target = useVerbTarget();
  return (
    <ChangesView
      forbidden={whyForbidden('operator', target)}
      serverName={(serverId) => servers.find(({ id }) => id === serverId)?.name}
    />
  );
}

function useAct(): (item: Attention, action: AttentionAction) => void {
  const moveToPort25 = useMoveToPort25();
  const restart = useRestart();
  const run = useRunVerb();
  const target = useVerbTarget();
  const servers = useServers().data ?? [];
  return (item, action) => {
    const server = servers.find((each) => each.id === item.serverId) ?? servers[0];
    if (server === undefined) return;
    const place: Place = { kind: 'server', serverId: server.id };
    if (action === 'move-to-port-25') moveToPort25(server);
    else if (action === 'restart') restart(server);
    else if (action === 'open-badmail')
      selectPlace({ kind: 'folder', serverId: server.id, folder: 'badmail' });
    else if (action === 'sessions') showLockedOut(server.id);
    else if (action === 'sign-ins') openDialog({ kind: 'sign-ins' });
    else if (action === 'certificates')
      openDialog({ kind: 'server-sheet', serverId: server.id, tab: 'access' });
    else if (action === 'properties') {
      const tab = tabOfAttention(item.code);
      openDialog({ kind: 'server-sheet', serverId: server.id, ...(tab === undefined ? {} : { tab }) });
    } else run(action, { ...target, place, server, item: undefined, list: undefined });
  };
}

/** Why the button beside what needs attention cannot be used by this person. Pure. */
function whyNotAct(action: AttentionAction, target: VerbTarget): string | undefined {
  switch (action) {
    case 'move-to-port-25':
      return whyForbidden('administrator', target);
    case 'start':
    case 'restart':
      return whyForbidden('operator', target);
    case 'properties':
    case 'certificates':
    case 'sign-ins':
    case 'open-badmail':
    case 'sessions':
      return undefined;
  }
}

function Computer({ servers }: { readonly servers: readonly ServerSummary[] | undefined }): ReactElement {
  const act = useAct();
  const run = useRunVerb();
  const selectedKeys = useConsole((state) => state.selectedKeys);
  const target = useVerbTarget();
  const [menuAt, setMenuAt] = useState<Point>();
  return (
    <>
      <ComputerPage
        servers={servers}
        attention={useStatus().data?.attention ?? []}
        selectedKeys={selectedKeys}
        onSelect={selectRows}
        onAct={act}
        whyNotAct={(action) => whyNotAct(action, target)}
        onOpen={(server) => selectPlace({ kind: 'server', serverId: server.id })}
        onContextMenu={(server, at) => {
          selectRows(new Set([String(server.id)]));
          setMenuAt(at);
        }}
        onNew={() => run('new-server', target)}
        whyNotNew={whyNot(verbOf('new-server'), target)}
      />
      {menuAt !== undefined && (
        <ContextMenu target={target} at={menuAt} onClose={() => setMenuAt(undefined)} />
      )}
    </>
  );
}

function Server({ server }: { readonly server: ServerSummary }): ReactElement {
  const act = useAct();
  const host = useHost();
  const run = useRunVerb();
  const target = useVerbTarget();
  const serverId = server.id;
  const listed: readonly Attention[] = useStatus().data?.attention ?? [];
  const details = useServerDetails(serverId).data;
  const isRestartNeeded = details?.isRestartNeeded === true;
  const take: Record<ServerStep, () => void> = {
    'send-test': () => run('send-test', target),
    explain: () => run('explain', target),
    'smart-host': () => openDialog({ kind: 'server-sheet', serverId, setting: 'smartHost' }),
    relay: () => openDialog({ kind: 'server-sheet', serverId, tab: 'access' }),
    properties: () => openDialog({ kind: 'server-sheet', serverId }),
    'new-remote-domain': () => run('new-domain', target),
  };
  const whyNotChange = whyForbidden('administrator', target);
  const reasons: Partial<Record<ServerStep, string | undefined>> = {
    'send-test': whyNot(verbOf('send-test'), target),
    explain: whyNot(verbOf('explain'), target),
    'smart-host': whyNotChange,
    'new-remote-domain': whyNot(verbOf('new-domain'), target),
  };
  return (
    <ServerPage
      server={server}
      attention={isRestartNeeded ? [...listed, restartNeeded(serverId)] : listed}
      onAct={act}
      whyNotAct={(action) => whyNotAct(action, target)}
      onStep={(step) => take[step]()}
      whyNotStep={(step) => reasons[step]}
      canChange={whyNotChange === undefined}
      hasSmartHost={details !== undefined && details.settings.smartHost !== ''}
      onShow={(folder) => selectPlace({ kind: 'folder', serverId, folder })}
      onOpenFolder={host === undefined ? undefined : (folder) => void host.openFolder(serverId, folder)}
    />
  );
}

const restartNeeded = (serverId: number): Attention => ({
  serverId,
  code: 'restart-needed',
  text: 'A change comes into force when this virtual server is restarted. Open sessions are closed with 421.',
  action: 'restart',
});

interface FolderProps {
  readonly server: ServerSummary;
  readonly folder: ServerFolder;
}

function Folder({ server, folder }: FolderProps): ReactElement {
  const run = useRunVerb();
  const target = useVerbTarget();
  const [menuAt, setMenuAt] = useState<Point>();
  const isAllowed = (id: VerbId): boolean => whyNot(verbOf(id), target) === undefined;
  // Of what is done with messages; which of them is the list's own affair.
  const forbidden = whyForbidden('operator', target);
  const seams = useMailSeams(forbidden);
  const client = useClient();
  const meant = useConsole((state) => state.meantMessage);
  const page = (): ReactElement => {
    switch (folder) {
      case 'queue':
        return (
          <QueueView
            serverId={server.id}
            forbidden={forbidden}
            renderMessage={(queueId) => <QueuedMessage serverId={server.id} queueId={queueId} />}
            onShowTrace={(queueId) => showTrace(server.id, queueId)}
            meantId={meant?.folder === 'queue' ? meant.id : undefined}
            onContextMenu={setMenuAt}
          />
        );
      case 'drop':
        return (
          <DropView
            {...seams}
            meant={meant}
            onEverywhere={showSearch}
            serverId={server.id}
            forbidden={forbidden}
            onContextMenu={setMenuAt}
            {...(isAllowed('send-test') && { onSendTest: () => run('send-test', target) })}
          />
        );
      case 'badmail':
        return (
          <BadmailView
            {...seams}
            meantId={meant?.folder === 'badmail' ? meant.id : undefined}
            serverId={server.id}
            forbidden={forbidden}
            onResend={(messages) => resendMessages(client, messages)}
            onEditAndResend={seams.onResend}
            onShowTrace={(queueId) => showTrace(server.id, queueId)}
            renderExport={(messages, onClose) => <ExportDialog messages={messages} onClose={onClose} />}
            onOpenRetention={() =>
              openDialog({ kind: 'server-sheet', serverId: server.id, tab: 'housekeeping' })
            }
            onContextMenu={setMenuAt}
          />
        );
      case 'pickup':
        return (
          <PickupView
            {...seams}
            serverId={server.id}
            forbidden={forbidden}
            onOpenFolder={isAllowed('open-folder') ? () => run('open-folder', target) : undefined}
            onContextMenu={setMenuAt}
          />
        );
      case 'trace':
        return <TracePage serverId={server.id} />;
      case 'domains':
        return <Domains server={server} onMenu={setMenuAt} />;
      case 'sessions':
        return <Sessions server={server} onMenu={setMenuAt} />;
    }
  };
  return (
    <>
      {page()}
      {menuAt !== undefined && (
        <ContextMenu target={target} at={menuAt} onClose={() => setMenuAt(undefined)} />
      )}
    </>
  );
}

function TracePage({ serverId }: { readonly serverId: number | undefined }): ReactElement {
  const servers = useServers().data ?? [];
  const client = useClient();
  const meant = useConsole((state) => state.meantTrace);
  return (
    <TraceView
      key={meant === undefined ? 'all' : `${meant.serverId} ${meant.queueId}`}
      serverId={serverId}
      serverName={(id) => servers.find((each) => each.id === id)?.name ?? String(id)}
      firstId={meant?.queueId}
      firstServerId={meant?.serverId}
      onShowMessage={showMessage}
      onShowBadmail={(id, messageId) => void showBadmail(client, id, messageId)}
    />
  );
}

/** A file in Badmail has a name of its own: the index knows it by its Message-ID. */
async function showBadmail(client: ConsoleClient, serverId: number, messageId: string): Promise<void> {
  const folder = 'badmail';
  const query = `"${messageId.replace(/[<>"]/g, '')}"`;
  const found =
    messageId === ''
      ? undefined
      : await client.search
          .find({ serverId, folders: [folder], query, group: 'none', offset: 0, limit: 1 })
          .catch(() => undefined);
  const id = found?.rows[0]?.id;
  // Without the index the folder itself is near enough.
  if (id === undefined) selectPlace({ kind: 'folder', serverId, folder });
  else showMessage({ serverId, folder, id });
}

interface VerbListProps {
  readonly server: ServerSummary;
  readonly onMenu: (at: Point) => void;
}

function Domains({ server, onMenu }: VerbListProps): ReactElement {
  const run = useRunVerb();
  const target = useVerbTarget();
  const client = useClient();
  const queryClient = useQueryClient();
  const selectedKeys = useConsole((state) => state.selectedKeys);
  const renaming = useConsole((state) => state.renaming);
  const rename = async (name: string, newName: string): Promise<string | undefined> => {
    try {
      const domain = await client.domains.rename({ serverId: server.id, name, newName });
      selectRows(new Set([domain.name]));
      void queryClient.invalidateQueries();
      announce(`Renamed to ${domain.name}.`);
      return undefined;
    } catch (error) {
      return readFault(error).text;
    }
  };
  return (
    <DomainList
      serverId={server.id}
      selectedKeys={selectedKeys}
      onSelect={selectRows}
      onRows={(rows, names) => {
        keepSelectedRows({ kind: 'domains', rows });
        if (names !== selectedKeys) selectRows(names);
      }}
      onOpen={(domain) => openDialog({ kind: 'domain-sheet', serverId: server.id, name: domain.name })}
      onDelete={() => run('delete', target)}
      onContextMenu={(_, at) => onMenu(at)}
      onNew={() => run('new-domain', target)}
      whyNotNew={whyNot(verbOf('new-domain'), target)}
      renamingName={renaming?.serverId === server.id ? renaming.domainName : undefined}
      onRename={rename}
      onRenameEnd={() => renameInPlace(undefined)}
    />
  );
}

function Sessions({ server, onMenu }: VerbListProps): ReactElement {
  const run = useRunVerb();
  const target = useVerbTarget();
  const selectedKeys = useConsole((state) => state.selectedKeys);
  const isLockedOutMeant = useConsole((state) => state.isLockedOutMeant);
  return (
    <SessionsView
      firstView={isLockedOutMeant ? 'locked-out' : 'open'}
      key={server.id}
      forbidden={whyForbidden('operator', target)}
      openCount={server.counts.sessions}
      serverId={server.id}
      selectedKeys={selectedKeys}
      onSelect={selectRows}
      onRows={(rows, ids) => {
        keepSelectedRows({ kind: 'sessions', rows });
        if (ids !== selectedKeys) selectRows(ids);
      }}
      onTerminate={() => run('terminate', target)}
      onContextMenu={(_, at) => onMenu(at)}
      onFault={(title, text) => addNotice({ intent: 'error', title: `${title}: ${server.name}`, text })}
      emptyText={describeListening(server)}
    />
  );
}

/** Why nobody is connected, and what would change that. */
function describeListening(server: ServerSummary): string {
  const addresses = server.bindings.map(describeBinding).join(', ');
  if (server.state === 'started') return `Clients connect to ${addresses}.`;
  return server.state === 'paused' || server.state === 'pausing'
    ? 'The virtual server is paused. Resume it to take connections again.'
    : 'The virtual server is not running. Start it to take connections.';
}
