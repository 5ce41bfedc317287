/** Collecting mail while the world does not answer. */
import { expect, it } from 'vitest';
import { systemClock } from '../../../src-main/engine/core/clock';
import { emptyKeyring } from '../../../src-main/engine/core/keyring';
import { createMailCollection } from '../../../src-main/engine/mail-collection';
import { createServerSettings } from '../../support/settings';

it('a DNS server that does not answer does not hold up the end', async () => {
  const settings = createServerSettings({
    collections: [{ name: 'Provider', host: 'mail.provider.test', domains: ['branch.test'] }],
  });
  const collector = createMailCollection({
    serverId: 1,
    settings: () => settings,
    fqdn: () => 'relay.corp.test',
    clock: systemClock,
    emit: () => undefined,
    keyring: emptyKeyring,
    logProtocol: () => undefined,
    dns: { resolveTargets: () => new Promise(() => undefined) },
    listener: { adopt: () => undefined },
  });
  expect(collector.states()).toMatchObject([{ isAsking: true }]);
  await collector.close();
  expect(collector.states()).toMatchObject([{ isAsking: false }]);
});
