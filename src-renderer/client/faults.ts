/** What went wrong in a call, as a person reads it, and at which field it belongs. Never throws. */
import { ORPCError } from '@orpc/client';

export interface Fault {
  /** One of the contract's codes; 'unreachable' when the engine did not answer at all. */
  readonly code: string;
  readonly text: string;
  /** Path of the wrong argument or setting, e.g. "bindings.0.port". */
  readonly field?: string;
}

export function readFault(error: unknown): Fault {
  if (error instanceof ORPCError) {
    const issue = readFirstIssue(error.data);
    const field = readField(error.data) ?? issue?.field;
    return {
      code: String(error.code),
      text: issue?.text ?? (error.message === '' ? 'The engine refused this.' : error.message),
      ...(field === undefined ? {} : { field }),
    };
  }
  return {
    code: 'unreachable',
    text: 'The engine cannot be reached. It may have been stopped, or the connection was lost.',
  };
}

function readField(data: unknown): string | undefined {
  const field = (data as { field?: unknown } | null | undefined)?.field;
  return typeof field === 'string' ? field : undefined;
}

/** Arguments that the contract itself refuses come as a list of issues. */
function readFirstIssue(data: unknown): { text: string; field: string } | undefined {
  const issues = (data as { issues?: unknown } | null | undefined)?.issues;
  if (!Array.isArray(issues)) return undefined;
  const [first] = issues as { message?: unknown; path?: unknown }[];
  if (typeof first?.message !== 'string') return undefined;
  const path = Array.isArray(first.path) ? first.path.map(String).join('.') : '';
  return { text: first.message, field: path };
}
