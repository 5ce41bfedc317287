/** What the worker of the checks can be asked. */
import type { AuthenticationResult, LinkResult } from '../api/contract';
import { type AuthenticationInput, authenticate } from './authentication';
import { type CheckReport, listLinks, runChecks } from './run-checks';

export type MailCheckCalls = {
  run(input: { readonly bytes: Uint8Array; readonly now: number }): CheckReport;
  links(input: { readonly bytes: Uint8Array }): readonly LinkResult[];
  authenticate(input: AuthenticationInput): Promise<AuthenticationResult[]>;
};

export const mailCheckCalls: MailCheckCalls = {
  run: ({ bytes, now }) => runChecks(bytes, now),
  links: ({ bytes }) => listLinks(bytes),
  authenticate,
};
