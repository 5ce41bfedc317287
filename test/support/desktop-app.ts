/**
 * Starts the packaged desktop application for a test and ends it again.
 *
 * The application is what scripts/package-test.mjs makes of dist/: real Electron, app.asar, sandboxed renderer.
 * It needs a display (`npm test` starts one). Everything it writes goes below the given data folder. An
 * application that does not close in time is killed by its process id, and closeDesktop then throws.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { desktopTools, missingReason } from './packages';

export interface Desktop {
  app: ElectronApplication;
  window: Page;
  /** Everything the main process printed so far. */
  output: () => string;
}

export interface LaunchOptions {
  dataDir: string;
  args?: string[];
  env?: Record<string, string>;
}

const repository = join(import.meta.dirname, '../..');

/** Why the desktop application cannot be tested here, or undefined when it can. */
export function desktopSkipReason(): string | undefined {
  if (process.platform === 'linux') {
    const missing = missingReason(...desktopTools);
    if (missing) return missing;
    if (!process.env.DISPLAY) return 'needs a display';
  }
  return packagedApp().reason;
}

export async function launchDesktop({ dataDir, args = [], env = {} }: LaunchOptions): Promise<Desktop> {
  const { executable, reason } = packagedApp();
  if (!executable) throw new Error(`no packaged application: ${reason}`);
  const isRoot = process.getuid?.() === 0;
  const app = await _electron.launch({
    executablePath: executable,
    // `--data=DIR` in one word: Chromium may put its own switches between two words.
    args: [...(isRoot ? ['--no-sandbox'] : []), `--data=${dataDir}`, ...args],
    // The user's own settings and autostart folder stay untouched.
    env: { ...definedEnv(), XDG_CONFIG_HOME: join(dataDir, 'xdg-config'), ...env },
    timeout: 60_000,
  });
  let printed = '';
  for (const stream of [app.process().stdout, app.process().stderr]) {
    stream?.on('data', (bytes: Buffer) => {
      printed += bytes.toString();
    });
  }
  try {
    const window = await app.firstWindow({ timeout: 60_000 });
    return { app, window, output: () => printed };
  } catch (error) {
    app.process().kill('SIGKILL');
    throw new Error(`the application opened no window. It printed:\n${printed}`, { cause: error });
  }
}

/** Asks the application to exit, as its Exit command does, and waits until it has. */
export async function closeDesktop({ app, output }: Desktop, timeoutMs = 20_000): Promise<void> {
  const child = app.process();
  if (child.exitCode !== null || child.signalCode !== null) return;
  let timer: NodeJS.Timeout | undefined;
  const timeOut = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the application did not exit in ${timeoutMs} ms. It printed:\n${output()}`));
    }, timeoutMs);
  });
  try {
    await Promise.race([app.close(), timeOut]);
  } finally {
    clearTimeout(timer);
  }
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => !!pair[1]),
  );
}

let packaged: { executable?: string; reason?: string } | undefined;

/** `npm test` packages beforehand and hands the result on; a test run by hand packages here. */
function packagedApp(): { executable?: string; reason?: string } {
  packaged ??= findPackagedApp();
  return packaged;
}

function findPackagedApp(): { executable?: string; reason?: string } {
  const { MAILROOT_TEST_APP: given, MAILROOT_TEST_APP_MISSING: missing } = process.env;
  if (given && existsSync(given)) return { executable: given };
  if (missing) return { reason: missing };
  try {
    const printed = execFileSync(process.execPath, [join(repository, 'scripts/package-test.mjs')], {
      encoding: 'utf8',
    });
    return { executable: printed.trim().split('\n').at(-1) ?? '' };
  } catch (error) {
    const printed = String((error as { stdout?: unknown }).stdout ?? error);
    return { reason: printed.trim().split('\n').at(-1) ?? 'packaging failed' };
  }
}
