/** Joins the handlers of all areas into the one router that every transport carries. */
import { createCallRecorder } from './call-recorder';
import { createCertificateHandlers } from './handlers/certificates';
import { createChangeHandlers } from './handlers/changes';
import { createCheckHandlers } from './handlers/checks';
import { createCollectionHandlers } from './handlers/collections';
import { createDiagnosticsHandlers } from './handlers/diagnostics';
import { createDkimHandlers } from './handlers/dkim';
import { createDomainHandlers } from './handlers/domains';
import { createLdapHandlers } from './handlers/ldap';
import { createMessageHandlers } from './handlers/messages';
import { createSignInHandlers } from './handlers/oauth';
import {
  createAccountHandlers,
  createOperatorHandlers,
  createSystemOperatorHandlers,
} from './handlers/people';
import { createQueueHandlers } from './handlers/queue';
import { createSearchHandlers } from './handlers/search';
import { createServerHandlers } from './handlers/servers';
import type { Services } from './handlers/services';
import { createSessionHandlers } from './handlers/sessions';
import { createSettingsHandlers } from './handlers/settings';
import { createSystemHandlers } from './handlers/system';
import { createTestHandlers } from './handlers/test-message';
import { createTraceHandlers } from './handlers/trace';
import { createImplementer } from './implementer';

export type { ApiContext } from './implementer';

/** Builds the router of one running Mailroot. */
export function createApiRouter(services: Services) {
  const { certificates, changes, settings, signIns } = services;
  const record = createCallRecorder(changes, {
    serverName: (id) => settings.current().servers.find((server) => server.id === id)?.name ?? '',
    certificateName: (id) => certificates.list().find((entry) => entry.id === id)?.name ?? '',
    signInName: (id) => signIns.store.find(id)?.name ?? '',
  });
  const os = createImplementer(services.log, record);
  return os.router({
    system: createSystemHandlers(os, services),
    servers: createServerHandlers(os, services),
    domains: createDomainHandlers(os, services),
    sessions: createSessionHandlers(os, services),
    queue: createQueueHandlers(os, services),
    messages: createMessageHandlers(os, services),
    search: createSearchHandlers(os, services),
    checks: createCheckHandlers(os, services),
    trace: createTraceHandlers(os, services),
    test: createTestHandlers(os, services),
    collections: createCollectionHandlers(os, services),
    certificates: createCertificateHandlers(os, services),
    dkim: createDkimHandlers(os, services),
    ldap: createLdapHandlers(os, services),
    oauth: createSignInHandlers(os, services),
    accounts: createAccountHandlers(os, services),
    operators: createOperatorHandlers(os, services),
    systemOperators: createSystemOperatorHandlers(os, services),
    diagnostics: createDiagnosticsHandlers(os, services),
    changes: createChangeHandlers(os, services),
    settings: createSettingsHandlers(os, services),
  });
}
export type ApiRouter = ReturnType<typeof createApiRouter>;
