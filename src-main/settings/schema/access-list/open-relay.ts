/**
 * Whether settings let anybody, or nearly anybody, relay by address or name. Pure. Who must log in first is no
 * stranger, so that "Allow all computers which successfully authenticate" opens nothing.
 */
import { findBreadth, isPrivate } from './breadth';
import { readEntry } from './entry';

export interface RelaySettings {
  readonly relayMode: 'only' | 'except';
  readonly relayList: readonly string[];
}

/** Two subnets of the size of 17.0.0.0/8: together they are as open as one that is wide. */
const mostPublicAddresses = 2 ** 25;

export function isOpenRelay({ relayMode, relayList }: RelaySettings): boolean {
  if (relayMode === 'except') return true;
  let publicCount = 0;
  for (const text of new Set(relayList)) {
    const reading = readEntry(text);
    if (!('entry' in reading)) continue;
    const { entry } = reading;
    if (findBreadth(entry)?.degree === 'open') return true;
    if (entry.kind === 'subnet' && entry.family === 4 && !isPrivate(entry))
      publicCount += 2 ** (32 - entry.prefix);
  }
  return publicCount > mostPublicAddresses;
}

/** A change that opens the relay, as against one that leaves it open. */
export const opensRelay = (before: RelaySettings, after: RelaySettings): boolean =>
  !isOpenRelay(before) && isOpenRelay(after);
