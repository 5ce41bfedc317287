/** The system's Kerberos library against a real realm: what mail clients never send, and what is left behind. */
import { rmSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SecurityContext, SecurityPackage } from '../../src-main/engine/core/security-package';
import { createGssapi } from '../../src-main/native';
import { openKoffi, openProcessLibrary } from '../../src-main/native/library';
import { createGssapiClient } from '../support/gssapi-client';
import { kdcTools, type RunningKdc, startKdc } from '../support/kdc';
import { describeWith } from '../support/packages';

/** What the C library has given out and not got back; undefined where it cannot tell (it is not glibc). */
function openHeap(): { bytesInUse(): number } | undefined {
  const koffi = openKoffi();
  const library = openProcessLibrary();
  if (!koffi || !library) return undefined;
  try {
    const sizes = ['arena', 'ordblks', 'smblks', 'hblks', 'hblkhd', 'usmblks', 'fsmblks', 'uordblks'];
    const facts = koffi.struct(
      Object.fromEntries([...sizes, 'fordblks', 'keepcost'].map((name) => [name, 'size_t'])),
    );
    const mallinfo = library.func('mallinfo2', facts, []);
    const oneArena = -8;
    // Else what other threads take is not counted.
    library.func('mallopt', 'int', ['int', 'int'])(oneArena, 1);
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    return {
      bytesInUse() {
        collectGarbage();
        return Number((mallinfo() as { uordblks: number | bigint }).uordblks);
      },
    };
  } catch {
    return undefined;
  }
}

const heap = openHeap();

describeWith(kdcTools, 'GSSAPI', () => {
  let kdc: RunningKdc;
  let keytab: string;
  let gssapi: SecurityPackage;
  const before = { ...process.env };

  beforeAll(async () => {
    kdc = await startKdc();
    await kdc.addPrincipal('ann');
    keytab = await kdc.writeKeytab('smtp/localhost');
    Object.assign(process.env, kdc.environment, { KRB5CCNAME: await kdc.logIn('ann') });
    gssapi = createGssapi();
  });
  afterAll(async () => {
    for (const name of [...Object.keys(kdc?.environment ?? {}), 'KRB5CCNAME', 'KRB5RCACHENAME'])
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    await kdc?.stop();
  });

  const refused = { code: 'refused' };
  const withContext = async (
    key: string,
    run: (context: SecurityContext) => Promise<unknown>,
  ): Promise<void> => {
    const context = gssapi.accept(key);
    try {
      await run(context);
    } finally {
      context.close();
    }
  };

  it('logs a client in by its ticket, and both protect what they say', async () => {
    expect(gssapi.isUsable(keytab)).toBe(true);
    const client = createGssapiClient('smtp@localhost');
    const context = gssapi.accept(keytab);
    const { reply, isEstablished } = await context.step(client.step());
    expect(isEstablished).toBe(true);
    expect(client.step(reply)).toHaveLength(0);
    expect(context.principal()).toBe('ann@MAILROOT.TEST');

    const toClient = context.wrap(Buffer.from('01000000', 'hex'));
    expect(client.unwrap(toClient).toString('hex')).toBe('01000000');
    const fromClient = client.wrap(Buffer.from('hello'));
    expect(Buffer.from(context.unwrap(fromClient)).toString()).toBe('hello');
    fromClient[fromClient.length - 1] = (fromClient.at(-1) ?? 0) ^ 1;
    expect(() => context.unwrap(fromClient)).toThrow(expect.objectContaining(refused));
    context.close();
    expect(() => context.wrap(Buffer.from('x'))).toThrow(expect.objectContaining(refused));
    context.close();
  });

  it('refuses a token that was used before', async () => {
    const token = createGssapiClient('smtp@localhost').step();
    await withContext(keytab, async (context) =>
      expect((await context.step(token)).isEstablished).toBe(true),
    );
    await withContext(keytab, (context) => expect(context.step(token)).rejects.toMatchObject(refused));
  });

  it('refuses a ticket for a key that is no longer the service’s', async () => {
    const token = createGssapiClient('smtp@localhost').step();
    const other = await kdc.writeKeytab('smtp/other');
    await withContext(other, (context) => expect(context.step(token)).rejects.toMatchObject(refused));
  });

  it('refuses a ticket for another service of this computer', async () => {
    const key = await kdc.writeKeytab('host/localhost');
    expect(gssapi.isUsable(key)).toBe(false);
    await withContext(key, (context) =>
      expect(context.step(createGssapiClient('host@localhost').step())).rejects.toMatchObject({
        ...refused,
        message: expect.stringContaining('host/localhost'),
      }),
    );
  });

  it('refuses a negotiation (SPNEGO): it could end with another mechanism than Kerberos', async () => {
    const token = createGssapiClient('smtp@localhost', 'spnego').step();
    expect(token.length).toBeGreaterThan(100);
    await withContext(keytab, (context) => expect(context.step(token)).rejects.toMatchObject(refused));
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['garbage', Buffer.from('not a token')],
    ['zeros', Buffer.alloc(60_000)],
    ['a token that is too long', Buffer.alloc(64 * 1024 + 1)],
  ])('refuses %s', async (_, token) => {
    await withContext(keytab, (context) => expect(context.step(token)).rejects.toMatchObject(refused));
  });

  it('refuses every token that was changed on its way', async () => {
    for (let index = 0; index < 40; index++) {
      const token = createGssapiClient('smtp@localhost').step();
      const place = Math.floor((index * token.length) / 40);
      token[place] = (token[place] ?? 0) ^ 0x15;
      await withContext(keytab, async (context) => {
        const outcome = await context.step(token).catch((error: { code: string }) => error.code);
        // A bit of the frame around the ticket may mean nothing; then it is still her.
        if (outcome !== 'refused') expect(context.principal()).toBe('ann@MAILROOT.TEST');
      });
    }
  });

  it('can be closed while the library is at work, any number at a time', async () => {
    const steps = Array.from({ length: 20 }, () => {
      const context = gssapi.accept(keytab);
      const step = context.step(createGssapiClient('smtp@localhost').step());
      context.close();
      return step.then(
        () => context,
        () => context,
      );
    });
    for (const context of await Promise.all(steps)) expect(() => context.principal()).toThrow();
  });

  it('turns too many log-ins at once away as busy, and goes on', async () => {
    const steps = await Promise.allSettled(
      Array.from({ length: 300 }, async () => {
        const context = gssapi.accept(keytab);
        try {
          return await context.step(createGssapiClient('smtp@localhost').step());
        } finally {
          context.close();
        }
      }),
    );
    const codes = new Set(
      steps.map((step) =>
        step.status === 'fulfilled' ? 'established' : (step.reason as { code: string }).code,
      ),
    );
    expect([...codes].filter((code) => code !== 'established' && code !== 'unavailable')).toEqual([]);
    await withContext(keytab, (context) => context.step(createGssapiClient('smtp@localhost').step()));
  });

  it('sees at once that the key file came or went', async () => {
    const path = await kdc.writeKeytab('SMTPSVC/localhost');
    expect(gssapi.isUsable(path)).toBe(true);
    rmSync(path);
    expect(gssapi.isUsable(path)).toBe(false);
    expect(() => gssapi.accept(path)).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });

  it('has no key of its own on a computer that is in no realm', () => {
    expect(gssapi.isUsable('')).toBe(false);
    expect(() => gssapi.accept('')).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });

  it.skipIf(!heap)('keeps nothing of any log-in', async () => {
    if (!heap) return;
    const token = createGssapiClient('smtp@localhost').step();
    process.env.KRB5RCACHENAME = 'none:';
    const attempt = (): Promise<void> =>
      withContext(keytab, async (context) => {
        await context.step(token);
        for (let count = 0; count < 5; count++) context.wrap(token);
      });
    const run = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index++) await attempt();
    };
    const growths: number[] = [];
    for (let round = 0; round < 5; round++) {
      const settled = heap.bytesInUse();
      await run(200);
      growths.push((heap.bytesInUse() - settled) / 200);
    }
    // Now and then JavaScript itself grows; what is forgotten grows in each round, by 700 bytes at least.
    expect(Math.min(...growths)).toBeLessThan(400);
  });
});
