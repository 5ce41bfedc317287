/** The dialog of the verb that was chosen. */
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { CertificateRow } from '../../src-main/api/contract';
import { keys, readFault, useClient } from '../client';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { AnswerDialog } from './answer-dialog';
import type { CertificateVerb } from './certificate-verbs';
import { CreateDialog } from './create-dialog';
import { ExportDialog } from './export-dialog';
import { ImportDialog } from './import-dialog';
import { RenameDialog, RenewDialog } from './renew-dialog';
import { RequestDialog } from './request-dialog';

export interface CertificateActionsProps {
  readonly verb: CertificateVerb;
  /** The selected certificate, for verbs about one. */
  readonly row: CertificateRow | undefined;
  readonly suggestedNames: readonly string[];
  /** What the verb made or changed; it is selected then. */
  readonly onDone: (row: CertificateRow) => void;
  /** As `onDone`; the dialog stays open. */
  readonly onMade: (row: CertificateRow) => void;
  readonly onFault: (text: string) => void;
  readonly onClose: () => void;
}

export function CertificateActions(props: CertificateActionsProps): ReactElement | null {
  const { verb, suggestedNames, onDone, onMade, onClose } = props;
  // What the dialog was opened for: a list that changes meanwhile does not change the subject.
  const [row] = useState(props.row);
  switch (verb) {
    case 'create':
      return <CreateDialog suggestedNames={suggestedNames} onCreated={onDone} onClose={onClose} />;
    case 'create-request':
      return <RequestDialog suggestedNames={suggestedNames} onMade={onMade} onClose={onClose} />;
    case 'import':
      return <ImportDialog onImported={onDone} onClose={onClose} />;
  }
  if (row === undefined) return null;
  switch (verb) {
    case 'install-answer':
      return <AnswerDialog row={row} onDone={onDone} onClose={onClose} />;
    case 'export':
      return <ExportDialog row={row} onClose={onClose} />;
    case 'renew':
      return <RenewDialog row={row} onDone={onDone} onClose={onClose} />;
    case 'rename':
      return <RenameDialog row={row} onDone={onDone} onClose={onClose} />;
    case 'remove':
      return <RemoveDialog {...props} row={row} />;
  }
}

function RemoveDialog(props: CertificateActionsProps & { readonly row: CertificateRow }): ReactElement {
  const { row, onFault, onClose } = props;
  const client = useClient();
  const queryClient = useQueryClient();
  const remove = async (): Promise<void> => {
    onClose();
    try {
      await client.certificates.remove({ id: row.id });
    } catch (error) {
      onFault(readFault(error).text);
    }
    void queryClient.invalidateQueries({ queryKey: keys.certificates });
  };
  return (
    <ConfirmDialog
      title={`Remove ${row.name}?`}
      text={
        row.state === 'requested'
          ? 'The private key of the request is removed with it; an answer that comes later is of no use then.'
          : 'The private key is removed with it. Without an exported copy it cannot be brought back.'
      }
      confirmLabel="Remove"
      onConfirm={() => void remove()}
      onCancel={onClose}
    />
  );
}
