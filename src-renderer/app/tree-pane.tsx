/** The tree with the engine's answers, its context menu and renaming. */
import { type ReactElement, useState } from 'react';
import { readFault, useClient, useIsReachable, useServers, useStatus } from '../client';
import { buildRows, ConsoleTree, type Place, placeId } from '../console-tree';
import { renameInPlace, selectPlace, setExpanded, useConsole } from './console-store';
import { usePlace, usePlaceTarget } from './use-target';
import { ContextMenu } from './verb-menu';

export function TreePane({ onEnter }: { readonly onEnter: () => void }): ReactElement {
  const client = useClient();
  const servers = useServers().data ?? [];
  const computerName = useStatus().data?.computerName ?? 'This computer';
  const expanded = useConsole((state) => state.expanded);
  const renaming = useConsole((state) => state.renaming);
  const isReachable = useIsReachable();
  const [menu, setMenu] = useState<{ place: Place; at: { x: number; y: number } }>();

  const rename = async (serverId: number, name: string): Promise<string | undefined> => {
    try {
      await client.servers.rename({ serverId, name });
      return undefined;
    } catch (error) {
      return readFault(error).text;
    }
  };

  return (
    <>
      <ConsoleTree
        rows={buildRows({ computerName, servers, expanded, isReachable })}
        selectedId={placeId(usePlace())}
        onSelect={selectPlace}
        onExpand={setExpanded}
        onContextMenu={(place, at) => setMenu({ place, at })}
        onEnter={onEnter}
        renamingServerId={renaming?.domainName === undefined ? renaming?.serverId : undefined}
        onRename={rename}
        onRenameEnd={() => renameInPlace(undefined)}
      />
      {menu !== undefined && <TreeMenu {...menu} onClose={() => setMenu(undefined)} />}
    </>
  );
}

interface TreeMenuProps {
  readonly place: Place;
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
}

function TreeMenu({ place, at, onClose }: TreeMenuProps): ReactElement {
  return <ContextMenu target={usePlaceTarget(place)} at={at} onClose={onClose} />;
}
