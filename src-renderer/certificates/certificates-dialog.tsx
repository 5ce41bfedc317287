/** The certificates of this computer: looked at, and one chosen for a virtual server. */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { useCertificates, useServers } from '../client';
import { useNow } from '../ui/clock';
import { DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { FormDialog } from '../ui/form-dialog';
import { useCertificateColumns } from './certificate-columns';

export interface CertificatesDialogProps {
  /** The certificate of the virtual server's draft; '' is none. */
  readonly selectedId: string;
  readonly serverName: string;
  /** What a new certificate is proposed for: the fully qualified domain name and the like. */
  readonly suggestedNames: readonly string[];
  /** Chooses it for the virtual server's draft; '' is none. The dialog is closed by `onClose` after it. */
  readonly onSelect: (id: string) => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  list: { height: '240px', border: `1px solid ${tokens.colorNeutralStroke2}` },
});

export function CertificatesDialog(props: CertificatesDialogProps): ReactElement {
  const { selectedId, serverName, onSelect, onClose } = props;
  const styles = useStyles();
  const { data: rows = [], isPending } = useCertificates();
  const servers = useServers().data ?? [];
  const columns = useCertificateColumns(servers, useNow(60_000));
  const [chosenId, setChosenId] = useState(selectedId);
  const chosen = rows.find((row) => row.id === chosenId);
  const use = (id: string): void => {
    onSelect(id);
    onClose();
  };
  return (
    <FormDialog
      title={`Certificate: ${serverName}`}
      size="large"
      isDirty={false}
      onSubmit={() => chosen?.state === 'ready' && use(chosen.id)}
      onClose={onClose}
      buttons={[
        <Button key="use" type="submit" appearance="primary" disabledFocusable={chosen?.state !== 'ready'}>
          Use this certificate
        </Button>,
        <Button key="none" disabledFocusable={selectedId === ''} onClick={() => use('')}>
          Use none
        </Button>,
        <Button key="close" onClick={onClose}>
          Close
        </Button>,
      ]}
    >
      <div className={styles.list}>
        <DataList
          label="Certificates"
          listId="certificates"
          columns={columns}
          total={rows.length}
          rowAt={(index) => rows[index]}
          rowKey={(row) => row.id}
          selectedKeys={new Set(chosen === undefined ? [] : [chosen.id])}
          onSelect={(keys) => setChosenId([...keys].find((key) => key !== chosenId) ?? [...keys][0] ?? '')}
          onOpen={(row) => row.state === 'ready' && use(row.id)}
          empty={
            isPending ? null : (
              <EmptyState
                title="No certificates yet"
                text="A certificate lets clients encrypt their connection, and tells them whom they talk to."
              />
            )
          }
        />
      </div>
    </FormDialog>
  );
}
