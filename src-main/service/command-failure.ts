/** How anything that went wrong becomes the one line that a person reads. Pure. */
import { ORPCError } from '@orpc/client';
import { Problem, reasonOf } from '../engine/core/problem';
import { cleanText } from './text-table';

/** Done, refused or failed, wrong usage. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** A command that was called wrongly in a way that the parser cannot see. */
export class UsageError extends Error {}

interface Issue {
  readonly path?: readonly unknown[];
  readonly message?: string;
}

/** "field: reason", on one line. */
export function describeFailure(error: unknown): string {
  if (error instanceof Problem) return joinField(error.field, error.message);
  if (error instanceof ORPCError) {
    const data = error.data as { field?: unknown; issues?: readonly Issue[] } | undefined;
    // The contract itself refused an argument, before any handler could name the field.
    const issue = data?.issues?.[0];
    if (issue) return joinField(issue.path?.map(String).join('.'), issue.message ?? error.message);
    return joinField(typeof data?.field === 'string' ? data.field : undefined, error.message);
  }
  return cleanText(reasonOf(error));
}

function joinField(field: string | undefined, message: string): string {
  return cleanText(field && !message.includes(`${field}: `) ? `${field}: ${message}` : message);
}
