/** Rules between the settings of one virtual server, as paths within it. Pure. */
import { findFaults, type ServerSettings } from '../../../src-main/api/contract';
import type { Values } from '../draft';

/** `values` have passed the schema. */
export function crossCheckServer(values: Values): { path: string; reason: string }[] {
  return findFaults([values as unknown as ServerSettings]).map(({ path, reason }) => ({
    path: path.slice(2).join('.'),
    reason,
  }));
}
