/** When policies are fetched, kept, renewed and given up: the real store in a folder, with DNS and web server played. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createMtaSts } from '../../../../src-main/engine/mta-sts/mta-sts';
import { createPolicyStore } from '../../../../src-main/engine/mta-sts/policy-store';
import { createManualClock } from '../../../protocol/manual-clock';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const dayMs = 86_400_000;
const textOf = (mode: string, maxAgeS = 7 * 86_400): string =>
  `version: STSv1\nmode: ${mode}\nmx: *.far.test\nmax_age: ${maxAgeS}\n`;

/** A world with one domain; `world` may be changed at any time. */
function bench(folder = mkdtempSync(join(tmpdir(), 'mailroot-mta-sts-')), startMs = 1_000_000) {
  folders.push(folder);
  const world: {
    txt: string[] | undefined;
    web: string | Error;
    questions: number;
    fetches: number;
    warnings: string[];
  } = {
    txt: ['v=STSv1; id=1;'],
    web: textOf('enforce'),
    questions: 0,
    fetches: 0,
    warnings: [],
  };
  const clock = createManualClock(startMs);
  const open = (place = folder) =>
    createMtaSts({
      findTxt: (name) => {
        world.questions++;
        return Promise.resolve(name === '_mta-sts.far.test' ? world.txt : []);
      },
      fetchPolicy: () => {
        world.fetches++;
        return Promise.resolve(
          world.web instanceof Error ? { fault: world.web.message } : { text: world.web },
        );
      },
      store: createPolicyStore(place),
      clock,
      warn: (reason) => world.warnings.push(reason),
    });
  return { world, clock, open, folder };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a policy', () => {
  it('is fetched once, and kept over restarts', async () => {
    const { world, open, folder } = bench();
    const first = open();
    const found = await Promise.all([first.policyOf('far.test'), first.policyOf('far.test')]);
    expect(found).toEqual([expect.objectContaining({ mode: 'enforce' }), expect.anything()]);
    await first.policyOf('far.test');
    expect(await open().policyOf('far.test')).toMatchObject({ mode: 'enforce' });
    expect(world.fetches).toBe(1);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('is fetched again when its id is another one', async () => {
    const { world, open } = bench();
    const mtaSts = open();
    await mtaSts.policyOf('far.test');
    Object.assign(world, { txt: ['v=STSv1; id=2;'], web: textOf('testing') });
    expect(await mtaSts.policyOf('far.test')).toMatchObject({ mode: 'testing' });
    expect(await open().policyOf('far.test')).toMatchObject({ mode: 'testing' });
    expect(world.fetches).toBe(2);
  });

  it.each<[claim: string, change: { txt?: string[] | undefined; web?: string | Error }]>([
    ['the web server does not answer', { txt: ['v=STSv1; id=2;'], web: new Error('silent') }],
    ['the web server has something else', { txt: ['v=STSv1; id=2;'], web: '<html>' }],
    ['its record is gone', { txt: [] }],
    ['DNS does not answer', { txt: undefined }],
  ])('holds when %s, until its time is over', async (_claim, change) => {
    const { world, clock, open } = bench();
    const mtaSts = open();
    await mtaSts.policyOf('far.test');
    Object.assign(world, { web: new Error('silent') }, change);
    expect(await mtaSts.policyOf('far.test')).toMatchObject({ mode: 'enforce' });
    expect(await open().policyOf('far.test')).toMatchObject({ mode: 'enforce' });
    clock.advance(6 * dayMs);
    expect(await mtaSts.policyOf('far.test')).toMatchObject({ mode: 'enforce' });
    clock.advance(dayMs);
    expect(await mtaSts.policyOf('far.test')).toBeUndefined();
    expect(await open().policyOf('far.test')).toBeUndefined();
  });

  it('is renewed each day, without anybody waiting for it', async () => {
    const { world, clock, open } = bench();
    const mtaSts = open();
    await mtaSts.policyOf('far.test');
    clock.advance(dayMs);
    world.web = textOf('none');
    expect(await mtaSts.policyOf('far.test')).toMatchObject({ mode: 'enforce' });
    await settled();
    expect(await mtaSts.policyOf('far.test')).toMatchObject({ mode: 'none' });
    expect(world.fetches).toBe(2);
  });

  it.each([
    ['is gone', []],
    ['cannot be asked for', undefined],
  ])('is renewed after a day also while its record %s: hiding that ends nothing', async (_claim, txt) => {
    const { world, clock, open } = bench();
    const mtaSts = open();
    await mtaSts.policyOf('far.test');
    world.txt = txt;
    for (let round = 0; round < 2; round++) {
      clock.advance(6 * dayMs);
      expect(await mtaSts.policyOf('far.test')).toMatchObject({ mode: 'enforce' });
      await settled();
    }
  });

  it('of a domain in other letters is asked for in ASCII', async () => {
    const { open } = bench();
    expect(await open().policyOf('FAR.test')).toMatchObject({ mode: 'enforce' });
    expect(await open().policyOf('b\u00fccher.test')).toBeUndefined();
  });
});

describe('a domain without a policy that counts', () => {
  it.each<[claim: string, change: object, fetches: number]>([
    ['has no record', { txt: [] }, 0],
    ['cannot be asked for', { txt: undefined }, 0],
    ['has a web server that does not answer', { web: new Error('silent') }, 1],
    ['has a policy that is none', { web: 'version: STSv1\nmode: enforce\n' }, 1],
  ])('%s', async (_claim, change, fetches) => {
    const { world, open, folder } = bench();
    Object.assign(world, change);
    const mtaSts = open();
    expect(await mtaSts.policyOf('far.test')).toBeUndefined();
    expect(await mtaSts.policyOf('far.test')).toBeUndefined();
    expect(world.fetches).toBe(fetches);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not asked for again within a minute after DNS did not answer', async () => {
    const { world, clock, open } = bench();
    world.txt = undefined;
    const mtaSts = open();
    for (let message = 0; message < 5; message++) await mtaSts.policyOf('far.test');
    expect(world.questions).toBe(1);
    world.txt = ['v=STSv1; id=1;'];
    clock.advance(60_000);
    expect(await mtaSts.policyOf('far.test')).toMatchObject({ mode: 'enforce' });
  });

  it('is asked again after five minutes, or when its record changes', async () => {
    const { world, clock, open } = bench();
    world.web = new Error('silent');
    const mtaSts = open();
    await mtaSts.policyOf('far.test');
    world.web = textOf('enforce');
    clock.advance(299_000);
    expect(await mtaSts.policyOf('far.test')).toBeUndefined();
    world.txt = ['v=STSv1; id=2;'];
    expect(await mtaSts.policyOf('far.test')).toMatchObject({ mode: 'enforce' });
    const other = bench();
    other.world.web = new Error('silent');
    const again = other.open();
    await again.policyOf('far.test');
    other.world.web = textOf('enforce');
    other.clock.advance(300_000);
    expect(await again.policyOf('far.test')).toMatchObject({ mode: 'enforce' });
  });
});

describe('the store', () => {
  it.each([
    ['is cut off', (text: string) => text.slice(0, 40)],
    ['is empty', () => ''],
    ['is of another domain', (text: string) => text.replace('far.test', 'near.test')],
    ['holds another kind of thing', () => '[1]'],
  ])('a file that %s is as good as none', async (_claim, spoil) => {
    const { world, open, folder } = bench();
    await open().policyOf('far.test');
    const path = join(folder, readdirSync(folder)[0] as string);
    writeFileSync(path, spoil(readFileSync(path, 'utf8')));
    expect(await open().policyOf('far.test')).toMatchObject({ mode: 'enforce' });
    expect(world.fetches).toBe(2);
  });

  it('a policy of a clock that ran ahead counts from now on', async () => {
    const { open, folder } = bench(undefined, 400 * dayMs);
    await open().policyOf('far.test');
    const later = bench(folder, 1_000_000);
    later.world.txt = [];
    const mtaSts = later.open();
    expect(await mtaSts.policyOf('far.test')).toMatchObject({ mode: 'enforce' });
    later.clock.advance(7 * dayMs);
    expect(await mtaSts.policyOf('far.test')).toBeUndefined();
  });

  it('that cannot be written is told once; the policy counts all the same', async () => {
    const { world, open, folder } = bench();
    writeFileSync(join(folder, 'file'), '');
    const mtaSts = open(join(folder, 'file'));
    expect(await mtaSts.policyOf('far.test')).toMatchObject({ mode: 'enforce' });
    world.txt = ['v=STSv1; id=2;'];
    await mtaSts.policyOf('far.test');
    expect(world.warnings).toHaveLength(1);
  });

  it('keeps a bounded number of files, the newest', async () => {
    const { folder } = bench();
    const store = createPolicyStore(folder, 20);
    for (let at = 0; at < 120; at++)
      await store.write({ domain: `d${at}.test`, id: '1', fetchedAt: 0, text: textOf('enforce') });
    // Counted every fifty.
    expect(readdirSync(folder).length).toBeLessThanOrEqual(20 + 50);
    expect(await store.read('d119.test')).toMatchObject({ domain: 'd119.test' });
    expect(await store.read('d0.test')).toBeUndefined();
  });
});
