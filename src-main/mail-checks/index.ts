/**
 * Checks of a message, for the API: what needs thinking in a worker, what needs asking from here.
 *
 * Owns the worker's thread, which is started by the first check. Nothing is asked of anybody by `run`.
 * Fails with Problem 'unavailable' where a message takes longer than the time limit, or the worker cannot be had.
 */
import type { AuthenticationResult, LinkResult } from '../api/contract';
import { startWorker, type WorkerHost } from '../worker';
import type { AuthenticationInput } from './authentication';
import { notChecked } from './authentication-words';
import type { MailCheckCalls } from './calls';
import { askLinks, type LinkRequestOptions } from './link-requests';
import type { CheckReport } from './run-checks';
import { askSpamChecker, type SpamCheckerSettings, type SpamEnvelope, type SpamReport } from './spam-checker';

export { checkLimits } from './limits';
export type { SpamEnvelope } from './spam-checker';

export interface MailChecks {
  run(bytes: Uint8Array): Promise<CheckReport>;
  /** Asks the hosts of the links. */
  links(bytes: Uint8Array): Promise<LinkResult[]>;
  /** Asks the spam checker of the settings. */
  spam(bytes: Uint8Array, settings: SpamCheckerSettings, envelope?: SpamEnvelope): Promise<SpamReport>;
  /** Asks DNS, where `asksDns` says so. */
  authentication(
    bytes: Uint8Array,
    facts: Omit<AuthenticationInput, 'bytes' | 'now'> & { readonly asksDns: boolean },
  ): Promise<{ results: AuthenticationResult[]; checkedAt?: number }>;
  close(): Promise<void>;
}

/** The longest that a hostile message of 32 MB takes is a few seconds; beyond this something is wrong. */
const timeoutMs = 30_000;
const memoryLimitMb = 512;

export function openMailChecks(options: {
  readonly now: () => number;
  readonly worker?: WorkerHost<MailCheckCalls>;
  readonly linkRequests?: LinkRequestOptions;
}): MailChecks {
  const worker =
    options.worker ?? startWorker<MailCheckCalls>({ name: 'mail-checks', timeoutMs, memoryLimitMb });
  return {
    run: (bytes) => worker.call('run', { bytes, now: options.now() }),
    async links(bytes) {
      return askLinks(await worker.call('links', { bytes }), options.linkRequests);
    },
    spam: (bytes, settings, envelope) => askSpamChecker(bytes, settings, envelope),
    async authentication(bytes, { asksDns, ...facts }) {
      if (!asksDns) return { results: [...notChecked] };
      const now = options.now();
      return { results: await worker.call('authenticate', { ...facts, bytes, now }), checkedAt: now };
    },
    close: () => worker.close(),
  };
}
