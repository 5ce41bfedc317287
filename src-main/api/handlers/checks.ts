/** What receivers will make of a message. */
import type { Implementer } from '../implementer';
import { findArrival, readChecked } from './checked-message';
import type { Services } from './services';

export function createCheckHandlers(
  os: Implementer,
  services: Pick<Services, 'engine' | 'trace' | 'mailChecks'>,
) {
  const { engine, mailChecks } = services;
  return {
    run: os.checks.run.handler(async ({ input }) =>
      mailChecks.run(await readChecked(services, input.message)),
    ),
    links: os.checks.links.handler(async ({ input }) => ({
      links: await mailChecks.links(await readChecked(services, input.message)),
    })),
    spam: os.checks.spam.handler(async ({ input }) => {
      const { settings } = engine.server(input.serverId);
      const bytes = await readChecked(services, input.message);
      const arrival = settings.spamChecker === 'rspamd' ? await findArrival(services, input.message) : {};
      return mailChecks.spam(bytes, settings, arrival);
    }),
    authentication: os.checks.authentication.handler(async ({ input: { serverId, message, asksDns } }) => {
      const { dnsServers } = engine.server(serverId).settings;
      if (!asksDns) return mailChecks.authentication(new Uint8Array(), { dnsServers, asksDns });
      const [bytes, arrival] = await Promise.all([
        readChecked(services, message),
        findArrival(services, message),
      ]);
      const { sender, peer, hello } = arrival;
      return mailChecks.authentication(bytes, { dnsServers, asksDns, sender, peer, hello });
    }),
  };
}
