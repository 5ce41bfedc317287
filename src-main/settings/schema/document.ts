/**
 * The settings document: all that a person can set, and the rules between settings. Pure; used by the
 * store, the API, the command line, the documentation and (through the contract) by forms.
 */
import { z } from 'zod';
import { findOutboundFaults, type SettingsFault } from './outbound-faults';
import { type Binding, type ServerSettings, serverSettings } from './server';

export const settingsDocument = z
  .strictObject({
    version: z.literal(1),
    servers: z.array(serverSettings).max(999),
  })
  .superRefine((document, context) => {
    for (const fault of findFaults(document.servers)) {
      context.addIssue({ code: 'custom', message: fault.reason, path: [...fault.path] });
    }
  });
export type Settings = z.infer<typeof settingsDocument>;
export type SettingsInput = z.input<typeof settingsDocument>;

/** Reads a document from outside; one that an earlier version wrote is understood. */
export function readSettingsDocument(document: unknown): z.ZodSafeParseResult<Settings> {
  return settingsDocument.safeParse(renameOldSettings(document));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** "outboundRequiresTls" was the check box of the original; what it meant is one of four modes now. */
function renameOldSettings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renameOldSettings);
  if (!isRecord(value)) return value;
  const renamed: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'outboundRequiresTls' && typeof inner === 'boolean')
      renamed.outboundTls = inner ? 'required' : 'opportunistic';
    else renamed[name] = name === 'servers' || name === 'domains' ? renameOldSettings(inner) : inner;
  }
  return renamed;
}

/** "All Unassigned" is shown as the original did. */
export function formatBinding(binding: { readonly address: string; readonly port: number }): string {
  const address =
    binding.address === ''
      ? '(All Unassigned)'
      : binding.address.includes(':')
        ? `[${binding.address}]`
        : binding.address;
  return `${address}:${binding.port}`;
}

/** "10.0.0.1:465 (implicit TLS)": what is not as usual stands behind the pair. */
export function describeBinding(binding: {
  readonly address: string;
  readonly port: number;
  readonly encryption?: Binding['encryption'] | undefined;
}): string {
  const unusual = { starttls: '', implicit: ' (implicit TLS)', none: ' (no encryption)' };
  return `${formatBinding(binding)}${unusual[binding.encryption ?? 'starttls']}`;
}

/** Paths are compared without case where the system does not tell them apart; good enough to refuse. */
const folderKey = (path: string): string => {
  const parts: string[] = [];
  for (const part of path.toLowerCase().split(/[\\/]+/)) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
};

/** Rules between settings; each fault names the field. An empty list: the document holds together. */
export function findFaults(servers: readonly ServerSettings[]): SettingsFault[] {
  const faults: SettingsFault[] = [];
  const fault = (path: (string | number)[], reason: string): void =>
    void faults.push({ path: ['servers', ...path], reason });
  const owners = {
    id: new Map<number, string>(),
    name: new Map<string, string>(),
    home: new Map<string, string>(),
    binding: new Map<string, string>(),
  };
  const claim = <K>(map: Map<K, string>, key: K, owner: string): string | undefined => {
    const other = map.get(key);
    if (other === undefined) map.set(key, owner);
    return other;
  };
  servers.forEach((server, index) => {
    if (claim(owners.id, server.id, server.name) !== undefined)
      fault([index, 'id'], 'Two virtual servers have the same number.');
    if (claim(owners.name, server.name.toLowerCase(), server.name) !== undefined)
      fault([index, 'name'], `There is already a virtual server named "${server.name}".`);
    const homeOwner = claim(owners.home, folderKey(server.homeDirectory), server.name);
    if (homeOwner !== undefined)
      fault([index, 'homeDirectory'], `This home directory belongs to "${homeOwner}".`);
    server.bindings.forEach((pair, at) => {
      const owner = claim(owners.binding, `${pair.address}|${pair.port}`, server.name);
      if (owner !== undefined)
        fault(
          [index, 'bindings', at],
          owner === server.name
            ? `${formatBinding(pair)} is listed twice.`
            : `${formatBinding(pair)} is used by "${owner}".`,
        );
    });
    findServerFaults(server, (path, reason) => fault([index, ...path], reason));
  });
  findFolderFaults(servers, fault);
  return faults;
}

/** What a folder of a virtual server is for, and the setting that says where it is. */
interface FolderUse {
  readonly role: 'home' | 'pickup' | 'queue' | 'drop' | 'badmail';
  readonly title: string;
  readonly path: string;
  /** Undefined: it follows from the home directory. */
  readonly field?: 'homeDirectory' | 'dropDirectory' | 'badmailDirectory';
}

function folderUsesOf({ homeDirectory, dropDirectory, badmailDirectory }: ServerSettings): FolderUse[] {
  const below = (name: string): string => `${homeDirectory}/${name}`;
  return [
    { role: 'home', title: 'home directory', path: homeDirectory, field: 'homeDirectory' },
    { role: 'pickup', title: 'Pickup folder', path: below('pickup') },
    { role: 'queue', title: 'Queue folder', path: below('queue') },
    dropDirectory === ''
      ? { role: 'drop', title: 'Drop folder', path: below('drop') }
      : { role: 'drop', title: 'Drop folder', path: dropDirectory, field: 'dropDirectory' },
    badmailDirectory === ''
      ? { role: 'badmail', title: 'Badmail folder', path: below('badmail') }
      : { role: 'badmail', title: 'Badmail folder', path: badmailDirectory, field: 'badmailDirectory' },
  ];
}

/**
 * No folder serves two purposes: at its next start a Queue folder is rid of content without an envelope, which is what
 * a Drop folder holds; Pickup would send dead mail again; and nobody could tell whose message a file is. Only one thing
 * is meant: a Drop folder that another virtual server picks up.
 */
function findFolderFaults(
  servers: readonly ServerSettings[],
  fault: (path: (string | number)[], reason: string) => void,
): void {
  const users = new Map<string, { readonly index: number; readonly use: FolderUse }[]>();
  servers.forEach((server, index) => {
    for (const use of folderUsesOf(server)) {
      const key = folderKey(use.path);
      const known = users.get(key);
      if (known) known.push({ index, use });
      else users.set(key, [{ index, use }]);
    }
  });
  for (const sharers of users.values()) {
    for (const { index, use } of sharers.length < 2 ? [] : sharers) {
      if (use.field === undefined) continue;
      // Told at the folder that was put there, not at the home directory that it lies in.
      const isHome = use.role === 'home';
      const other = sharers.find(
        (each) =>
          each.use !== use &&
          !(isHome && each.use.field !== undefined) &&
          !(each.index !== index && isMeant(use.role, each.use.role)),
      );
      const name = other && servers[other.index]?.name;
      if (other && name !== undefined)
        fault([index, use.field], `This is the ${other.use.title} of "${name}". Choose another folder.`);
    }
  }
}

/** Between two virtual servers. That a home directory belongs to one only is told elsewhere, for all below it too. */
function isMeant(one: FolderUse['role'], other: FolderUse['role']): boolean {
  const pair = [one, other].sort().join();
  return pair === 'drop,pickup' || pair === 'home,home';
}

function findServerFaults(
  server: ServerSettings,
  fault: (path: (string | number)[], reason: string) => void,
): void {
  if (
    server.maxMessageKb !== null &&
    server.maxSessionKb !== null &&
    server.maxSessionKb < server.maxMessageKb
  ) {
    fault(
      ['maxSessionKb'],
      `The session size must not be smaller than the message size (${server.maxMessageKb} KB).`,
    );
  }
  if (server.outboundDelayMinutes > server.outboundExpirationMinutes)
    fault(['outboundDelayMinutes'], 'The delay notification must not come after the expiration.');
  if (server.localDelayMinutes > server.localExpirationMinutes)
    fault(['localDelayMinutes'], 'The delay notification must not come after the expiration.');
  if (
    server.maxOutboundConnections !== null &&
    (server.maxOutboundConnectionsPerDomain === null ||
      server.maxOutboundConnectionsPerDomain > server.maxOutboundConnections)
  ) {
    fault(
      ['maxOutboundConnectionsPerDomain'],
      `The limit per domain must not exceed the limit in total (${server.maxOutboundConnections}).`,
    );
  }
  if (server.triesDirectDelivery && server.smartHost === '')
    fault(['triesDirectDelivery'], 'Direct delivery before the smart host needs a smart host.');
  if (
    !server.allowsAnonymous &&
    !server.allowsBasic &&
    !server.allowsIntegrated &&
    !server.allowsChallengeResponse
  )
    fault(['allowsAnonymous'], 'At least one way to authenticate must be allowed.');
  const canEncrypt = ({ encryption, certificate }: Binding): boolean =>
    encryption !== 'none' && (certificate !== '' || server.certificate !== '');
  if (server.requiresTls && !server.bindings.some(canEncrypt))
    fault(['requiresTls'], 'A secure channel needs a certificate.');
  server.bindings.forEach((pair, at) => {
    if (server.requiresTls && pair.encryption === 'none')
      fault(
        ['bindings', at, 'encryption'],
        'A secure channel is required, and without encryption no mail is taken.',
      );
    if (pair.encryption === 'implicit' && pair.certificate === '' && server.certificate === '')
      fault(['bindings', at, 'encryption'], `${formatBinding(pair)}: implicit TLS needs a certificate.`);
  });
  if (server.requires128Bit && !server.requiresTls)
    fault(['requires128Bit'], '128-bit encryption needs "Require secure channel".');
  const logsInByBasicAlone =
    server.allowsBasic &&
    !server.allowsAnonymous &&
    !server.allowsIntegrated &&
    !server.allowsChallengeResponse;
  if (server.basicRequiresTls && logsInByBasicAlone && !server.bindings.some(canEncrypt))
    fault(['basicRequiresTls'], 'Without a certificate nobody could log in.');
  for (const { path, reason } of findOutboundFaults(server)) fault([...path], reason);
  const defaults = server.domains.filter((domain) => domain.type === 'default').length;
  if (defaults !== 1) fault(['domains'], 'Exactly one domain must be the default domain.');
  const names = new Set<string>();
  server.domains.forEach((domain, at) => {
    const name = domain.name.toLowerCase();
    if (names.has(name)) fault(['domains', at, 'name'], `The domain ${domain.name} is listed already.`);
    names.add(name);
  });
}
