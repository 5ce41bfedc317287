/** Rules between the settings of one remote domain. Pure. */
import { findRemoteDomainFaults, type RemoteDomainSettings } from '../../../src-main/api/contract';
import type { Values } from '../draft';

/** `values` have passed the schema. */
export const crossCheckRemoteDomain = (values: Values): { path: string; reason: string }[] =>
  findRemoteDomainFaults(values as unknown as RemoteDomainSettings).map(({ path, reason }) => ({
    path: path.join('.'),
    reason,
  }));
