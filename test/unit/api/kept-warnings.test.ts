import { describe, expect, it } from 'vitest';
import { createKeptWarnings, type KeptWarnings } from '../../../src-main/api/kept-warnings';
import type { EngineEvent } from '../../../src-main/engine/core/event';
import type { QueueId } from '../../../src-main/engine/core/ids';
import { createStatus } from '../../../src-main/engine/core/smtp-status';
import type { Settings } from '../../../src-main/settings/schema';
import { createFakeClock } from '../../support/fake-clock';
import { createServerSettings } from '../../support/settings';

const hourMs = 3_600_000;
const refused: EngineEvent = {
  type: 'warning',
  serverId: 1,
  code: 'login-refused',
  text: 'The log-in at smart.test [192.0.2.1] does not work: 535. Check it.',
};
const unwritable: EngineEvent = { type: 'warning', serverId: 1, code: 'log-unwritable', text: 'No log' };
const relayedTo = (name: string): EngineEvent => ({
  type: 'recipient-outcome',
  serverId: 1,
  queueId: '0'.repeat(24) as QueueId,
  recipient: 'a@b.test',
  outcome: 'relayed',
  status: createStatus(250, '2.0.0', 'OK'),
  remote: { name },
});
const documentOf = (change: object): Settings => ({
  version: 1,
  servers: [createServerSettings(change)],
});
const codesOf = (warnings: KeptWarnings): string[] => warnings.list().map(({ code }) => code);

describe('kept warnings', () => {
  const endings: [what: string, end: (kept: KeptWarnings) => void, left: string[]][] = [
    ['mail that this host took', (kept) => kept.push(relayedTo('smart.test')), ['log-unwritable']],
    [
      'mail that another host took',
      (kept) => kept.push(relayedTo('other.test')),
      ['login-refused', 'log-unwritable'],
    ],
    [
      'another password',
      (kept) => kept.settingsChanged(documentOf({ outboundPassword: 'sealed:b' }), documentOf({})),
      ['log-unwritable'],
    ],
    [
      'another name',
      (kept) => kept.settingsChanged(documentOf({ name: 'Other' }), documentOf({})),
      ['login-refused', 'log-unwritable'],
    ],
    [
      'the deletion of the virtual server',
      (kept) => kept.settingsChanged({ version: 1, servers: [] }, documentOf({})),
      [],
    ],
    [
      'a log that is written again',
      (kept) => kept.push({ type: 'warning', serverId: 1, code: 'log-written', text: 'Again' }),
      ['login-refused'],
    ],
    [
      'the stop of the virtual server',
      (kept) => kept.push({ type: 'server-state', serverId: 1, state: 'stopped' }),
      [],
    ],
    [
      'the stop of another one',
      (kept) => kept.push({ type: 'server-state', serverId: 2, state: 'stopped' }),
      ['login-refused', 'log-unwritable'],
    ],
  ];
  it.each(endings)('after %s', (_what, end, left) => {
    const kept = createKeptWarnings(createFakeClock());
    kept.push(refused);
    kept.push(unwritable);
    end(kept);
    expect(codesOf(kept)).toEqual(left);
  });

  it('are one of each kind, the last, with what to do', () => {
    const kept = createKeptWarnings(createFakeClock());
    for (let count = 0; count < 1000; count++) kept.push({ ...unwritable, text: `No log ${count}` } as never);
    expect(kept.list()).toHaveLength(1);
    expect(kept.list()[0]?.text).toMatch(/^No log 999\. Make room .* or choose another log directory\.$/);
  });

  it('tell of a handshake that failed for an hour, and no more when the settings change', async () => {
    const clock = createFakeClock();
    const kept = createKeptWarnings(clock);
    const failed: EngineEvent = {
      type: 'warning',
      serverId: 1,
      code: 'tls-handshake-failed',
      text: 'A peer',
    };
    kept.push(failed);
    await clock.advance(hourMs - 1);
    expect(codesOf(kept)).toEqual(['tls-handshake-failed']);
    await clock.advance(1);
    expect(codesOf(kept)).toEqual([]);
    kept.push(failed);
    kept.settingsChanged(documentOf({ oldTlsList: ['192.0.2.1'] }), documentOf({}));
    expect(codesOf(kept)).toEqual([]);
  });

  it('go with their age, and are not kept when they are about one message or peer', async () => {
    const clock = createFakeClock();
    const kept = createKeptWarnings(clock);
    kept.push({ type: 'warning', serverId: 1, code: 'address-locked-out', text: 'A peer' });
    expect(codesOf(kept)).toEqual([]);
    kept.push(refused);
    await clock.advance(24 * hourMs - 1);
    expect(codesOf(kept)).toEqual(['login-refused']);
    await clock.advance(1);
    expect(codesOf(kept)).toEqual([]);
  });
});
