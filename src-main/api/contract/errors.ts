/**
 * Error codes that cross the API. The codes are those of the engine's problems plus the API's own; the
 * data of every error is `{ field?: string }` (path of the wrong argument or setting).
 */
import { z } from 'zod';
import { problemCodes } from '../../engine/core/problem';

export const apiErrorCodes = [...problemCodes, 'forbidden', 'not-signed-in'] as const;
export type ApiErrorCode = (typeof apiErrorCodes)[number];

export const errorData = z.object({ field: z.string().optional() });

/** Our codes are lower-case words; each maps to one HTTP status for the HTTP transports. */
export const httpStatusOf: Record<ApiErrorCode, number> = {
  invalid: 422,
  'not-found': 404,
  conflict: 409,
  refused: 409,
  'port-in-use': 409,
  'port-forbidden': 403,
  'address-unavailable': 409,
  'folder-unusable': 409,
  'folder-in-use': 409,
  'disk-full': 507,
  'settings-broken': 500,
  'data-folder-in-use': 409,
  unavailable: 503,
  internal: 500,
  forbidden: 403,
  'not-signed-in': 401,
};
