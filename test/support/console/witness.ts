/**
 * Looks at each stop of a scenario: what axe finds wrong there is kept for the end of the test, and with
 * MAILROOT_SHOTS=<folder> a picture is stored, for a person to look at.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsolePage } from '../console-page';

export class Witness {
  /** "name of the stop: what is wrong". */
  readonly violations: string[] = [];
  private readonly console: ConsolePage;
  private readonly folder: string | undefined;
  private count = 0;

  /** @param run names the pictures' folder, below MAILROOT_SHOTS */
  constructor(console: ConsolePage, run: string) {
    this.console = console;
    const { MAILROOT_SHOTS: shots } = process.env;
    this.folder = shots === undefined ? undefined : join(shots, run);
    if (this.folder !== undefined) mkdirSync(this.folder, { recursive: true });
  }

  async look(name: string): Promise<void> {
    this.count++;
    await this.console.settle();
    if (this.folder !== undefined) {
      const file = `${String(this.count).padStart(2, '0')}-${name.replace(/[^a-z0-9]+/gi, '-')}.png`;
      await this.console.page.screenshot({ path: join(this.folder, file) });
    }
    for (const violation of await this.console.findViolations())
      this.violations.push(`${name}: ${violation}`);
  }
}
