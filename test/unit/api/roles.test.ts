/** Which role each procedure of the contract needs: viewers see, operators run, administrators change. */
import { call, isProcedure, ORPCError } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { type Role, roles } from '../../../src-main/api/contract';
import { createApiRouter } from '../../../src-main/api/dispatch';
import type { Services } from '../../../src-main/api/handlers/services';

const needed: Readonly<Record<Role, readonly string[]>> = {
  viewer: [
    'system.status',
    'system.watch',
    'system.me',
    'system.suggest',
    'servers.list',
    'servers.get',
    'domains.list',
    'domains.get',
    'sessions.list',
    'sessions.lockOuts',
    'sessions.recent',
    'sessions.dialogue',
    'collections.list',
    'queue.list',
    'queue.show',
    'queue.groups',
    'queue.totals',
    'messages.list',
    'messages.content',
    'messages.envelope',
    'messages.causes',
    'messages.previewRetention',
    'search.status',
    'search.find',
    'search.days',
    'search.addresses',
    'search.tags',
    'search.saved',
    'checks.run',
    'checks.authentication',
    'trace.find',
    'trace.show',
    'trace.text',
    'certificates.list',
    'dkim.list',
    'dkim.record',
    'ldap.status',
    'oauth.list',
    'diagnostics.explain',
    'settings.validate',
    'settings.schema',
  ],
  operator: [
    'servers.start',
    'servers.stop',
    'servers.pause',
    'servers.resume',
    'servers.restart',
    'sessions.terminate',
    'sessions.terminateMany',
    'sessions.terminateAll',
    'sessions.liftLockOuts',
    'collections.ask',
    'queue.retry',
    'queue.delete',
    'queue.hold',
    'queue.release',
    'queue.setWay',
    'queue.setRecipient',
    'queue.freeze',
    'queue.thaw',
    'queue.releaseForTrigger',
    'messages.delete',
    'messages.restore',
    'messages.resend',
    'messages.resendContent',
    'search.mark',
    'search.save',
    'search.forget',
    'search.rebuild',
    'checks.links',
    'checks.spam',
    'test.send',
    'test.run',
    'accounts.list',
    'changes.list',
    'diagnostics.lookUp',
    'dkim.check',
  ],
  administrator: [
    'ldap.test',
    'system.folders',
    'servers.check',
    'servers.create',
    'servers.set',
    'servers.rename',
    'servers.delete',
    'domains.create',
    'domains.set',
    'domains.rename',
    'domains.setDefault',
    'domains.delete',
    'certificates.createSelfSigned',
    'certificates.createRequest',
    'certificates.request',
    'certificates.installAnswer',
    'certificates.importPfx',
    'certificates.importPem',
    'certificates.export',
    'certificates.renew',
    'certificates.rename',
    'certificates.remove',
    'oauth.create',
    'oauth.set',
    'oauth.delete',
    'oauth.beginSignIn',
    'oauth.pollSignIn',
    'oauth.completeSignIn',
    'oauth.cancelSignIn',
    'oauth.renew',
    'dkim.create',
    'dkim.import',
    'dkim.set',
    'dkim.delete',
    'accounts.create',
    'accounts.set',
    'accounts.delete',
    'operators.list',
    'operators.create',
    'operators.set',
    'operators.delete',
    'systemOperators.list',
    'systemOperators.create',
    'systemOperators.set',
    'systemOperators.delete',
    'settings.export',
    'settings.import',
    'settings.restore',
  ],
};

/** Everything that a handler reaches for is there and says so when it is called: it must not come to that. */
const reached = 'a handler was reached';
const everything: unknown = new Proxy(() => undefined, {
  get: (_, name) => (name === Symbol.toPrimitive || name === 'then' ? undefined : everything),
  apply: () => {
    throw new Error(reached);
  },
});
const router = createApiRouter({
  ...(Object.fromEntries(
    [
      'engine',
      'settings',
      'live',
      'firstRun',
      'people',
      'certificates',
      'signIns',
      'changes',
      'mailIndex',
      'mailChecks',
    ].map((name) => [name, everything]),
  ) as unknown as Services),
  log: () => undefined,
});

const procedures = Object.entries(router).flatMap(([area, members]) =>
  Object.entries(members).map(([name, procedure]) => ({ path: `${area}.${name}`, procedure })),
);

async function isForbidden(procedure: unknown, role: Role): Promise<boolean> {
  if (!isProcedure(procedure)) throw new Error('not a procedure');
  const context = { caller: { role, name: 'somebody', via: 'browser' as const } };
  // Nothing that could be valid: a caller without the role does not even hear what is wrong with it.
  const outcome = await call(
    procedure as Parameters<typeof call>[0],
    { nonsense: 1 } as never,
    {
      context,
    } as never,
  ).catch((error: unknown) => error);
  return outcome instanceof ORPCError && outcome.code === 'forbidden';
}

describe('each procedure', () => {
  it('has its role in the table above, and the table no other', () => {
    const listed = roles.flatMap((role) => needed[role]);
    expect(listed.toSorted()).toEqual(procedures.map(({ path }) => path).toSorted());
  });

  it.each(procedures.flatMap(({ path, procedure }) => roles.map((role) => [role, path, procedure] as const)))(
    '%s: %s',
    async (role, path, procedure) => {
      const least = roles.findIndex((each) => needed[each].includes(path));
      expect(await isForbidden(procedure, role)).toBe(roles.indexOf(role) < least);
    },
  );
});
