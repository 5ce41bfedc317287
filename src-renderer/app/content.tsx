/** The right side: the page of the place selected. The one file that joins the features. */
import type { ReactElement } from 'react';
import { useState } from 'react';
import { formatBinding, type ServerSummary } from '../../src-main/api/contract';
import { useHost, useServerDetails, useServers, useStatus } from '../client';
import type { Place, ServerFolder } from '../console-tree';
import { DomainList } from '../domains';
import { BadmailView, DropView, QueuedMessage } from '../mail-inspector';
import { type Attention, type AttentionAction, ComputerPage, ServerPage, type ServerStep } from '../overview';
import { QueueView } from '../queue';
import { SessionList } from '../sessions';
import { openDialog, selectPlace, selectRows, useConsole } from './console-store';
import { useMoveToPort25 } from './move-to-port-25';
import { useRestart } from './restart';
import { useRunVerb } from './run-verb';
import { usePlace, useVerbTarget } from './use-target';
import { ContextMenu } from './verb-menu';

type Point = { readonly x: number; readonly y: number };

export function Content(): ReactElement | null {
  const place = usePlace();
  const servers = useServers().data;
  if (place.kind === 'computer') return <Computer servers={servers} />;
  const server = servers?.find((each) => each.id === place.serverId);
  if (server === undefined) return null;
  return place.kind === 'server' ? (
    <Server key={server.id} server={server} />
  ) : (
    <Folder key={`${server.id}/${place.folder}`} server={server} folder={place.folder} />
  );
}

function useAct(): (item: Attention, action: AttentionAction) => void {
  const moveToPort25 = useMoveToPort25();
  const restart = useRestart();
  const run = useRunVerb();
  const { hasHost } = useVerbTarget();
  const servers = useServers().data ?? [];
  return (item, action) => {
    const server = servers.find((each) => each.id === item.serverId) ?? servers[0];
    if (server === undefined) return;
    const place: Place = { kind: 'server', serverId: server.id };
    if (action === 'move-to-port-25') moveToPort25(server);
    else if (action === 'restart') restart(server);
    else if (action === 'open-badmail')
      selectPlace({ kind: 'folder', serverId: server.id, folder: 'badmail' });
    else if (action === 'certificates')
      openDialog({ kind: 'server-sheet', serverId: server.id, tab: 'access' });
    else run(action, { place, server, item: undefined, hasHost });
  };
}

function Computer({ servers }: { readonly servers: readonly ServerSummary[] | undefined }): ReactElement {
  const act = useAct();
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
        onOpen={(server) => selectPlace({ kind: 'server', serverId: server.id })}
        onContextMenu={(server, at) => {
          selectRows(new Set([String(server.id)]));
          setMenuAt(at);
        }}
        onNew={() => openDialog({ kind: 'new-server' })}
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
  const isRestartNeeded = useServerDetails(serverId).data?.isRestartNeeded === true;
  const take: Record<ServerStep, () => void> = {
    'send-test': () => run('send-test', target),
    'smart-host': () => openDialog({ kind: 'server-sheet', serverId, tab: 'delivery' }),
    relay: () => openDialog({ kind: 'server-sheet', serverId, tab: 'access' }),
    properties: () => openDialog({ kind: 'server-sheet', serverId }),
    'new-remote-domain': () => openDialog({ kind: 'new-domain', serverId }),
  };
  return (
    <ServerPage
      server={server}
      attention={isRestartNeeded ? [...listed, restartNeeded(serverId)] : listed}
      onAct={act}
      onStep={(step) => take[step]()}
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
  switch (folder) {
    case 'queue':
      return (
        <QueueView
          serverId={server.id}
          renderMessage={(queueId) => <QueuedMessage serverId={server.id} queueId={queueId} />}
        />
      );
    case 'drop':
      return <DropView serverId={server.id} onSendTest={() => run('send-test', target)} />;
    case 'badmail':
      return <BadmailView serverId={server.id} />;
    case 'domains':
    case 'sessions':
      return <VerbList server={server} folder={folder} />;
  }
}

/** Lists whose rows the verbs of the frame act on. */
function VerbList({
  server,
  folder,
}: {
  server: ServerSummary;
  folder: 'domains' | 'sessions';
}): ReactElement {
  const run = useRunVerb();
  const target = useVerbTarget();
  const selectedKeys = useConsole((state) => state.selectedKeys);
  const [menuAt, setMenuAt] = useState<Point>();
  const openMenu = (key: string, at: Point): void => {
    if (!selectedKeys.has(key)) selectRows(new Set([key]));
    setMenuAt(at);
  };
  const shared = { serverId: server.id, selectedKeys };
  return (
    <>
      {folder === 'domains' ? (
        <DomainList
          {...shared}
          // One domain at a time: its verbs are about one domain.
          onSelect={(names) => selectRows(new Set([...names].slice(-1)))}
          onOpen={(domain) => openDialog({ kind: 'domain-sheet', serverId: server.id, name: domain.name })}
          onDelete={() => run('delete', target)}
          onContextMenu={(domain, at) => openMenu(domain.name, at)}
          onNew={() => openDialog({ kind: 'new-domain', serverId: server.id })}
        />
      ) : (
        <SessionList
          {...shared}
          onSelect={selectRows}
          onTerminate={() => run('terminate', target)}
          onContextMenu={(session, at) => openMenu(session.id, at)}
          listensOn={server.bindings.map(formatBinding).join(', ')}
        />
      )}
      {menuAt !== undefined && (
        <ContextMenu target={target} at={menuAt} onClose={() => setMenuAt(undefined)} />
      )}
    </>
  );
}
