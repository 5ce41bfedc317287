/** What can be done with a certificate, and why not. Pure. */
import type { CertificateRow } from '../../src-main/api/contract';

export type CertificateVerb =
  | 'create'
  | 'create-request'
  | 'import'
  | 'install-answer'
  | 'export'
  | 'renew'
  | 'rename'
  | 'remove';

export const verbLabels: Record<CertificateVerb, string> = {
  create: 'Create Self-Signed…',
  'create-request': 'Create Request…',
  import: 'Import…',
  'install-answer': 'Install Answer…',
  export: 'Export…',
  renew: 'Renew…',
  rename: 'Rename…',
  remove: 'Remove',
};

export interface VerbFacts {
  readonly row: CertificateRow | undefined;
  /** The certificate that is chosen in the sheet behind the dialog. */
  readonly selectedId: string;
  /** False: the person may only look. */
  readonly isAdministrator: boolean;
  /** The virtual servers that use `row`, in words. */
  readonly users: string;
}

/** undefined: it can be done. */
export function whyNot(
  verb: CertificateVerb,
  { row, selectedId, isAdministrator, users }: VerbFacts,
): string | undefined {
  if (!isAdministrator) return 'This needs the role administrator.';
  if (verb === 'create' || verb === 'create-request' || verb === 'import') return undefined;
  if (row === undefined) return 'Select a certificate first.';
  const isRequest = row.state === 'requested';
  switch (verb) {
    case 'install-answer':
      return isRequest || row.isRenewalRequested ? undefined : 'No request of it waits for an answer.';
    case 'export':
      return isRequest ? 'There is no certificate yet: its request waits for an answer.' : undefined;
    case 'renew':
      if (isRequest) return 'There is no certificate yet: its request waits for an answer.';
      return row.isRenewalRequested ? 'A renewal was requested already. Install its answer.' : undefined;
    case 'remove':
      if (users !== '') return `It is used by ${users}. Choose another certificate there first.`;
      return row.id === selectedId ? 'It is chosen in this sheet. Choose another one first.' : undefined;
    case 'rename':
      return undefined;
  }
}
