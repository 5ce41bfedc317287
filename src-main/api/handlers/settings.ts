/** The settings document as a whole: export, import, validate, schema. */
import { z } from 'zod';
import { Problem } from '../../engine/core/problem';
import { readSettingsDocument, settingsDocument } from '../../settings/schema';
import { hideSecrets } from '../../settings/secrets';
import { findDocumentFaults } from '../../settings/store';
import type { Implementer } from '../implementer';
import type { Services } from './services';

/** The JSON schema of the settings document. */
export function describeSettings(): unknown {
  return z.toJSONSchema(settingsDocument, { io: 'input' });
}

export function createSettingsHandlers(os: Implementer, services: Services) {
  const { engine, settings, changeSettings } = services;
  return {
    export: os.settings.export.handler(() => hideSecrets(settings.current())),
    import: os.settings.import.handler(async ({ input }) => {
      const before = settings.current();
      const [fault] = findDocumentFaults(input.document);
      if (fault) throw new Problem('invalid', `${fault.field}: ${fault.reason}`, fault.field);
      const next = readSettingsDocument(input.document).data;
      await changeSettings(() => next);
      const restartNeeded = engine.servers
        .filter((server) => server.isRestartNeeded)
        .map((server) => server.id);
      for (const server of engine.servers) {
        if (
          server.state === 'stopped' &&
          server.settings.startsAutomatically &&
          !before.servers.some((old) => old.id === server.id)
        ) {
          await server.start().catch(() => undefined);
        }
      }
      return { restartNeeded };
    }),
    restore: os.settings.restore.handler(() => settings.restore()),
    validate: os.settings.validate.handler(({ input }) => ({ faults: findDocumentFaults(input.document) })),
    schema: os.settings.schema.handler(() => describeSettings()),
  };
}
