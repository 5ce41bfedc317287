/** A hostile directory server: bytes that are not LDAP, and LDAP that is not true; each property stops by itself. */
import { type AddressInfo, createServer, type Server } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isEnvelopeAddress } from '../../src-main/engine/core/address';
import { systemClock } from '../../src-main/engine/core/clock';
import { Problem } from '../../src-main/engine/core/problem';
import { openConnection } from '../../src-main/engine/directory/connection';
import { createLookUp, LookUpMemory } from '../../src-main/engine/directory/look-up';
import { MessageGate } from '../../src-main/engine/directory/message-gate';
import { resolveAddresses } from '../../src-main/engine/directory/resolver';
import { schemaOf } from '../../src-main/engine/directory/schemas';
import type { ldapSchemas } from '../../src-main/settings/schema';
import { createServerSettings } from '../support/settings';
import { createFakeDirectory, type FakeEntry } from '../unit/engine/directory/fake-directory';
import { answerBind, answerEnd, answerEntry } from '../unit/engine/directory/ldap-bytes';

const limits = { interruptAfterTimeLimit: 4000, markInterruptAsFailure: false, numRuns: 20_000 };

/** Good messages with bytes changed, put in, taken out. */
const mutated = fc
  .tuple(
    fc.array(
      fc.constantFrom(
        answerBind(2),
        answerEnd(2),
        answerEntry(2, 'cn=Ann,dc=corp', { mail: ['ann@corp.test'], member: ['cn=Bo', 'cn=Cy'] }),
        answerEntry(3, '', { namingContexts: ['dc=corp,dc=test'] }),
        answerEnd(3),
      ),
      { minLength: 1, maxLength: 6 },
    ),
    fc.array(fc.tuple(fc.nat(600), fc.nat(255), fc.nat(2)), { maxLength: 8 }),
  )
  .map(([messages, changes]) => {
    const bytes = [...Buffer.concat(messages)];
    for (const [at, value, how] of changes)
      bytes.splice(at % bytes.length, how === 0 ? 0 : 1, ...(how === 1 ? [] : [value]));
    return Buffer.from(bytes);
  });
const anything = fc.oneof(
  mutated,
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
);

describe('message gate', () => {
  it('passes whole, well-formed messages or refuses, whatever comes and however it is cut', () => {
    fc.assert(
      fc.property(anything, fc.array(fc.nat(40), { maxLength: 30 }), (bytes, cuts) => {
        const gate = new MessageGate();
        const pieces: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) {
          pieces.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        pieces.push(bytes.subarray(at));
        const run = (chunks: readonly Buffer[]): string => {
          const own = chunks === pieces ? gate : new MessageGate();
          const passed: string[] = [];
          try {
            for (const chunk of chunks)
              for (const message of own.push(chunk)) passed.push(message.toString('hex'));
          } catch (error) {
            if (!(error instanceof Problem)) throw error;
            return `${passed.join()} refused`;
          }
          return passed.join();
        };
        const cut = run(pieces);
        const whole = run([bytes]);
        // What came before the refusal may have gone on already; what it is does not depend on the cuts.
        if (!whole.endsWith('refused')) expect(cut).toBe(whole);
        else expect(cut.endsWith('refused')).toBe(true);
      }),
      limits,
    );
  });
});

describe('connection', () => {
  let server: Server;
  let say: Buffer = Buffer.alloc(0);
  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(say));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(() => server.close());

  it.each(['none', 'starttls', 'ldaps'] as const)(
    'ends in a Problem or an answer, and never in an endless loop (%s)',
    async (ldapEncryption) => {
      const settings = createServerSettings({
        usesLdapRouting: true,
        ldapServer: '127.0.0.1',
        ldapPort: (server.address() as AddressInfo).port,
        ldapEncryption,
        ldapVerifiesCertificate: false,
      });
      const means = {
        clock: systemClock,
        unseal: (text: string) => text,
        findServers: () => Promise.resolve([]),
      };
      await fc.assert(
        fc.asyncProperty(anything, async (bytes) => {
          say = bytes;
          try {
            const connection = await openConnection(settings, means);
            await connection.find({ kind: 'equal', attribute: 'mail', value: 'a@b.test' }, ['mail']);
            connection.close();
          } catch (error) {
            expect(error).toBeInstanceOf(Problem);
          }
        }),
        { ...limits, numRuns: 1500 },
      );
    },
  );
});

describe('resolution', () => {
  const name = fc.constantFrom(
    'cn=A',
    'cn=B',
    'CN=a',
    'cn=C',
    'cn=Gone',
    'a@corp.test',
    'b@corp.test',
    'x',
    '',
  );
  const address = fc.oneof(
    fc.constantFrom('a@corp.test', 'b@corp.test', 'c@corp.test', 'A@CORP.test'),
    fc.string({ maxLength: 20 }),
    fc.string({ unit: 'binary', maxLength: 10 }).map((text) => `${text}@corp.test`),
  );
  const entry: fc.Arbitrary<FakeEntry> = fc.record({
    name: fc.constantFrom('cn=A', 'cn=B', 'cn=C', 'cn=D'),
    objectClass: fc.constantFrom('user', 'group', 'mailGroup', 'groupOfNames', 'contact'),
    mail: fc.array(address, { maxLength: 2 }),
    proxyAddresses: fc.array(
      fc.tuple(fc.constantFrom('SMTP:', 'smtp:', 'X400:', ''), address).map((parts) => parts.join('')),
      { maxLength: 3 },
    ),
    targetAddress: fc.array(address, { maxLength: 1 }),
    member: fc.array(name, { maxLength: 6 }),
    rfc822MailMember: fc.array(address, { maxLength: 2 }),
    altRecipient: fc.array(name, { maxLength: 1 }),
    deliverAndRedirect: fc.constantFrom('TRUE', 'FALSE', ''),
    mailForwardingAddress: fc.array(address, { maxLength: 1 }),
  });

  it('ends for every directory, and puts nothing into the envelope that is no address', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 5 }),
        fc.constantFrom('active-directory', 'site-server', 'exchange' as (typeof ldapSchemas)[number]),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        async (entries, ldapSchema, maxGroupMembers, piece) => {
          const directory = createFakeDirectory(entries);
          directory.piece = piece;
          const { sender, recipients } = await resolveAddresses(
            {
              sender: 'b@corp.test',
              recipients: ['a@corp.test', 'b@corp.test', 'c@corp.test'],
              isUtf8: false,
            },
            {
              lookUp: createLookUp({
                directory,
                schema: schemaOf(createServerSettings({ ldapSchema })),
                memory: new LookUpMemory(systemClock),
                rememberMs: 1000,
                mostMembers: 20,
                counters: { lookups: 0, cacheHits: 0 },
              }),
              counters: { unresolved: 0, ambiguous: 0, illegal: 0, loops: 0, groupsExpanded: 0, tooLarge: 0 },
              maxGroupMembers,
              refusesUnknown: false,
              isLocal: () => true,
            },
          );
          expect(isEnvelopeAddress(sender)).toBe(true);
          for (const answer of recipients) {
            if (answer.kind === 'rewritten') expect(isEnvelopeAddress(answer.address)).toBe(true);
            if (answer.kind !== 'expanded') continue;
            // A chain of forwardings that keep copies is no group; it ends by itself.
            expect(answer.members.length).toBeLessThanOrEqual(Math.max(maxGroupMembers, 21));
            for (const member of answer.members) {
              if (!member.refusal) expect(isEnvelopeAddress(member.address)).toBe(true);
              expect(member.address).toMatch(/^[!-~]{1,320}$/);
            }
          }
        },
      ),
      limits,
    );
  });
});
