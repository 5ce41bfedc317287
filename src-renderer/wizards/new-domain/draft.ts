/** A domain as entered, and what is wrong with it. Pure. */
import { localDomain, remoteDomain, smartHost } from '../../../src-main/api/contract';

export interface DomainDraft {
  readonly type: 'remote' | 'alias';
  readonly name: string;
  readonly isRelayAllowed: boolean;
  /** '' routes by DNS. */
  readonly smartHost: string;
  /** Which of the two ways is chosen; the name of the host may still be missing. */
  readonly hasSmartHost: boolean;
}

/** Names already in use are compared without case, as mail is. */
export function findNameFault(draft: DomainDraft, existing: readonly string[]): string | undefined {
  const name = draft.name.trim();
  const schema = draft.type === 'remote' ? remoteDomain.shape.name : localDomain.shape.name;
  const reason = schema.safeParse(name).error?.issues[0]?.message;
  if (reason !== undefined) return reason;
  return existing.some((other) => other.toLowerCase() === name.toLowerCase())
    ? `The domain ${name} is listed already.`
    : undefined;
}

export function findSmartHostFault(draft: DomainDraft): string | undefined {
  if (draft.type !== 'remote' || !draft.hasSmartHost) return undefined;
  if (draft.smartHost.trim() === '') return 'Enter the host, or use DNS.';
  return smartHost.safeParse(draft.smartHost.trim()).error?.issues[0]?.message;
}
