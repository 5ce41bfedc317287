/** The places of the console: what can be selected in the tree, and their names in storage. Pure. */

export const serverFolders = ['domains', 'sessions', 'queue', 'drop', 'badmail', 'pickup', 'trace'] as const;
export type ServerFolder = (typeof serverFolders)[number];

export type Place =
  | { readonly kind: 'computer' }
  /** The record of changes of this computer. */
  | { readonly kind: 'changes' }
  /** Mail of all virtual servers, searched. */
  | { readonly kind: 'search' }
  /** The trace of all virtual servers. */
  | { readonly kind: 'trace' }
  | { readonly kind: 'server'; readonly serverId: number }
  | { readonly kind: 'folder'; readonly serverId: number; readonly folder: ServerFolder };

export const folderTitles: Record<ServerFolder, string> = {
  domains: 'Domains',
  sessions: 'Current Sessions',
  queue: 'Queue',
  drop: 'Drop',
  badmail: 'Badmail',
  pickup: 'Pickup',
  trace: 'Trace',
};

export const computerPlace: Place = { kind: 'computer' };
export const changesPlace: Place = { kind: 'changes' };
export const changesTitle = 'Changes';
export const searchPlace: Place = { kind: 'search' };
export const searchTitle = 'Search';
export const tracePlace: Place = { kind: 'trace' };

/** Of the computer itself, and of no virtual server. */
const isOfComputer = (
  place: Place,
): place is Extract<Place, { kind: 'computer' | 'changes' | 'search' | 'trace' }> =>
  place.kind === 'computer' || place.kind === 'changes' || place.kind === 'search' || place.kind === 'trace';

/** "computer", "changes", "search", "trace", "server-3" or "server-3-queue"; also usable as an element's id. */
export function placeId(place: Place): string {
  if (isOfComputer(place)) return place.kind;
  return place.kind === 'server' ? `server-${place.serverId}` : `server-${place.serverId}-${place.folder}`;
}

/** undefined for anything that `placeId` does not write: ids come back from storage. */
export function parsePlaceId(id: string): Place | undefined {
  if (id === 'computer') return computerPlace;
  if (id === 'changes') return changesPlace;
  if (id === 'search') return searchPlace;
  if (id === 'trace') return tracePlace;
  const match = /^server-(\d{1,4})(?:-([a-z]+))?$/.exec(id);
  if (match === null) return undefined;
  const serverId = Number(match[1]);
  if (match[2] === undefined) return { kind: 'server', serverId };
  const folder = serverFolders.find((name) => name === match[2]);
  return folder === undefined ? undefined : { kind: 'folder', serverId, folder };
}

export const serverIdOf = (place: Place): number | undefined =>
  isOfComputer(place) ? undefined : place.serverId;

export function parentOf(place: Place): Place | undefined {
  if (place.kind === 'computer') return undefined;
  return isOfComputer(place) || place.kind === 'server'
    ? computerPlace
    : { kind: 'server', serverId: place.serverId };
}

/** The place itself, or the nearest one above it that still exists. */
export function findExisting(place: Place, serverIds: readonly number[]): Place {
  return isOfComputer(place) || serverIds.includes(place.serverId) ? place : computerPlace;
}
