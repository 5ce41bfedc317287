/** Status, live hints and suggestions for wizards. */
import { readdir } from 'node:fs/promises';
import { homedir, hostname, networkInterfaces } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { findCertificateAttention } from '../../certificates';
import { Problem, reasonOf } from '../../engine/core/problem';
import { describeRelay } from '../../engine/server-summary';
import { findSignInAttention } from '../../oauth';
import { suggestFullyQualifiedDomainName } from '../../settings/first-run';
import { findMissingPasswords, findSignInUses } from '../../settings/schema';
import type { SystemStatus } from '../contract';
import type { Implementer } from '../implementer';
import { findReceivingAttention } from './receiving-attention';
import type { Services } from './services';

/** A folder with more entries than this is listed in part; nobody scrolls through more in a dialog. */
const maxFolders = 1000;

export function createSystemHandlers(os: Implementer, services: Services) {
  const { engine, live, firstRun } = services;
  return {
    status: os.system.status.handler(() => ({
      product: 'Mailroot',
      version: services.version,
      host: services.host,
      computerName: hostname(),
      dataFolder: services.dataFolder,
      processId: process.pid,
      startedAt: services.startedAt,
      attention: findAttention(services),
    })),
    me: os.system.me.handler(({ context }) => context.caller),
    watch: os.system.watch.handler(({ signal }) => live.watch(signal)),
    suggest: os.system.suggest.handler(() => {
      const addresses = Object.values(networkInterfaces())
        .flatMap((list) => list ?? [])
        // Link-local IPv6 addresses need a zone and are of no use as an identity.
        .filter(({ address }) => !address.toLowerCase().startsWith('fe80:'));
      const used = new Set(engine.servers.map((server) => server.settings.homeDirectory));
      let number = engine.servers.length + 1;
      while (used.has(join(services.dataFolder, `mailroot-${number}`))) number++;
      return {
        fullyQualifiedDomainName: suggestFullyQualifiedDomainName(),
        addresses: addresses.map(({ address }) => address),
        networks: addresses.flatMap(({ internal, cidr }) => (internal || cidr === null ? [] : [cidr])),
        homeDirectory: join(services.dataFolder, `mailroot-${number}`),
        port: firstRun.current() === undefined ? 25 : 2525,
        separator: sep,
      };
    }),
    folders: os.system.folders.handler(async ({ input }) => {
      const path = resolve(input.path === '' ? homedir() : input.path);
      const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
        throw new Problem('folder-unusable', `${path} cannot be opened: ${reasonOf(error)}`, 'path');
      });
      const folders = entries
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
        .map((entry) => entry.name);
      folders.sort((one, other) => one.localeCompare(other));
      const parent = dirname(path);
      return {
        path,
        ...(parent === path ? {} : { parent }),
        folders: folders.slice(0, maxFolders),
        isCut: folders.length > maxFolders,
      };
    }),
  };
}

/** What waits for a person, most urgent first. */
function findAttention({
  certificates,
  changes,
  engine,
  firstRun,
  settings,
  signIns,
  warnings,
  whyKerberosUnusable,
}: Services): SystemStatus['attention'] {
  const found: SystemStatus['attention'] = [];
  for (const server of engine.servers) {
    if (server.state === 'failed' && server.problem) {
      found.push({
        serverId: server.id,
        code: server.problem.code,
        text: server.problem.message,
        action: 'start',
      });
    }
  }
  for (const server of engine.servers) {
    const { isOpenRelay, text } = describeRelay(server);
    if (isOpenRelay) {
      found.push({
        serverId: server.id,
        code: 'open-relay',
        text: `${server.settings.name}: ${text}. Properties, tab Access, says who may relay.`,
        action: 'properties',
      });
    }
  }
  found.push(
    ...findCertificateAttention({
      servers: engine.servers.map((server) => server.settings),
      store: certificates,
      now: engine.clock.now(),
    }),
  );
  found.push(
    ...findSignInAttention({
      uses: findSignInUses(settings.current()).filter(({ isInForce }) => isInForce),
      entries: signIns.store.list(),
      lastFailure: signIns.tokens.lastFailure,
      now: engine.clock.now(),
    }),
  );
  for (const { serverId, place } of findMissingPasswords(settings.current())) {
    const name = engine.server(serverId).settings.name;
    const where = place === '' ? 'Outbound Security' : `Outbound Security of ${place}`;
    const text = `${name}: ${where} logs in by name, but has no password. Enter it there.`;
    found.push({ serverId, code: 'password-missing', text, action: 'properties' });
  }
  found.push(
    ...findReceivingAttention(
      engine.servers.map((server) => ({
        id: server.id,
        fqdn: server.fqdn,
        settings: server.settings,
        lockOutCount: server.isRunning ? server.running.listener.lockOuts().length : 0,
      })),
      whyKerberosUnusable,
    ),
  );
  for (const { serverId, code, text } of warnings.list()) {
    const name = engine.servers.find((server) => server.id === serverId)?.settings.name;
    if (name !== undefined) found.push({ serverId, code, text: `${name}: ${text}`, action: 'properties' });
  }
  const broken = settings.fileProblem();
  if (broken) {
    // What the JSON parser says quotes the file, and this list is shown to viewers.
    const reason =
      broken.cause === undefined
        ? broken.message
        : 'The settings file is not JSON, or cannot be read. Mend it, or put back the last good settings with: mailroot config restore';
    found.push({
      code: 'settings-broken',
      text: `What was read before stays in force: ${reason}`,
      action: 'none',
    });
  }
  const unrecorded = changes.fault();
  if (unrecorded !== undefined) found.push({ code: 'change-not-recorded', text: unrecorded, action: 'none' });
  const note = firstRun.current();
  if (note) {
    const text = `${note.reason} This virtual server uses port 2525 until you move it.`;
    found.push({ serverId: note.serverId, code: 'not-on-port-25', text, action: 'move-to-port-25' });
  }
  return found;
}
