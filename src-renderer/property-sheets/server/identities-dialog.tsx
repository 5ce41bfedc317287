/** Advanced: all identities of a virtual server. Changes go into the sheet's draft with OK. */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { type ReactElement, useMemo, useState } from 'react';
import { type Binding, binding, type CertificateRow } from '../../../src-main/api/contract';
import { useCertificates } from '../../client';
import { type Column, DataList } from '../../ui/data-list';
import { FormDialog } from '../../ui/form-dialog';
import { allUnassigned } from './first-identity';
import {
  addPair,
  describeCertificate,
  describeEncryption,
  encryptionWord,
  removePair,
  replacePair,
} from './identities';
import { PairDialog } from './pair-dialog';

export interface IdentitiesDialogProps {
  readonly bindings: readonly Binding[];
  /** Of the virtual server; '' is none. */
  readonly serverCertificate: string;
  readonly isReadOnly: boolean;
  readonly onAccept: (bindings: readonly Binding[]) => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  body: { display: 'flex', gap: tokens.spacingHorizontalM, height: '220px' },
  list: { flexGrow: 1, minWidth: 0, border: `1px solid ${tokens.colorNeutralStroke2}` },
  verbs: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS, width: '92px' },
});

const addressOf = (pair: Binding): string => (pair.address === '' ? allUnassigned : pair.address);

const columnsFor = (certificates: readonly CertificateRow[] | undefined): readonly Column<Binding>[] => [
  { id: 'address', title: 'IP Address', width: 130, render: addressOf, text: addressOf, isGrowing: true },
  {
    id: 'port',
    title: 'TCP Port',
    width: 76,
    align: 'end',
    render: (pair) => String(pair.port),
    text: (pair) => String(pair.port),
  },
  { id: 'encryption', title: 'Encryption', width: 100, render: encryptionWord, text: describeEncryption },
  {
    id: 'certificate',
    title: 'Certificate',
    width: 156,
    render: (pair) => describeCertificate(pair, certificates),
    text: (pair) => describeCertificate(pair, certificates),
  },
];

const keyOf = (pair: Binding): string => `${pair.address}|${pair.port}`;
const newPair: Binding = binding.parse({});

export function IdentitiesDialog({
  bindings,
  serverCertificate,
  isReadOnly,
  onAccept,
  onClose,
}: IdentitiesDialogProps): ReactElement {
  const styles = useStyles();
  const certificates = useCertificates().data;
  const columns = useMemo(() => columnsFor(certificates), [certificates]);
  const [pairs, setPairs] = useState(bindings);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  /** 'new', or the place of the pair that is being edited. */
  const [editing, setEditing] = useState<number | 'new'>();
  const at = pairs.findIndex((pair) => selected.has(keyOf(pair)));
  const remove = (): void => {
    if (!isReadOnly && at >= 0 && pairs.length > 1) setPairs(removePair(pairs, at));
  };
  return (
    <FormDialog
      title="Identities"
      size="wide"
      isDirty={pairs !== bindings}
      onSubmit={() => onAccept(pairs)}
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
      <div className={styles.body}>
        <div className={styles.list}>
          <DataList
            label="Identities"
            listId="identities"
            columns={columns}
            total={pairs.length}
            rowAt={(index) => pairs[index]}
            rowKey={keyOf}
            selectedKeys={selected}
            onSelect={(keys) => setSelected(new Set([...keys].slice(-1)))}
            onOpen={(pair) => !isReadOnly && setEditing(pairs.indexOf(pair))}
            onDelete={remove}
            empty={null}
          />
        </div>
        <div className={styles.verbs}>
          <Button disabled={isReadOnly} onClick={() => setEditing('new')}>
            Add…
          </Button>
          <Button disabled={isReadOnly || at < 0} onClick={() => setEditing(at)}>
            Edit…
          </Button>
          <Button
            disabledFocusable={isReadOnly || at < 0 || pairs.length === 1}
            title={pairs.length === 1 ? 'At least one identity must remain.' : ''}
            onClick={remove}
          >
            Remove
          </Button>
        </div>
      </div>
      {editing !== undefined && (
        <PairDialog
          title={editing === 'new' ? 'Add identity' : 'Edit identity'}
          pair={editing === 'new' ? newPair : (pairs[editing] ?? newPair)}
          serverCertificate={serverCertificate}
          others={editing === 'new' ? pairs : removePair(pairs, editing)}
          onClose={() => setEditing(undefined)}
          onAccept={(pair) => {
            setPairs(editing === 'new' ? addPair(pairs, pair) : replacePair(pairs, editing, pair));
            setSelected(new Set([keyOf(pair)]));
            setEditing(undefined);
          }}
        />
      )}
    </FormDialog>
  );
}
