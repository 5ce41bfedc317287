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

export interface FailureOptions {
  /** The fields are settings, as the person wrote them. Elsewhere they are names of the API that say nothing. */
  readonly hasSettings: boolean;
}

/** The reason, on one line; an option, and where `hasSettings` the setting, before it: "maxHops: At least 10." */
export function describeFailure(error: unknown, { hasSettings }: FailureOptions): string {
  const joinField = (field: string | undefined, message: string): string => {
    if (field === undefined || field === '' || message.includes(`${field}: `)) return cleanText(message);
    // What the schema's library says by itself ("Too big") is no sentence, and means nothing without the field.
    const isNamed = hasSettings || field.startsWith('--') || !message.endsWith('.');
    return cleanText(isNamed ? `${field}: ${message}` : message);
  };
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
