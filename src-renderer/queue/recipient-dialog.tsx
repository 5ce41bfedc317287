/** Puts another address in a recipient's place, in the chosen messages or in all that wait with it. */
import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Radio,
  RadioGroup,
  tokens,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { QueueFilter } from '../../src-main/api/contract';
import { keys, useAction, useClient } from '../client';
import { ChoiceInput } from '../ui/choice-input';
import { FormDialog } from '../ui/form-dialog';
import { formatCount } from '../ui/format';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
});

export interface RecipientDialogProps {
  readonly serverId: number;
  /** "the 3 selected messages" */
  readonly what: string;
  /** Addresses that the chosen messages are known to have. */
  readonly addresses: readonly string[];
  /** Rejects where the engine refuses. */
  readonly onChange: (change: {
    readonly from: string;
    readonly to: string;
    readonly isEverywhere: boolean;
  }) => Promise<void>;
  readonly onClose: () => void;
}

/** A mailbox as a person types it; the engine judges the rest. Pure. */
const looksLikeAddress = (text: string): boolean => /^[^\s@<>]+@[^\s@<>]+$/.test(text.trim());

export function RecipientDialog(props: RecipientDialogProps): ReactElement {
  const { serverId, what, addresses, onChange, onClose } = props;
  const styles = useStyles();
  const action = useAction();
  const [from, setFrom] = useState(addresses[0] ?? '');
  const [to, setTo] = useState('');
  const [isEverywhere, setIsEverywhere] = useState(false);
  const [wasSent, setWasSent] = useState(false);
  const count = useCountWith(serverId, { recipient: from.trim() });
  const faultOf = (text: string): string | null =>
    wasSent && !looksLikeAddress(text) ? 'Enter an address such as ann@corp.test.' : null;
  const submit = async (): Promise<void> => {
    setWasSent(true);
    if (!looksLikeAddress(from) || !looksLikeAddress(to)) return;
    const change = { from: from.trim(), to: to.trim(), isEverywhere };
    if ((await action.run(() => onChange(change))) === undefined) onClose();
  };
  return (
    <FormDialog
      title="Change Recipient"
      size="small"
      isDirty={to !== ''}
      onSubmit={() => void submit()}
      onClose={onClose}
      buttons={[
        <Button key="ok" type="submit" appearance="primary" disabledFocusable={action.isBusy}>
          Change Recipient
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <div className={styles.root}>
        <Field
          label="This address"
          required
          validationMessage={faultOf(from)}
          hint={
            count === undefined
              ? null
              : `${formatCount(count, 'waiting message')} ${count === 1 ? 'has' : 'have'} it.`
          }
        >
          <ChoiceInput value={from} choices={addresses} onValue={setFrom} />
        </Field>
        <Field label="Becomes" required validationMessage={faultOf(to)}>
          <Input
            data-first-focus
            value={to}
            maxLength={320}
            onChange={(_, data) => {
              setTo(data.value);
              action.forget();
            }}
          />
        </Field>
        <Field label="In">
          <RadioGroup
            value={isEverywhere ? 'all' : 'chosen'}
            onChange={(_, data) => setIsEverywhere(data.value === 'all')}
          >
            <Radio value="chosen" label={`Only in ${what}`} />
            <Radio
              value="all"
              label={`In all waiting messages that have it${count === undefined ? '' : ` (${count.toLocaleString()})`}`}
            />
          </RadioGroup>
        </Field>
        <div>The new recipient is tried at once. The text of the messages stays as it is.</div>
        {action.fault !== undefined && (
          <MessageBar intent="error">
            <MessageBarBody>{action.fault.text}</MessageBarBody>
          </MessageBar>
        )}
      </div>
    </FormDialog>
  );
}

/** How many rows of the queue a filter finds; undefined while that is not known. */
function useCountWith(serverId: number, filter: QueueFilter): number | undefined {
  const client = useClient();
  const text = filter.recipient ?? '';
  return useQuery({
    queryKey: [...keys.queue(serverId), 'count', filter],
    queryFn: ({ signal }) => client.queue.groups({ serverId, offset: 0, limit: 1, filter }, { signal }),
    enabled: looksLikeAddress(text),
  }).data?.total;
}
