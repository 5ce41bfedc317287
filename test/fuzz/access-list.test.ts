/** Lists of computers against whatever a damaged settings file can hold; each property stops by itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createConnectPolicy, decideConnect } from '../../src-main/engine/smtp-in/connection-control';
import { createRelayPolicy, decideRelay } from '../../src-main/engine/smtp-in/relay';
import { describeRelayPolicy } from '../../src-main/engine/smtp-in/relay-words';
import { accessListEntry } from '../../src-main/settings/schema/values';
import { createServerSettings } from '../support/settings';

const limits = { interruptAfterTimeLimit: 8000, markInterruptAsFailure: false, numRuns: 10_000 };

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom('127.0.0.1', '::1', '::ffff:10.0.0.1', '10.0.0.1', 'fe80::1%eth0', ''),
);
const good = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, length]) => `${ip}/${length}`),
  fc.domain(),
);
const noise = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0',
    '/8',
    '::/129',
    '*.example.com',
    'a b',
    '*',
    '0',
    '',
  ),
  fc.constantFrom<unknown>(null, undefined, 0, true, {}, []),
);
/** What the settings would refuse, or what is no text at all. */
const damaged = noise.filter((entry) => !accessListEntry.safeParse(entry).success);
const damagedList = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', 'example.com', 0, {}),
  fc
    .tuple(fc.array(good, { maxLength: 4 }), damaged, fc.array(good, { maxLength: 4 }))
    .map(([before, bad, after]) => [...before, bad, ...after]),
);
const mode = fc.constantFrom<unknown>('only', 'except', 'Only', '', undefined, null, 'everybody');
const name = fc.option(fc.domain(), { nil: undefined });

const settingsWith = (change: Record<string, unknown>) =>
  ({ ...createServerSettings(), ...change }) as ReturnType<typeof createServerSettings>;

describe('a damaged list', () => {
  it('lets nobody relay, in no mode, and is never told as an open relay', () => {
    fc.assert(
      fc.property(damagedList, mode, address, name, (relayList, relayMode, peerAddress, hostName) => {
        const settings = settingsWith({ relayList, relayMode });
        const decision = decideRelay({
          recipientDomain: 'elsewhere.test',
          recipient: 'b@elsewhere.test',
          account: undefined,
          peerAddress,
          hostName,
          policy: createRelayPolicy(settings),
        });
        expect(decision).toMatchObject({ allowed: false, isNameDecisive: false });
        expect(describeRelayPolicy(settings)).toEqual({ text: 'Relays for nobody', isOpenRelay: false });
      }),
      limits,
    );
  });

  it('lets nobody connect, in no mode', () => {
    fc.assert(
      fc.property(
        damagedList,
        mode,
        address,
        name,
        (connectionList, connectionMode, peerAddress, hostName) => {
          const policy = createConnectPolicy(settingsWith({ connectionList, connectionMode }));
          expect(decideConnect({ peerAddress, hostName, policy }).allowed).toBe(false);
        },
      ),
      limits,
    );
  });
});

/** Near what people write; about one in ten is something that the settings take. */
const written = fc.oneof(
  good,
  fc
    .tuple(
      fc.constantFrom('', '::ffff:', '::'),
      fc.array(fc.constantFrom('0', '1', '01', '010', '255', '9', 'a'), { minLength: 4, maxLength: 4 }),
      fc.option(fc.integer({ min: 0, max: 129 }), { nil: undefined }),
    )
    .map(([head, parts, prefix]) => `${head}${parts.join('.')}${prefix === undefined ? '' : `/${prefix}`}`),
  fc.stringMatching(/^[0-9a-f:./_-]{1,24}$/),
);

describe('a good list', () => {
  it('is whatever the settings take: nothing that may be saved shuts everybody out', () => {
    fc.assert(
      fc.property(
        written.filter((entry) => accessListEntry.safeParse(entry).success),
        fc.ipV4(),
        (entry, peerAddress) => {
          const allowedIn = (connectionMode: 'only' | 'except') =>
            decideConnect({
              peerAddress,
              hostName: undefined,
              policy: createConnectPolicy({ connectionMode, connectionList: [entry] }),
            }).allowed;
          expect(allowedIn('only') || allowedIn('except')).toBe(true);
        },
      ),
      limits,
    );
  });

  it('admits a peer in exactly one of the modes, once its name is known', () => {
    fc.assert(
      fc.property(fc.array(good, { maxLength: 6 }), fc.ipV4(), fc.domain(), (list, peerAddress, hostName) => {
        const allowedIn = (connectionMode: 'only' | 'except') =>
          decideConnect({
            peerAddress,
            hostName,
            policy: createConnectPolicy({ connectionMode, connectionList: list }),
          }).allowed;
        expect(allowedIn('only')).toBe(!allowedIn('except'));
      }),
      limits,
    );
  });
});
