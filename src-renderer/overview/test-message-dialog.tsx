/** Send Test Message: goes through the same door as all mail, and tells where it went. */
import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { type Fault, readFault, useClient } from '../client';
import { FormDialog } from '../ui/form-dialog';
import { parseAddresses } from './addresses';
import { TestMessageFate } from './test-message-fate';

export interface TestMessageDialogProps {
  readonly serverId: number;
  readonly serverName: string;
  /** What the form begins with. */
  readonly suggestedTo: string;
  readonly suggestedFrom: string;
  readonly onShow: (folder: 'queue' | 'drop') => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
});

export function TestMessageDialog(props: TestMessageDialogProps): ReactElement {
  const { serverId, serverName, suggestedTo, suggestedFrom, onShow, onClose } = props;
  const styles = useStyles();
  const client = useClient();
  const initial = { to: suggestedTo, from: suggestedFrom, subject: 'Test message' };
  const [form, setForm] = useState(initial);
  const [fault, setFault] = useState<Fault>();
  const [isBusy, setIsBusy] = useState(false);
  const [queueId, setQueueId] = useState<string>();
  const change = (part: Partial<typeof form>): void => {
    setForm((before) => ({ ...before, ...part }));
    setFault(undefined);
  };
  const to = parseAddresses(form.to);
  const isRight = to.length > 0 && !isBusy;

  const send = async (): Promise<void> => {
    if (!isRight) return;
    setIsBusy(true);
    setFault(undefined);
    try {
      const answer = await client.test.send({ serverId, to, from: form.from.trim(), subject: form.subject });
      setQueueId(answer.queueId);
    } catch (error) {
      setFault(readFault(error));
    } finally {
      setIsBusy(false);
    }
  };
  const told = (field: string) =>
    fault?.field?.split('.')[0] === field
      ? { validationState: 'error' as const, validationMessage: fault.text }
      : {};
  const isLoose =
    fault !== undefined && !['to', 'from', 'subject'].includes(fault.field?.split('.')[0] ?? '');

  if (queueId !== undefined) {
    return (
      <FormDialog
        title={`Test message: ${serverName}`}
        size="small"
        isDirty={false}
        onSubmit={onClose}
        onClose={onClose}
        pageKey="fate"
        buttons={[
          <Button key="close" type="submit" appearance="primary" autoFocus>
            Close
          </Button>,
          <Button key="again" onClick={() => setQueueId(undefined)}>
            Send another
          </Button>,
        ]}
      >
        <TestMessageFate serverId={serverId} queueId={queueId} onShow={onShow} />
      </FormDialog>
    );
  }
  return (
    <FormDialog
      title={`Test message: ${serverName}`}
      size="small"
      isDirty={
        form !== initial && form.to + form.from + form.subject !== initial.to + initial.from + initial.subject
      }
      onSubmit={() => void send()}
      onClose={onClose}
      buttons={[
        <Button key="send" type="submit" appearance="primary" disabledFocusable={!isRight}>
          Send
        </Button>,
        <Button key="cancel" onClick={onClose}>
          Cancel
        </Button>,
      ]}
    >
      <div className={styles.fields}>
        {isLoose && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{fault.text}</MessageBarBody>
          </MessageBar>
        )}
        <Field label="To" required hint="Several addresses are divided by commas." {...told('to')}>
          <Input value={form.to} onChange={(_, data) => change({ to: data.value })} />
        </Field>
        <Field label="From" hint="Non-delivery reports go there." {...told('from')}>
          <Input value={form.from} onChange={(_, data) => change({ from: data.value })} />
        </Field>
        <Field label="Subject" {...told('subject')}>
          <Input value={form.subject} onChange={(_, data) => change({ subject: data.value })} />
        </Field>
      </div>
    </FormDialog>
  );
}
