/** The certificates of this computer: made, brought in, looked at, and one chosen for a virtual server. */
import { Button, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { CertificateRegular } from '@fluentui/react-icons';
import { type ReactElement, type RefObject, useEffect, useRef, useState } from 'react';
import type { CertificateRow } from '../../src-main/api/contract';
import { readFault, useCertificates, useClient, useMe, useServers } from '../client';
import { useNow } from '../ui/clock';
import { DataList } from '../ui/data-list';
import { EmptyState } from '../ui/empty-state';
import { FormDialog } from '../ui/form-dialog';
import { CertificateActions } from './certificate-actions';
import { useCertificateColumns } from './certificate-columns';
import { CertificateDetails } from './certificate-details';
import { CertificateToolbar } from './certificate-toolbar';
import { type CertificateVerb, whyNot } from './certificate-verbs';
import { describeUse } from './certificate-words';
import { type RequestText, RequestTextDialog } from './request-text-dialog';

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
  body: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM, height: '100%' },
  list: {
    flexShrink: 0,
    height: '200px',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    overflow: 'hidden',
  },
  emptyList: { flexGrow: 1 },
});

/** Days matter here. */
const clockStepMs = 60_000;

export function CertificatesDialog(props: CertificatesDialogProps): ReactElement {
  const { selectedId, serverName, suggestedNames, onSelect, onClose } = props;
  const styles = useStyles();
  const client = useClient();
  const { data: rows = [], isPending, error } = useCertificates();
  const servers = useServers().data ?? [];
  const isAdministrator = useMe().data?.role === 'administrator';
  const now = useNow(clockStepMs);
  const columns = useCertificateColumns(servers, now);
  const [currentId, setCurrentId] = useState(selectedId);
  const [verb, setVerb] = useState<CertificateVerb>();
  const [request, setRequest] = useState<RequestText>();
  const [fault, setFault] = useState<string>();
  const list = useRef<HTMLDivElement>(null);
  useFocusInList(list, `${verb} ${request?.name} ${rows.length === 0}`);
  const row = rows.find((each) => each.id === currentId);
  const facts = {
    row,
    selectedId,
    isAdministrator,
    users: row === undefined ? '' : describeUse(row, servers),
  };

  const use = (id: string): void => {
    onSelect(id);
    onClose();
  };
  const done = (changed: CertificateRow): void => {
    setCurrentId(changed.id);
    setVerb(undefined);
  };
  const start = (wanted: CertificateVerb): void => {
    setFault(undefined);
    if (whyNot(wanted, facts) === undefined) setVerb(wanted);
  };
  const showRequest = async (of: CertificateRow): Promise<void> => {
    try {
      setRequest({ name: of.name, ...(await client.certificates.request({ id: of.id })) });
    } catch (reason) {
      setFault(readFault(reason).text);
    }
  };
  const told = fault ?? (error === null ? undefined : readFault(error).text);

  return (
    <FormDialog
      title={`Certificate: ${serverName}`}
      size="huge"
      isDirty={false}
      onSubmit={() => row?.state === 'ready' && isAdministrator && use(row.id)}
      onClose={onClose}
      head={<CertificateToolbar {...facts} onVerb={start} />}
      buttons={[
        <Button
          key="use"
          type="submit"
          appearance="primary"
          disabledFocusable={row?.state !== 'ready' || !isAdministrator}
        >
          Use this certificate
        </Button>,
        <Button key="none" disabledFocusable={selectedId === '' || !isAdministrator} onClick={() => use('')}>
          Use none
        </Button>,
        <Button key="close" onClick={onClose}>
          Close
        </Button>,
      ]}
    >
      <div className={styles.body}>
        {told !== undefined && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{told}</MessageBarBody>
          </MessageBar>
        )}
        <div ref={list} className={rows.length === 0 ? styles.emptyList : styles.list}>
          <DataList
            label="Certificates"
            listId="certificates"
            columns={columns}
            total={rows.length}
            rowAt={(index) => rows[index]}
            rowKey={(each) => each.id}
            selectedKeys={new Set(row === undefined ? [] : [row.id])}
            // One at a time: the details and the verbs are about one.
            onSelect={(ids) => setCurrentId([...ids].find((id) => id !== currentId) ?? [...ids][0] ?? '')}
            onOpen={(each) => each.state === 'ready' && isAdministrator && use(each.id)}
            onDelete={() => start('remove')}
            empty={
              isPending ? null : (
                <NoCertificates onCreate={isAdministrator ? () => start('create') : undefined} />
              )
            }
          />
        </div>
        {row !== undefined && (
          <CertificateDetails
            row={row}
            servers={servers}
            now={now}
            onShowRequest={isAdministrator ? () => void showRequest(row) : undefined}
          />
        )}
      </div>
      {verb !== undefined && (
        <CertificateActions
          verb={verb}
          row={row}
          suggestedNames={suggestedNames}
          onDone={done}
          onMade={(made) => setCurrentId(made.id)}
          onFault={setFault}
          onClose={() => setVerb(undefined)}
        />
      )}
      {request !== undefined && <RequestTextDialog request={request} onClose={() => setRequest(undefined)} />}
    </FormDialog>
  );
}

/**
 * What had the focus may be gone when a dialog ends, or when the list is empty no more: then the list has the keys.
 *
 * @param moment is another one when something like that may have happened
 */
function useFocusInList(list: RefObject<HTMLDivElement | null>, moment: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the moment is what this waits for.
  useEffect(() => {
    let frame = requestAnimationFrame(() => {
      // One frame later: a dialog that ends gives the focus back in its own.
      frame = requestAnimationFrame(() => {
        if (document.activeElement === document.body)
          list.current?.querySelector<HTMLElement>('[role="grid"]')?.focus();
      });
    });
    return () => cancelAnimationFrame(frame);
  }, [list, moment]);
}

function NoCertificates({ onCreate }: { readonly onCreate: (() => void) | undefined }): ReactElement {
  return (
    <EmptyState
      icon={<CertificateRegular />}
      title="No certificates yet"
      text="With a certificate clients can encrypt their connection by STARTTLS and know whom they talk to. Make one here, or import one from a certification authority."
      {...(onCreate === undefined ? {} : { action: <Button onClick={onCreate}>Create Self-Signed…</Button> })}
    />
  );
}
