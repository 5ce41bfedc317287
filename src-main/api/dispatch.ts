/** Joins the handlers of all areas into the one router that every transport carries. */
import { createDomainHandlers } from './handlers/domains';
import { createMessageHandlers } from './handlers/messages';
import { createQueueHandlers } from './handlers/queue';
import { createServerHandlers } from './handlers/servers';
import type { Services } from './handlers/services';
import { createSessionHandlers } from './handlers/sessions';
import { createSettingsHandlers } from './handlers/settings';
import { createSystemHandlers } from './handlers/system';
import { createTestHandlers } from './handlers/test-message';
import { createImplementer } from './implementer';

export type { ApiContext } from './implementer';

/** Builds the router of one running Mailroot. */
export function createApiRouter(services: Services) {
  const os = createImplementer(services.log);
  return os.router({
    system: createSystemHandlers(os, services),
    servers: createServerHandlers(os, services),
    domains: createDomainHandlers(os, services),
    sessions: createSessionHandlers(os, services),
    queue: createQueueHandlers(os, services),
    messages: createMessageHandlers(os, services),
    test: createTestHandlers(os, services),
    settings: createSettingsHandlers(os, services),
  });
}
export type ApiRouter = ReturnType<typeof createApiRouter>;
