/** Sign-ins on a data folder of their own, with a clock that stands still, against a provider on loopback. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SignInRow, SignInSettings, SignInStep } from '../../../src-main/api/contract';
import { openSignIns, type SignIns } from '../../../src-main/oauth';
import { createSecretBox } from '../../../src-main/settings/secret-box';
import { createFakeClock, type FakeClock } from '../../support/fake-clock';
import type { TokenServer } from '../../support/token-server';

export interface SignInBench {
  readonly folder: string;
  readonly clock: FakeClock;
  signIns: SignIns;
  readonly warnings: string[];
  /** Numbers of the sign-ins that were told to be good. */
  readonly good: string[];
  /** Reads everything from the disk again, as after a crash. */
  reopen(): void;
  create(settings?: Partial<SignInSettings>): Promise<string>;
  /** Creates one and signs in with a browser. */
  createSignedIn(settings?: Partial<SignInSettings>): Promise<string>;
  row(id: string): SignInRow;
  /** Text of all files in the data folder, but the key. */
  filesText(): string;
  remove(): void;
}

export function openBench(provider: TokenServer): SignInBench {
  const folder = mkdtempSync(join(tmpdir(), 'sign-ins-'));
  const clock = createFakeClock();
  const warnings: string[] = [];
  const good: string[] = [];
  const open = (): SignIns =>
    openSignIns({
      dataFolder: folder,
      box: createSecretBox(folder),
      clock,
      warn: (line) => warnings.push(line),
      onGood: (id) => good.push(id),
      onChange: () => undefined,
    });
  const bench: SignInBench = {
    folder,
    clock,
    signIns: open(),
    warnings,
    good,
    reopen() {
      bench.signIns.close();
      bench.signIns = open();
    },
    async create(settings = {}) {
      const { id } = await bench.signIns.create({ ...customOf(provider), ...settings });
      return id;
    },
    async createSignedIn(settings) {
      const id = await bench.create(settings);
      await provider.visit(urlOf(await bench.signIns.attempts.begin(id)));
      return id;
    },
    row: (id) => bench.signIns.row(bench.signIns.store.get(id), []),
    filesText: () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== 'secret.key')
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
        .join('\n'),
    remove() {
      bench.signIns.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return bench;
}

const customOf = (provider: TokenServer): SignInSettings => ({
  name: 'Office',
  provider: 'custom',
  grant: 'authorization-code',
  tenant: '',
  clientId: provider.clientId,
  clientSecret: '',
  clientSecretExpiresAt: null,
  scope: 'smtp offline_access',
  ...provider.endpoints,
  mailbox: '',
});

export function urlOf(step: SignInStep): string {
  if (step.kind !== 'browser') throw new Error(`it wants ${step.kind}`);
  return step.url;
}
