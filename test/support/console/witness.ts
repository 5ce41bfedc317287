/**
 * Looks at each stop of a scenario, in light and dark where wanted: what axe finds wrong there is kept for the end of the test,
 * and with MAILROOT_SHOTS=<folder> pictures are stored, for a person to look at.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsolePage } from '../console-page';

export interface WitnessOptions {
  /** Names the pictures' folder, below MAILROOT_SHOTS. */
  readonly run: string;
  /** False: pictures only. */
  readonly judges: boolean;
  /** What the system asks for, one after the other; a console that is "Like the system" follows. */
  readonly schemes?: readonly ('light' | 'dark')[];
}

export class Witness {
  /** "name of the stop: what is wrong". */
  readonly violations: string[] = [];
  private readonly console: ConsolePage;
  private readonly judges: boolean;
  private readonly schemes: readonly ('light' | 'dark')[];
  private readonly folder: string | undefined;
  private count = 0;

  constructor(console: ConsolePage, { run, judges, schemes = ['light', 'dark'] }: WitnessOptions) {
    this.console = console;
    this.judges = judges;
    this.schemes = schemes;
    const { MAILROOT_SHOTS: shots } = process.env;
    this.folder = shots === undefined ? undefined : join(shots, run);
    if (this.folder !== undefined) mkdirSync(this.folder, { recursive: true });
  }

  async look(name: string): Promise<void> {
    this.count++;
    if (!this.judges && this.folder === undefined) return;
    const { page } = this.console;
    for (const scheme of this.schemes) {
      await page.emulateMedia({ colorScheme: scheme });
      await this.console.settle();
      if (this.folder !== undefined) {
        const file = `${String(this.count).padStart(2, '0')}-${name.replace(/[^a-z0-9]+/gi, '-')}-${scheme}.png`;
        await page.screenshot({ path: join(this.folder, file) });
      }
      if (!this.judges) continue;
      // Nothing but colours differs.
      const found = await this.console.findViolations(scheme === 'dark' ? ['color-contrast'] : undefined);
      for (const violation of found) this.violations.push(`${name}, ${scheme}: ${violation}`);
    }
    await page.emulateMedia({ colorScheme: null });
  }
}
