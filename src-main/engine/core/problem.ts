/**
 * Typed errors of the engine. A Problem is something that a person can act on: it has a stable code, says
 * what happened and what to do, and names the field when a value was refused.
 */

/** Stable codes; texts may change, codes may not. */
export const problemCodes = [
  'invalid',
  'not-found',
  'conflict',
  'refused',
  'port-in-use',
  'port-forbidden',
  'address-unavailable',
  'folder-unusable',
  'folder-in-use',
  'disk-full',
  'settings-broken',
  'data-folder-in-use',
  'unavailable',
  'internal',
] as const;
export type ProblemCode = (typeof problemCodes)[number];

export class Problem extends Error {
  readonly code: ProblemCode;
  /** Path of the setting or argument that is wrong, e.g. "servers.0.bindings.1.port". */
  readonly field: string | undefined;

  constructor(code: ProblemCode, message: string, field?: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Problem';
    this.code = code;
    this.field = field;
  }
}

/** The text of anything that was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's error code ("ENOENT", "EADDRINUSE"), when there is one. */
export function systemCodeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
