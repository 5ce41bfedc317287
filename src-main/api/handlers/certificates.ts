/** Certificates of this computer. */
import { createCertificateActions, rowOf, usesCertificate } from '../../certificates';
import { Problem } from '../../engine/core/problem';
import type { Implementer } from '../implementer';
import type { Services } from './services';

export function createCertificateHandlers(os: Implementer, services: Services) {
  const { engine, settings, certificates: store } = services;
  const actions = createCertificateActions(store, () => engine.clock.now());
  const usersOf = (id: string) => settings.current().servers.filter((server) => usesCertificate(server, id));
  const row = (entry: Parameters<typeof rowOf>[0]) =>
    rowOf(
      entry,
      usersOf(entry.id).map((server) => server.id),
    );

  return {
    list: os.certificates.list.handler(() => store.list().map(row)),
    createSelfSigned: os.certificates.createSelfSigned.handler(async ({ input }) =>
      row(await actions.createSelfSigned(input)),
    ),
    createRequest: os.certificates.createRequest.handler(async ({ input }) => {
      const entry = await actions.createRequest(input);
      return { row: row(entry), pem: actions.request(entry.id) };
    }),
    request: os.certificates.request.handler(({ input }) => ({ pem: actions.request(input.id) })),
    installAnswer: os.certificates.installAnswer.handler(async ({ input }) =>
      row(await actions.installAnswer(input.id, input.pem)),
    ),
    importPfx: os.certificates.importPfx.handler(async ({ input }) => row(await actions.importPfx(input))),
    importPem: os.certificates.importPem.handler(async ({ input }) => row(await actions.importPem(input))),
    export: os.certificates.export.handler(({ input }) => actions.export(input.id, input.password)),
    renew: os.certificates.renew.handler(async ({ input }) => {
      const entry = await actions.renew(input.id, input.days);
      return { row: row(entry), ...(entry.pending && { requestPem: entry.pending.pem }) };
    }),
    rename: os.certificates.rename.handler(async ({ input }) =>
      row(await actions.rename(input.id, input.name)),
    ),
    remove: os.certificates.remove.handler(async ({ input }) => {
      await store.remove(input.id, () => {
        const users = usersOf(input.id).map((server) => server.name);
        if (users.length > 0)
          throw new Problem(
            'refused',
            `${users.join(', ')} uses it. Choose another certificate there first.`,
            'id',
          );
      });
      return {};
    }),
  };
}
