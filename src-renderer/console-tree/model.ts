/** The visible rows of the tree, from what the engine tells. Pure. */
import type { ServerSummary } from '../../src-main/api/contract';
import type { ShownState } from '../client/words';
import {
  changesPlace,
  changesTitle,
  computerPlace,
  folderTitles,
  type Place,
  placeId,
  searchPlace,
  searchTitle,
  serverFolders,
  tracePlace,
} from './places';

export interface TreeRow {
  readonly id: string;
  readonly place: Place;
  /** 1 is the computer. */
  readonly level: 1 | 2 | 3;
  readonly title: string;
  readonly server?: { readonly id: number; readonly name: string; readonly state: ShownState };
  /** Shown at the right edge. */
  readonly count?: number;
  /** Someone must act. */
  readonly isAlarming: boolean;
  readonly isExpandable: boolean;
  readonly isExpanded: boolean;
  readonly positionInSet: number;
  readonly setSize: number;
}

export interface TreeFacts {
  readonly computerName: string;
  readonly servers: readonly ServerSummary[];
  readonly expanded: ReadonlySet<string>;
  /** False: the states are not known. */
  readonly isReachable: boolean;
}

export function buildRows({ computerName, servers, expanded, isReachable }: TreeFacts): TreeRow[] {
  const isOpen = expanded.has(placeId(computerPlace));
  const rows: TreeRow[] = [
    {
      id: placeId(computerPlace),
      place: computerPlace,
      level: 1,
      title: computerName,
      isAlarming: false,
      isExpandable: true,
      isExpanded: isOpen,
      positionInSet: 1,
      setSize: 1,
    },
  ];
  if (!isOpen) return rows;
  servers.forEach((server, index) => {
    const place: Place = { kind: 'server', serverId: server.id };
    const isExpanded = expanded.has(placeId(place));
    rows.push({
      id: placeId(place),
      place,
      level: 2,
      title: server.name,
      server: { id: server.id, name: server.name, state: isReachable ? server.state : 'unknown' },
      isAlarming: isReachable && server.state === 'failed',
      isExpandable: true,
      isExpanded,
      positionInSet: index + 1,
      setSize: servers.length + ofComputer.length,
    });
    if (isExpanded) rows.push(...buildFolderRows(server));
  });
  ofComputer.forEach(({ place, title }, index) => {
    rows.push({
      id: placeId(place),
      place,
      level: 2,
      title,
      isAlarming: false,
      isExpandable: false,
      isExpanded: false,
      positionInSet: servers.length + index + 1,
      setSize: servers.length + ofComputer.length,
    });
  });
  return rows;
}

/** Pages below the computer that belong to no virtual server. */
const ofComputer: readonly { readonly place: Place; readonly title: string }[] = [
  { place: searchPlace, title: searchTitle },
  { place: tracePlace, title: folderTitles.trace },
  { place: changesPlace, title: changesTitle },
];

function buildFolderRows(server: ServerSummary): TreeRow[] {
  return serverFolders.map((folder, index) => {
    const place: Place = { kind: 'folder', serverId: server.id, folder };
    return {
      id: placeId(place),
      place,
      level: 3,
      title: folderTitles[folder],
      ...(folder !== 'trace' && { count: server.counts[folder] }),
      isAlarming: folder === 'badmail' && server.counts.badmail > 0,
      isExpandable: false,
      isExpanded: false,
      positionInSet: index + 1,
      setSize: serverFolders.length,
    };
  });
}
