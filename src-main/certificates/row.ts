/** A certificate as lists show it. Pure; nothing of a private key is in it. */
import type { CertificateRow } from '../api/contract';
import { Problem } from '../engine/core/problem';
import type { CertificateEntry } from './entry-file';
import { describeKeyObject } from './private-key';

/** @param usedBy virtual servers whose setting names it */
export function rowOf(
  { id, name, installed, pending }: CertificateEntry,
  usedBy: readonly number[],
): CertificateRow {
  const common = { id, name, usedBy: [...usedBy] };
  if (installed !== undefined) {
    const { facts } = installed;
    return {
      ...common,
      ...facts,
      state: 'ready',
      names: [...facts.names],
      isRenewalRequested: pending !== undefined,
    };
  }
  const key =
    pending === undefined || pending.key instanceof Problem ? undefined : describeKeyObject(pending.key);
  return {
    ...common,
    state: 'requested',
    subject: pending?.subject ?? '',
    issuer: '',
    names: [...(pending?.names ?? [])],
    key: key?.text ?? 'cannot be read',
    isKeyStrong: key?.isStrong ?? false,
    isSelfSigned: false,
    isRenewalRequested: false,
  };
}
