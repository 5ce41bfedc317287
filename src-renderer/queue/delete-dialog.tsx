/** Asks before waiting mail is deleted, and whether the senders are told. The safe button is the default. */
import { Field, makeStyles, Radio, RadioGroup, tokens } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { ConfirmDialog } from '../ui/confirm-dialog';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  radios: { marginInlineStart: '-8px' },
});

export interface DeleteDialogProps {
  /** "3 messages" */
  readonly what: string;
  readonly onDelete: (isReturned: boolean) => void;
  readonly onCancel: () => void;
}

export function DeleteDialog({ what, onDelete, onCancel }: DeleteDialogProps): ReactElement {
  const styles = useStyles();
  const [isReturned, setIsReturned] = useState(false);
  return (
    <ConfirmDialog
      title={`Delete ${what} from the queue?`}
      text={
        <div className={styles.root}>
          <div>It cannot be undone. Recipients who have their mail already keep it.</div>
          <Field label="Who is told">
            <RadioGroup
              className={styles.radios}
              value={isReturned ? 'senders' : 'nobody'}
              onChange={(_, data) => setIsReturned(data.value === 'senders')}
            >
              <Radio value="nobody" label="Nobody: neither senders nor recipients are told" />
              <Radio value="senders" label="The senders: each gets a non-delivery report" />
            </RadioGroup>
          </Field>
        </div>
      }
      confirmLabel="Delete"
      onConfirm={() => onDelete(isReturned)}
      onCancel={onCancel}
    />
  );
}
