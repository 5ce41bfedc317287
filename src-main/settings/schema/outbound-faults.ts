/** Rules between the settings of the ways out: every place that logs in, routes, keys, the directory. Pure. */
import type { RemoteDomainSettings } from './domain';
import type { ServerSettings } from './server';

export interface SettingsFault {
  readonly path: readonly (string | number)[];
  readonly reason: string;
}

type Fault = (path: readonly (string | number)[], reason: string) => void;
type Path = readonly (string | number)[];

/** The settings of Outbound Security of one place. */
type LoginPlace = Pick<
  ServerSettings,
  | 'outboundAuthentication'
  | 'outboundUserName'
  | 'outboundPassword'
  | 'outboundSignIn'
  | 'outboundTls'
  | 'outboundTlsFromStart'
>;

interface FoundPlace {
  readonly path: Path;
  readonly place: LoginPlace;
  /** For people: "remote domain example.com"; '' is the virtual server itself. */
  readonly name: string;
  /** Tells the place from others of its virtual server, whatever is listed before it. */
  readonly key: string;
  readonly domain?: string;
}

/** A place with smart hosts, and those behind the first. */
type HostPlace = Pick<ServerSettings, 'smartHost' | 'furtherSmartHosts'>;

function* placesOf(server: ServerSettings): Generator<FoundPlace> {
  yield* withFurther(server, { path: [], name: '', key: '' });
  for (const [at, domain] of server.domains.entries())
    if (domain.type === 'remote')
      yield* withFurther(domain, {
        path: ['domains', at],
        name: `remote domain ${domain.name}`,
        key: domain.name.toLowerCase(),
        domain: domain.name,
      });
  for (const [at, route] of server.senderRoutes.entries())
    yield* withFurther(route, {
      path: ['senderRoutes', at],
      name: `route ${route.name}`,
      key: `route ${route.name.toLowerCase()}`,
    });
  for (const [at, place] of server.collections.entries())
    yield {
      path: ['collections', at],
      place,
      name: `host asked for mail ${place.name}`,
      key: `collection ${place.name.toLowerCase()}`,
    };
}

function* withFurther(
  place: LoginPlace & HostPlace,
  found: Omit<FoundPlace, 'place'>,
): Generator<FoundPlace> {
  yield { ...found, place };
  for (const [at, host] of place.furtherSmartHosts.entries())
    yield {
      ...found,
      path: [...found.path, 'furtherSmartHosts', at],
      place: host,
      name: `${found.name === '' ? '' : `${found.name}, `}smart host ${host.host}`,
      key: `${found.key}/${host.host.toLowerCase()}:${host.port ?? ''}`,
    };
}

/** Faults of all ways out of one virtual server, as paths within it. */
export function findOutboundFaults(server: ServerSettings): SettingsFault[] {
  const faults: SettingsFault[] = [];
  const fault: Fault = (path, reason) => void faults.push({ path, reason });
  for (const { path, place } of placesOf(server)) findLoginFaults(place, path, fault);
  findHostFaults(server, [], fault);
  server.domains.forEach((domain, at) => {
    if (domain.type === 'remote') findHostFaults(domain, ['domains', at], fault);
  });
  server.senderRoutes.forEach((route, at) => {
    findHostFaults(route, ['senderRoutes', at], fault);
    if (route.smartHost === '' && route.outboundAuthentication !== 'anonymous')
      fault(
        ['senderRoutes', at, 'outboundAuthentication'],
        'Without a smart host the mail goes by MX, and nobody logs in there.',
      );
  });
  findDoubles(server.senderRoutes, ['senderRoutes'], fault);
  findDoubles(server.collections, ['collections'], fault);
  server.collections.forEach(({ command, outboundAuthentication }, at) => {
    if (command !== 'etrn' && outboundAuthentication === 'anonymous')
      fault(
        ['collections', at, 'outboundAuthentication'],
        `${command.toUpperCase()} needs a log-in at the host.`,
      );
  });
  findKeyFaults(server, fault);
  findDirectoryFaults(server, fault);
  return faults;
}

/** Rules between the settings of one remote domain, as paths within it. */
export function findRemoteDomainFaults(domain: RemoteDomainSettings): SettingsFault[] {
  const faults: SettingsFault[] = [];
  const fault: Fault = (path, reason) => void faults.push({ path, reason });
  for (const { path, place } of withFurther(domain, { path: [], name: '', key: '' }))
    findLoginFaults(place, path, fault);
  findHostFaults(domain, [], fault);
  return faults;
}

function findLoginFaults(place: LoginPlace, path: Path, fault: Fault): void {
  const { outboundAuthentication: method, outboundUserName, outboundSignIn } = place;
  if ((method === 'basic' || method === 'ntlm') && outboundUserName === '')
    fault([...path, 'outboundUserName'], 'Enter the user name for the log-in.');
  if (method === 'oauth2' && outboundSignIn === '')
    fault([...path, 'outboundSignIn'], 'Choose the OAuth2 sign-in.');
  if (place.outboundTls === 'off' && place.outboundTlsFromStart)
    fault([...path, 'outboundTlsFromStart'], 'TLS encryption is off.');
  if (place.outboundTls === 'off' && method === 'oauth2')
    fault([...path, 'outboundTls'], 'OAuth2 tokens are not sent without TLS.');
}

function findHostFaults(place: HostPlace, path: Path, fault: Fault): void {
  if (place.furtherSmartHosts.length > 0 && place.smartHost === '')
    fault([...path, 'smartHost'], 'Enter the smart host that is tried before the further ones.');
  const known = new Set<string>();
  place.furtherSmartHosts.forEach(({ host, port }, at) => {
    const key = `${host.toLowerCase()}:${port ?? ''}`;
    if (known.has(key)) fault([...path, 'furtherSmartHosts', at, 'host'], `${host} is listed twice.`);
    known.add(key);
  });
}

function findDoubles(list: readonly { readonly name: string }[], path: Path, fault: Fault): void {
  const known = new Set<string>();
  list.forEach(({ name }, at) => {
    if (known.has(name.toLowerCase())) fault([...path, at, 'name'], `"${name}" is listed already.`);
    known.add(name.toLowerCase());
  });
}

function findKeyFaults({ dkimKeys }: ServerSettings, fault: Fault): void {
  const known = new Set<string>();
  dkimKeys.forEach(({ domain, selector, privateKey, isSigning }, at) => {
    const key = `${selector}._domainkey.${domain}`.toLowerCase();
    if (known.has(key)) fault(['dkimKeys', at, 'selector'], `${key} is listed already.`);
    known.add(key);
    if (isSigning && privateKey === '') fault(['dkimKeys', at, 'isSigning'], 'The private key is missing.');
  });
}

function findDirectoryFaults(server: ServerSettings, fault: Fault): void {
  if (!server.usesLdapRouting) return;
  const { ldapServer, ldapSchema, ldapDomain, ldapBinding, ldapUserName, ldapFilter } = server;
  if (ldapServer === '' && (ldapSchema !== 'active-directory' || ldapDomain === ''))
    fault(['ldapServer'], 'Enter the directory server.');
  if (ldapBinding === 'plain' && ldapUserName === '') fault(['ldapUserName'], 'Enter the user name.');
  if (ldapSchema === 'custom' && !/\{(?:address|local)\}/.test(ldapFilter))
    fault(['ldapFilter'], 'Enter a filter that contains {address} or {local}.');
}

/** A place that logs in with the tokens of an OAuth2 sign-in, or would if its log-in were switched to that. */
export interface SignInUse {
  /** Number of the sign-in. */
  readonly id: string;
  readonly serverId: number;
  /** For people: "Default SMTP Virtual Server, route Invoices". */
  readonly place: string;
  /** It logs in with it now. */
  readonly isInForce: boolean;
}

/** Every place that names an OAuth2 sign-in. */
export function findSignInUses({ servers }: { readonly servers: readonly ServerSettings[] }): SignInUse[] {
  return servers.flatMap((server) =>
    [...placesOf(server)].flatMap(({ place, name }) =>
      place.outboundSignIn === ''
        ? []
        : [
            {
              id: place.outboundSignIn,
              serverId: server.id,
              place: name === '' ? server.name : `${server.name}, ${name}`,
              isInForce: place.outboundAuthentication === 'oauth2',
            },
          ],
    ),
  );
}

/** A place that logs in by name, and has no password. */
export interface MissingPassword {
  /** Tells the place from others, whatever is listed before it. */
  readonly key: string;
  readonly serverId: number;
  /** Undefined: not of a remote domain. */
  readonly domain?: string;
  /** For people: "route Invoices"; '' is the virtual server's own log-in. */
  readonly place: string;
  /** Path of the password within the document. */
  readonly field: string;
}

/** Log-ins without a password; ones that a computer may be left with, and nobody should set up. */
export function findMissingPasswords({
  servers,
}: {
  readonly servers: readonly ServerSettings[];
}): MissingPassword[] {
  const isMissing = ({ outboundAuthentication: method, outboundPassword }: LoginPlace): boolean =>
    (method === 'basic' || method === 'ntlm') && outboundPassword === '';
  return servers.flatMap((server, index) => {
    const { id: serverId } = server;
    return [...placesOf(server)]
      .filter(({ place }) => isMissing(place))
      .map(({ path, key, name, domain }) => ({
        key: key === '' ? `${serverId}` : `${serverId}/${key}`,
        serverId,
        place: name,
        field: ['servers', index, ...path, 'outboundPassword'].join('.'),
        ...(domain === undefined ? {} : { domain }),
      }));
  });
}
