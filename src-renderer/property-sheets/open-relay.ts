/** Whether settings let anybody, or nearly anybody, relay. Pure. */

export interface RelaySettings {
  readonly relayMode: 'only' | 'except';
  readonly relayList: readonly string[];
}

/** Subnets that hold a large part of the Internet; no site of one owner is this wide. */
const widestPrefix = { v4: 8, v6: 16 };

export function isOpenRelay({ relayMode, relayList }: RelaySettings): boolean {
  return relayMode === 'except' || relayList.some(isTooWide);
}

/** A change that opens the relay, as against one that leaves it open. */
export const opensRelay = (before: RelaySettings, after: RelaySettings): boolean =>
  !isOpenRelay(before) && isOpenRelay(after);

function isTooWide(entry: string): boolean {
  const [address = '', prefix] = entry.split('/');
  if (prefix === undefined) return false;
  return Number(prefix) < (address.includes(':') ? widestPrefix.v6 : widestPrefix.v4);
}
