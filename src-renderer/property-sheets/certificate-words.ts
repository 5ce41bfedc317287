/** Certificates to choose from, by the names that the list of certificates gives them. Pure. */
import type { CertificateRow } from '../../src-main/api/contract';

export interface CertificateChoice {
  readonly value: string;
  readonly label: string;
}

const gone = 'Not on this computer any more';

/** '' for none; the number where the list is not here yet. */
export function certificateName(id: string, rows: readonly CertificateRow[] | undefined): string {
  if (id === '') return '';
  if (rows === undefined) return id;
  return rows.find((row) => row.id === id)?.name ?? gone;
}

/** Certificates that can be used, and the chosen one whatever has become of it. Equal names are told apart. */
export function certificateChoices(
  rows: readonly CertificateRow[] | undefined,
  chosenId: string,
): CertificateChoice[] {
  const usable = (rows ?? []).filter((row) => row.state === 'ready' || row.id === chosenId);
  const isShared = (name: string): boolean => usable.filter((row) => row.name === name).length > 1;
  const choices = usable.map((row) => ({
    value: row.id,
    label: isShared(row.name) ? `${row.name} (${row.names[0] ?? row.id})` : row.name,
  }));
  const isListed = chosenId === '' || usable.some((row) => row.id === chosenId);
  return isListed ? choices : [...choices, { value: chosenId, label: certificateName(chosenId, rows) }];
}
