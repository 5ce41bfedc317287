/** Settings for tests: a whole, valid virtual server of which a test names only what it is about. */
import {
  type ServerSettings,
  type ServerSettingsInput,
  serverSettings,
} from '../../src-main/settings/schema';

/** Defaults as installed; default domain corp.test, home below a path that must be given when it is used. */
export function createServerSettings(change: Partial<ServerSettingsInput> = {}): ServerSettings {
  return serverSettings.parse({
    // Tests name the waits that they are about.
    quickRetries: 0,
    id: 1,
    name: 'Default SMTP Virtual Server',
    bindings: [{ address: '127.0.0.1', port: 2525 }],
    homeDirectory: '/nonexistent/mailroot',
    fullyQualifiedDomainName: 'relay.corp.test',
    domains: [{ type: 'default', name: 'corp.test' }],
    ...change,
  });
}
