/** Whom a virtual server relays for, in words for people, and whether that is everybody. Pure. */
import { isIP } from 'node:net';
import { isOpenRelay, type ServerSettings } from '../../settings/schema';
import { plainAddress } from './access-list';
import { createRelayPolicy, type RelaySettings } from './relay';

/** IPv4-mapped addresses are ::ffff:0:0/96 (RFC 4291 section 2.5.5.2). */
const mappedPrefix = 96;
/** Names that are written out before "2 more" takes their place. */
const mostNamed = 3;

/** Says in words whom this server relays for, and whether that is everybody. */
export function describeRelayPolicy(
  settings: RelaySettings &
    Pick<ServerSettings, 'allowsBasic' | 'allowsIntegrated' | 'allowsChallengeResponse'>,
): {
  readonly text: string;
  readonly isOpenRelay: boolean;
} {
  const openDomains = settings.domains.flatMap((domain) =>
    domain.type === 'remote' && domain.isRelayAllowed ? [domain.name] : [],
  );
  const { access, admitsAuthenticated } = createRelayPolicy(settings);
  const list = access.mode === 'nobody' ? [] : settings.relayList;
  if (access.mode !== 'nobody' && isOpenRelay(settings)) {
    const names = joinNames(nameEntries(list));
    const exception = access.mode === 'except' && list.length > 0 ? ` except ${names}` : '';
    return { text: `Relays for everybody${exception}: this is an open relay`, isOpenRelay: true };
  }
  const takesLogIn = settings.allowsBasic || settings.allowsIntegrated || settings.allowsChallengeResponse;
  const people = admitsAuthenticated && takesLogIn ? ['authenticated users'] : [];
  const clients = [...nameEntries(list), ...people];
  const parts = [
    ...(clients.length > 0 ? [joinNames(clients)] : []),
    ...(openDomains.length > 0 ? [`everybody to ${joinNames(shorten(openDomains))}`] : []),
  ];
  if (parts.length === 0) return { text: 'Relays for nobody', isOpenRelay: false };
  return { text: `Relays for: ${parts.join('; ')}`, isOpenRelay: false };
}

/** This computer under its several addresses is one, and comes first. */
function nameEntries(entries: readonly string[]): string[] {
  const others = entries.filter((entry) => !isThisComputer(entry));
  return shorten(others.length < entries.length ? ['this computer', ...others] : others);
}

/** Loopback: 127.0.0.0/8 (RFC 1122) or ::1, or a part of it. */
function isThisComputer(entry: string): boolean {
  const [address = '', prefix] = entry.split('/');
  const plain = plainAddress(address);
  const length = prefix === undefined ? undefined : Number(prefix) - (plain === address ? 0 : mappedPrefix);
  if (isIP(plain) === 4) return plain.startsWith('127.') && (length === undefined || length >= 8);
  return plain === '::1' && (length === undefined || length === 128);
}

function shorten(names: readonly string[]): string[] {
  if (names.length <= mostNamed) return [...names];
  return [...names.slice(0, mostNamed - 1), `${names.length - mostNamed + 1} more`];
}

/** "a", "a and b", "a, b, and c". */
function joinNames(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  if (names.length <= 2) return names.join(' and ');
  return `${names.slice(0, -1).join(', ')}, and ${last}`;
}
