/** OAuth2 sign-ins of this computer. */
import { refuseUsed } from '../../oauth';
import { findSignInUses } from '../../settings/schema';
import type { Implementer } from '../implementer';
import type { Services } from './services';

export function createSignInHandlers(os: Implementer, { settings, signIns }: Services) {
  const { attempts, store, tokens } = signIns;
  const row = (entry: Parameters<typeof signIns.row>[0]) => {
    const uses = findSignInUses(settings.current()).filter(({ id }) => id === entry.id);
    return signIns.row(entry, [...new Set(uses.map(({ serverId }) => serverId))]);
  };
  return {
    list: os.oauth.list.handler(() => store.list().map(row)),
    create: os.oauth.create.handler(async ({ input }) => row(await signIns.create(input))),
    set: os.oauth.set.handler(async ({ input: { id, ...change } }) => row(await signIns.set(id, change))),
    delete: os.oauth.delete.handler(async ({ input }) => {
      await store.remove(input.id, () =>
        refuseUsed(
          findSignInUses(settings.current()).flatMap(({ id, place }) => (id === input.id ? [place] : [])),
        ),
      );
      return {};
    }),
    beginSignIn: os.oauth.beginSignIn.handler(({ input }) => attempts.begin(input.id)),
    pollSignIn: os.oauth.pollSignIn.handler(({ input, signal }) =>
      attempts.poll(input.attemptId, input.waitSeconds * 1000, signal),
    ),
    completeSignIn: os.oauth.completeSignIn.handler(({ input }) =>
      attempts.complete(input.attemptId, input.address),
    ),
    cancelSignIn: os.oauth.cancelSignIn.handler(({ input }) => {
      attempts.cancel(input.attemptId);
      return {};
    }),
    renew: os.oauth.renew.handler(async ({ input }) => {
      store.get(input.id);
      await tokens.renew(input.id);
      return row(store.get(input.id));
    }),
  };
}
