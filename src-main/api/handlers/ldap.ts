/** LDAP routing: its state, and a question to the directory. */
import { Problem } from '../../engine/core/problem';
import { directoryStatusOf, examineForServer } from '../../engine/examine-address';
import { keptSecret, type ServerSettings } from '../../settings/schema';
import { type LdapCounters, ldapTestFields } from '../contract';
import type { Implementer } from '../implementer';
import type { Services } from './services';

const noCounters: LdapCounters = {
  lookups: 0,
  cacheHits: 0,
  unresolved: 0,
  ambiguous: 0,
  illegal: 0,
  loops: 0,
  groupsExpanded: 0,
  tooLarge: 0,
  failures: 0,
};

/** Whoever changes one of these could have the stored password sent to a server of his own. */
const passwordGoesTo = [
  'ldapServer',
  'ldapPort',
  'ldapEncryption',
  'ldapVerifiesCertificate',
  'ldapDomain',
  'ldapUserName',
] as const;

/** The settings of the tab with what the sheet changed of them. Throws Problem 'invalid' with the field. */
function readDraft(now: ServerSettings, draft: Readonly<Record<string, unknown>>) {
  const names = Object.keys(ldapTestFields.shape) as (keyof typeof ldapTestFields.shape)[];
  const whole = Object.fromEntries(names.map((name) => [name, name in draft ? draft[name] : now[name]]));
  const read = ldapTestFields.safeParse(whole);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Problem('invalid', issue?.message ?? 'This is not possible.', issue?.path.join('.'));
}

export function createLdapHandlers(os: Implementer, { engine }: Services) {
  return {
    status: os.ldap.status.handler(({ input }) => {
      const server = engine.server(input.serverId);
      const status = directoryStatusOf(server);
      const isEnabled = server.settings.usesLdapRouting;
      return status
        ? { ...status, isEnabled, isRunning: true, counters: { ...status.counters } }
        : { isEnabled, isRunning: false, isConnected: false, counters: noCounters };
    }),
    test: os.ldap.test.handler(async ({ input }) => {
      const server = engine.server(input.serverId);
      const now = server.settings;
      const { ldapPassword, ...draft } = readDraft(now, input.settings ?? {});
      const settings: ServerSettings = { ...now, ...draft };
      const isNew = ldapPassword !== now.ldapPassword && ldapPassword !== keptSecret;
      const usesPassword = settings.ldapBinding === 'plain' && now.ldapPassword !== '';
      if (!isNew && usesPassword && passwordGoesTo.some((name) => settings[name] !== now[name]))
        throw new Problem(
          'invalid',
          'Enter the password again: it was set for another server or user name.',
          'ldapPassword',
        );
      const found = await examineForServer(server, engine.clock, {
        address: input.address.trim(),
        settings,
        ...(isNew && { password: ldapPassword }),
      });
      return { ...found, entries: [...found.entries], addresses: [...found.addresses] };
    }),
  };
}
