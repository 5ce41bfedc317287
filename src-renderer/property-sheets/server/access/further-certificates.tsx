/** Further certificates: which ones are shown to clients that ask for a name (SNI). */
import { Button, Field, makeStyles, Radio, RadioGroup, tokens } from '@fluentui/react-components';
import { type ReactElement, useMemo, useState } from 'react';
import type { CertificateRow } from '../../../../src-main/api/contract';
import { useCertificates } from '../../../client';
import type { Column } from '../../../ui/data-list';
import { FormDialog } from '../../../ui/form-dialog';
import { certificateName } from '../../certificate-words';
import { FaultLine } from '../../field-parts';
import { useSetting, useSheet } from '../../sheet-context';
import { SideList } from '../../side-list';

const useStyles = makeStyles({
  whole: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM, minHeight: '100%' },
  text: { margin: 0, color: tokens.colorNeutralForeground2 },
  names: { display: 'block', color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
});

interface Row {
  readonly key: string;
  readonly name: string;
  /** DNS names and addresses that it is good for. */
  readonly names: string;
}

const columns: readonly Column<Row>[] = [
  { id: 'name', title: 'Name', width: 200, render: (row) => row.name, text: (row) => row.name },
  {
    id: 'names',
    title: 'For',
    width: 260,
    render: (row) => row.names,
    text: (row) => row.names,
    isGrowing: true,
  },
];

const rowOf = (id: string, certificates: readonly CertificateRow[] | undefined): Row => ({
  key: id,
  name: certificateName(id, certificates),
  names: certificates?.find((each) => each.id === id)?.names.join(', ') ?? '',
});

export function FurtherCertificatesPage(): ReactElement {
  const styles = useStyles();
  const { value, set, leave, fault, facts, isReadOnly } = useSetting('furtherCertificates');
  const serverCertificate = String(useSheet().value('certificate') ?? '');
  const certificates = useCertificates().data;
  const [isAdding, setIsAdding] = useState(false);
  const ids = value as readonly string[];
  const rows = useMemo(() => ids.map((id) => rowOf(id, certificates)), [ids, certificates]);
  const taken = new Set([...ids, serverCertificate]);
  const addable = (certificates ?? [])
    .filter((each) => each.state === 'ready' && !taken.has(each.id))
    .map((each) => rowOf(each.id, certificates));
  const noneToAdd =
    certificates !== undefined && addable.length === 0
      ? 'There is no other certificate on this computer. Certificate… on the Access tab makes or imports one.'
      : undefined;
  const change = (next: readonly string[]): void => {
    set(next);
    leave();
  };
  return (
    <div className={styles.whole} data-setting="furtherCertificates">
      <p className={styles.text}>
        A client that asks for a name (SNI) gets the first certificate of this list that is good for it. Every
        other client gets the certificate of the virtual server
        {serverCertificate === ''
          ? ', which has none'
          : `, "${certificateName(serverCertificate, certificates)}"`}
        .
      </p>
      <SideList
        label={facts.title}
        listId="further-certificates"
        columns={columns}
        rows={rows}
        isReadOnly={isReadOnly}
        empty={{
          title: 'One certificate for all names',
          text: 'Add those for other names that clients know this computer by.',
        }}
        reasonAgainstAdd={noneToAdd}
        onAdd={() => setIsAdding(true)}
        onRemove={(gone) => change(ids.filter((id) => !gone.some((row) => row.key === id)))}
      />
      {noneToAdd !== undefined && !isReadOnly && <p className={styles.text}>{noneToAdd}</p>}
      {fault !== undefined && <FaultLine>{fault}</FaultLine>}
      {isAdding && (
        <AddDialog
          rows={addable}
          onClose={() => setIsAdding(false)}
          onAccept={(id) => {
            change([...ids, id]);
            setIsAdding(false);
          }}
        />
      )}
    </div>
  );
}

interface AddDialogProps {
  readonly rows: readonly Row[];
  readonly onAccept: (id: string) => void;
  readonly onClose: () => void;
}

function AddDialog({ rows, onAccept, onClose }: AddDialogProps): ReactElement {
  const styles = useStyles();
  const [id, setId] = useState(rows[0]?.key ?? '');
  return (
    <FormDialog
      title="Add certificate"
      size="small"
      isDirty={false}
      onSubmit={() => onAccept(id)}
      onClose={onClose}
      buttons={[
        <Button key="ok" type="submit" appearance="primary">
          OK
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <Field label="Certificate">
        <RadioGroup value={id} onChange={(_, data) => setId(data.value)}>
          {rows.map(({ key, name, names }) => (
            <Radio
              key={key}
              value={key}
              label={
                <>
                  {name}
                  <span className={styles.names}>{names}</span>
                </>
              }
            />
          ))}
        </RadioGroup>
      </Field>
    </FormDialog>
  );
}
