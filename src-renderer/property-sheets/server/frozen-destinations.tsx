/** Destinations whose mail stays in Queue: a list; adding proposes those that mail waits for now. */
import { Button, Field, makeStyles, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useMemo, useState } from 'react';
import { keys, useClient } from '../../client';
import { ChoiceInput } from '../../ui/choice-input';
import type { Column } from '../../ui/data-list';
import { FormDialog } from '../../ui/form-dialog';
import { FaultLine, fieldOf } from '../field-parts';
import { useSetting } from '../sheet-context';
import { SideList } from '../side-list';
import { findDestinationFault, isSameDestination } from './housekeeping-words';

const useStyles = makeStyles({
  whole: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
});

interface Row {
  /** The destination. */
  readonly key: string;
}

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    title: 'Frozen destination',
    width: 240,
    render: (row) => row.key,
    text: (row) => row.key,
    isGrowing: true,
  },
];

export function FrozenDestinations({ serverId }: { readonly serverId: number }): ReactElement {
  const styles = useStyles();
  const { value, set, leave, faults, facts, isReadOnly } = useSetting('frozenDestinations');
  const [isAdding, setIsAdding] = useState(false);
  const selection = useState<ReadonlySet<string>>(new Set());
  const names = value as readonly string[];
  const rows = useMemo(() => names.map((key) => ({ key })), [names]);
  const change = (next: readonly string[]): void => {
    set(next);
    leave();
  };
  const [fault] = faults;
  return (
    <div className={styles.whole} data-setting="frozenDestinations">
      <SideList
        label={facts.title}
        listId="frozen-destinations"
        columns={columns}
        rows={rows}
        isReadOnly={isReadOnly}
        selection={selection}
        empty={{
          title: 'No destination is frozen',
          text: 'Mail for a frozen destination stays in Queue: it is not tried, and does not expire.',
        }}
        onAdd={() => setIsAdding(true)}
        onRemove={(gone) => change(names.filter((name) => !gone.some((row) => row.key === name)))}
      />
      {fault !== undefined && <FaultLine>{fault.reason}</FaultLine>}
      {isAdding && (
        <AddDialog
          serverId={serverId}
          listed={names}
          onClose={() => setIsAdding(false)}
          onAccept={(name) => {
            change([...names, name]);
            // So that the keys work on.
            selection[1](new Set([name]));
            setIsAdding(false);
          }}
        />
      )}
    </div>
  );
}

/** Destinations that mail waits for and that are not listed yet; none while they are not known. */
function useWaitingDestinations(serverId: number, listed: readonly string[]): readonly string[] {
  const client = useClient();
  const { data } = useQuery({
    queryKey: [...keys.queue(serverId), 'destinations'],
    queryFn: () => client.queue.totals({ serverId }),
  });
  const names = data?.destinations.map(({ destination }) => destination) ?? [];
  return names.filter((name) => !listed.some((each) => isSameDestination(each, name)));
}

function AddDialog({
  serverId,
  listed,
  onAccept,
  onClose,
}: {
  readonly serverId: number;
  readonly listed: readonly string[];
  readonly onAccept: (name: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [name, setName] = useState('');
  const [isLeft, setIsLeft] = useState(false);
  const choices = useWaitingDestinations(serverId, listed);
  const reason = findDestinationFault(name, listed);
  return (
    <FormDialog
      title="Freeze destination"
      size="small"
      isDirty={name !== ''}
      onSubmit={() => {
        setIsLeft(true);
        if (reason === undefined) onAccept(name.trim());
      }}
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
      <Field
        label="Destination"
        {...fieldOf(
          isLeft ? reason : undefined,
          'As the queue names it: a domain, or host and port of a smart host.',
        )}
      >
        <ChoiceInput value={name} choices={choices} placeholder="example.com" onValue={setName} />
      </Field>
    </FormDialog>
  );
}
