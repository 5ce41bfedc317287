/** The DKIM keys of one virtual server. Changes here are in force at once. */
import { Button } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { FormDialog } from '../ui/form-dialog';

export interface DkimDialogProps {
  readonly serverId: number;
  readonly serverName: string;
  /** What a new key is proposed for: the domains whose mail goes out; may be empty. */
  readonly suggestedDomains: readonly string[];
  readonly onClose: () => void;
}

export function DkimDialog({ serverName, onClose }: DkimDialogProps): ReactElement {
  return (
    <FormDialog
      title={`DKIM: ${serverName}`}
      size="huge"
      isDirty={false}
      onSubmit={onClose}
      onClose={onClose}
      buttons={[
        <Button key="close" type="submit" appearance="primary">
          Close
        </Button>,
      ]}
    >
      <p>Keys that sign outgoing mail.</p>
    </FormDialog>
  );
}
