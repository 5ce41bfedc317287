import { array, assert, asyncProperty, constantFrom, integer, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src-main/engine/core/clock';
import type { ContentSource } from '../../../../src-main/engine/core/content';
import type { EngineEvent } from '../../../../src-main/engine/core/event';
import { createLineEndingNormaliser } from '../../../../src-main/engine/core/line-endings';
import { createSigner } from '../../../../src-main/engine/delivery/dkim-signer';
import type { ServerSettingsInput } from '../../../../src-main/settings/schema';
import { makeDkimKey, recordsOf, type TestKey } from '../../../support/dkim-keys';
import { verifyWithMailauth } from '../../../support/dkim-verifiers';
import { createServerSettings } from '../../../support/settings';
import { benchWith, brief, contentOf, hostAt, jobOf, peerWith } from './delivery-bench';

const rsa = makeDkimKey('corp.test', 'one');
const ed25519 = makeDkimKey('corp.test', 'two', 'ed25519');
const other = makeDkimKey('mail.corp.test', 'three', 'ed25519');
const records = recordsOf(rsa, ed25519, other);

function signerWith(keys: readonly TestKey[], more: Partial<ServerSettingsInput> = {}) {
  const settings = createServerSettings({ dkimKeys: keys.map(({ setting }) => setting), ...more });
  const sign = createSigner({ settings: () => settings, unseal: same, clock: systemClock, serverId: 1 });
  return async (message: string | ContentSource): Promise<Buffer> => {
    const content = typeof message === 'string' ? contentOf(Buffer.from(message, 'latin1')) : message;
    const signed = await sign(content);
    const bytes = Buffer.from(await signed.read());
    expect(bytes.length).toBe(signed.sizeBytes);
    return bytes;
  };
}
const same = (secret: string): string => secret;

/** As it is behind DATA; mailauth finds no header without the blank line behind it. */
function overTheWire(bytes: Uint8Array): Buffer {
  const normaliser = createLineEndingNormaliser();
  const text = Buffer.concat([normaliser.push(bytes), normaliser.end()]).toString('latin1');
  const whole = text.endsWith('\r\n') ? text : `${text}\r\n`;
  return Buffer.from(whole.includes('\r\n\r\n') ? whole : `${whole}\r\n`, 'latin1');
}

const mail = (from: string, body = 'Hello\r\n'): string =>
  `From: ${from}\r\nTo: far@far.test\r\nSubject: hello\r\n\r\n${body}`;

describe('a signed message', () => {
  it('has one signature of each key of its domain, and both hold', async () => {
    const signed = await signerWith([rsa, ed25519, other])(mail('Ann <ann@corp.test>'));
    expect(await verifyWithMailauth(signed, records)).toEqual([
      'rsa-sha256 corp.test pass',
      'ed25519-sha256 corp.test pass',
    ]);
    const text = signed.toString('latin1');
    expect(text.endsWith(mail('Ann <ann@corp.test>'))).toBe(true);
    // Lines that every host takes, and no part of the body that could be added to.
    const signature = text.slice(0, text.indexOf('From:'));
    expect(Math.max(...signature.split('\r\n').map(({ length }) => length))).toBeLessThanOrEqual(78);
    expect(signature).not.toMatch(/[; \t]l=/);
  });

  it('has the key of its own domain, else that of the nearest domain above', async () => {
    const sign = signerWith([rsa, other]);
    const by = async (from: string): Promise<string[]> => verifyWithMailauth(await sign(mail(from)), records);
    expect(await by('a@mail.corp.test')).toEqual(['ed25519-sha256 mail.corp.test pass']);
    expect(await by('a@deep.mail.corp.test')).toEqual(['ed25519-sha256 mail.corp.test pass']);
    expect(await by('a@web.corp.test')).toEqual(['rsa-sha256 corp.test pass']);
    expect(await by('a@notcorp.test')).toEqual([]);
    expect(await by('a@test')).toEqual([]);
  });

  it('is not signed by a key that waits for its record, nor kept from that of the domain above', async () => {
    const waiting: TestKey = { ...other, setting: { ...other.setting, isSigning: false } };
    const signed = await signerWith([rsa, waiting])(mail('a@mail.corp.test'));
    expect(await verifyWithMailauth(signed, records)).toEqual(['rsa-sha256 corp.test pass']);
  });

  it.each([
    ['an empty body', 'From: a@corp.test\r\n\r\n'],
    ['no body at all', 'From: a@corp.test\r\nSubject: x\r\n'],
    ['a last header line without an end', 'From: a@corp.test'],
    ['blank lines at the end', mail('a@corp.test', 'x\r\n\r\n\r\n\r\n')],
    ['dots at the begin of lines', mail('a@corp.test', '.\r\n..\r\n.x\r\n')],
    ['bare LF everywhere', mail('a@corp.test', 'x\r\n y \r\n').replaceAll('\r\n', '\n')],
    ['bare CR everywhere', mail('a@corp.test', 'x\r\n y \r\n').replaceAll('\r\n', '\r')],
    ['8-bit letters', mail('a@corp.test', '\u00e4\u00f6\u00fc\r\n').replace('hello', '\u00e4')],
    ['folded fields', 'From: "A,\r\n\t B"\r\n <a@corp.test>\r\nSubject: x\r\n  y\r\n\t\tz \r\n\r\nx'],
    ['a long line', mail('a@corp.test', `${'word '.repeat(20_000)}\r\n`)],
    ['a long header', mail('a@corp.test').replace('hello', 'x '.repeat(50_000))],
  ])('holds with %s', async (_, message) => {
    const signed = await signerWith([rsa, ed25519])(message);
    expect(await verifyWithMailauth(overTheWire(signed), records)).toEqual([
      'rsa-sha256 corp.test pass',
      'ed25519-sha256 corp.test pass',
    ]);
  });

  it('holds whatever its body is, and no longer when anything of it is changed', async () => {
    const sign = signerWith([ed25519]);
    const words = constantFrom('\r', '\n', '\r\n', ' ', '\t', 'a', '.', '\u00e4', 'From: x');
    await assert(
      asyncProperty(
        tuple(array(words, { maxLength: 40 }), integer({ min: 0, max: 40 })),
        async ([parts, at]) => {
          const signed = overTheWire(await sign(mail('a@corp.test', parts.join(''))));
          expect(await verifyWithMailauth(signed, records)).toEqual(['ed25519-sha256 corp.test pass']);
          const text = signed.toString('latin1');
          const place = text.indexOf('\r\n\r\n') + 4 + Math.min(at, parts.join('').length);
          const changed = Buffer.from(`${text.slice(0, place)}#${text.slice(place)}`, 'latin1');
          expect(await verifyWithMailauth(changed, records)).toEqual(['ed25519-sha256 corp.test neutral']);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each(['From: evil@evil.test', 'Subject: other', 'To: more@far.test', 'Reply-To: evil@evil.test'])(
    'holds no longer when "%s" is put on top',
    async (line) => {
      const signed = await signerWith([rsa])(mail('a@corp.test'));
      const added = Buffer.concat([Buffer.from(`${line}\r\n`), signed]);
      expect(await verifyWithMailauth(added, records)).toEqual(['rsa-sha256 corp.test fail']);
    },
  );
});

describe('a message goes on as it is', () => {
  it.each([
    ['without From', 'Subject: x\r\n\r\nbody'],
    ['with several From', 'From: a@corp.test\r\nFrom: b@corp.test\r\n\r\nbody'],
    ['from authors of several domains', mail('a@corp.test, b@far.test')],
    ['with a line in its header that is none', 'From: a@corp.test\r\nwhat\r\n\r\nbody'],
    ['with a header longer than can be read', `From: a@corp.test\r\nX: ${'x'.repeat(300_000)}\r\n\r\nbody`],
    ['with no header', '\r\nbody'],
    ['when it is empty', ''],
    ['from a domain without keys', mail('a@far.test')],
  ])('%s', async (_, message) => {
    expect((await signerWith([rsa])(message)).toString('latin1')).toBe(message);
  });

  it('and is not even read where no key signs', async () => {
    const untouchable: ContentSource = {
      sizeBytes: 1,
      read: () => Promise.reject(new Error('read')),
      stream: () => {
        throw new Error('read');
      },
    };
    const settings = createServerSettings();
    const sign = createSigner({ settings: () => settings, unseal: same, clock: systemClock, serverId: 1 });
    expect(await sign(untouchable)).toBe(untouchable);
  });
});

describe('a large message', () => {
  it('is signed and sent in pieces: a hundred megabytes cost a few', async () => {
    const head = Buffer.from(mail('a@corp.test', ''));
    const pieceBytes = 65_536;
    const pieces = 1_600;
    let [passes, open, most] = [0, 0, 0];
    const before = process.memoryUsage().arrayBuffers;
    const content: ContentSource = {
      sizeBytes: head.length + pieces * pieceBytes,
      read: () => Promise.reject(new Error('read whole')),
      async *stream() {
        passes++;
        open++;
        try {
          yield head;
          for (let at = 0; at < pieces; at++) {
            yield Buffer.alloc(pieceBytes, 'all work and no play makes a line without an end ');
            most = Math.max(most, process.memoryUsage().arrayBuffers - before);
          }
        } finally {
          open--;
        }
      },
    };
    const settings = createServerSettings({ dkimKeys: [rsa.setting] });
    const sign = createSigner({ settings: () => settings, unseal: same, clock: systemClock, serverId: 1 });
    const signed = await sign(content);
    expect([passes, open]).toEqual([1, 0]);
    expect(signed.sizeBytes).toBeGreaterThan(content.sizeBytes);
    // What is not held any more goes when the collector comes; what is held stays.
    expect(most).toBeLessThan(content.sizeBytes * 0.75);
    let sizeBytes = 0;
    for await (const chunk of signed.stream()) sizeBytes += chunk.length;
    expect(sizeBytes).toBe(signed.sizeBytes);
  });

  it('is read no further than its header when it is not signed', async () => {
    let pieces = 0;
    const content: ContentSource = {
      sizeBytes: 50_000_000,
      read: () => Promise.reject(new Error('read whole')),
      async *stream() {
        for (;;) {
          pieces++;
          yield Buffer.from(mail('a@far.test'));
        }
      },
    };
    const settings = createServerSettings({ dkimKeys: [rsa.setting] });
    const sign = createSigner({ settings: () => settings, unseal: same, clock: systemClock, serverId: 1 });
    expect(await sign(content)).toBe(content);
    expect(pieces).toBe(1);
  });
});

describe('a key that cannot be used', () => {
  it.each([
    [
      'that cannot be opened',
      rsa.setting,
      'The message cannot be signed: The private key of the DKIM key one._domainkey.corp.test cannot be opened.',
    ],
    [
      'of another kind',
      { ...rsa.setting, privateKey: ed25519.setting.privateKey },
      'The message cannot be signed: The private key of the DKIM key one._domainkey.corp.test is not one for rsa-sha256.',
    ],
  ])('%s makes the mail of its domain wait, and is told once', async (what, setting, text) => {
    const peer = await peerWith();
    const isLocked = what === 'that cannot be opened';
    const { dkimKeys } = createServerSettings({ dkimKeys: [setting] });
    const unseal = (secret: string): string => {
      if (isLocked) throw new Error('sealed with another key');
      return secret;
    };
    const bench = benchWith([hostAt('mx.far.test', peer.port)], {
      settings: { dkimKeys },
      keyring: { unseal } as never,
    });
    const job = jobOf({ content: contentOf(mail('ann@corp.test')) });
    for (let attempt = 0; attempt < 2; attempt++) {
      const result = await bench.send(job);
      expect(brief(result)[0]).toContain(`451 4.7.5 ${text}`);
    }
    expect(peer.transactions).toEqual([]);
    const warnings = bench.events.filter(
      (event): event is Extract<EngineEvent, { type: 'warning' }> => event.type === 'warning',
    );
    expect(warnings.map(({ code }) => code)).toEqual(['dkim-key-unusable']);
    expect(warnings[0]?.text).toContain('Mail of this domain waits.');
    // Nobody else's mail waits.
    const others = await bench.send(jobOf({ content: contentOf(mail('ann@far.test')) }));
    expect(brief(others)[0]).toMatch(/: 250 /);
  });
});

describe('delivery', () => {
  it('signs what the host gets after DATA, under the masquerade domain', async () => {
    const peer = await peerWith();
    const { dkimKeys } = createServerSettings({
      dkimKeys: [makeDkimKey('local.test', 'x', 'ed25519').setting, rsa.setting],
    });
    const bench = benchWith([hostAt('mx.far.test', peer.port)], {
      settings: {
        dkimKeys,
        masqueradeDomain: 'corp.test',
        domains: createServerSettings({ domains: [{ type: 'default', name: 'local.test' }] }).domains,
      },
    });
    await bench.send(jobOf({ content: contentOf(mail('ann@local.test', '.dot\n..two\n\n\n')) }));
    const [received] = peer.transactions;
    expect(received?.data.toString()).toContain('From: ann@corp.test');
    expect(await verifyWithMailauth(Buffer.from(received?.data ?? ''), records)).toEqual([
      'rsa-sha256 corp.test pass',
    ]);
  });

  it('signs as the address that stands for every sender', async () => {
    const peer = await peerWith();
    const { dkimKeys } = createServerSettings({ dkimKeys: [rsa.setting] });
    const bench = benchWith([hostAt('mx.far.test', peer.port)], { settings: { dkimKeys } });
    await bench.send(
      jobOf({ content: contentOf(mail('ann@far.test')), route: { sendAs: 'relay@corp.test' } as never }),
    );
    const [received] = peer.transactions;
    expect(received?.data.toString()).toMatch(/^From: .*relay@corp\.test/m);
    expect(await verifyWithMailauth(Buffer.from(received?.data ?? ''), records)).toEqual([
      'rsa-sha256 corp.test pass',
    ]);
  });
});
