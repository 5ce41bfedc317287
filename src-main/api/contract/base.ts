/** What every procedure starts from: the errors it may answer with, and the role that it needs. */
import { oc } from '@orpc/contract';
import { apiErrorCodes, errorData, httpStatusOf } from './errors';

export const roles = ['viewer', 'operator', 'administrator'] as const;
export type Role = (typeof roles)[number];

/** "an operator" */
export const roleWithArticle = (role: Role): string => `${role === 'viewer' ? 'a' : 'an'} ${role}`;
/** By which way a caller came in. */
export const callerVias = ['control', 'browser', 'desktop'] as const;

const errors = Object.fromEntries(
  apiErrorCodes.map((code) => [code, { status: httpStatusOf[code], data: errorData }]),
) as Record<(typeof apiErrorCodes)[number], { status: number; data: typeof errorData }>;

export const administrator = oc.errors(errors).$meta<{ role: Role }>({ role: 'administrator' });
export const viewer = administrator.meta({ role: 'viewer' });
export const operator = administrator.meta({ role: 'operator' });
