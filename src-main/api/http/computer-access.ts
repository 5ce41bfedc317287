/** The admission of this computer: its users and groups, and the kernel's word on who calls. */
import { statSync } from 'node:fs';
import type { Clock } from '../../engine/core/clock';
import { nativeProblem, peerIdentityOf, systemAccounts } from '../../native';
import type { SystemOperators } from '../../people';
import { type Admission, createAdmission } from './control-admission';

/** Why nobody but the owner can be admitted on this computer; undefined: others can. */
export function whyNobodyElse(): string | undefined {
  if (process.platform === 'win32')
    return 'On Windows the command line is for the person who runs Mailroot and for administrators of the computer. Others can sign in to the browser console.';
  if (systemAccounts.canTell()) return undefined;
  return `Who calls cannot be found out on this computer. ${nativeProblem() ?? 'Its C library does not tell.'}`;
}

export function openAdmission(options: {
  readonly dataFolder: string;
  readonly systemOperators: SystemOperators;
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
}): Admission {
  const ownerId = ownerOf(options.dataFolder);
  return createAdmission({
    ...options,
    identityOf: peerIdentityOf,
    canIdentify: () => whyNobodyElse() === undefined,
    accounts: systemAccounts,
    ownerId,
    processUserId: process.getuid?.() ?? ownerId,
  });
}

/** Number of the user who owns a folder. */
export const ownerOf = (folder: string): number => statSync(folder).uid;
