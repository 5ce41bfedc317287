/**
 * Starts Chromium for tests of the browser console, and says why it cannot.
 *
 * All its own traffic is switched off: tests reach loopback and nothing else.
 */
import { type Browser, chromium } from 'playwright-core';
import { missingReason, toolPath } from './packages';

/** Why the browser console cannot be tested here, or undefined when it can. */
export function chromiumSkipReason(): string | undefined {
  return missingReason('chromium');
}

export function launchChromium(args: string[] = []): Promise<Browser> {
  const executablePath = toolPath('chromium');
  if (!executablePath) throw new Error(`no Chromium: ${chromiumSkipReason()}`);
  return chromium.launch({
    executablePath,
    args: [
      // Chromium refuses its sandbox to root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  });
}
