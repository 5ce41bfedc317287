/** Send Test Message: what is to be sent, then the live dialogue and where it ended up. */
import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Radio,
  RadioGroup,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { FormDialog } from '../ui/form-dialog';
import { parseAddresses } from './addresses';
import type { ExplainQuestion } from './explain-dialog';
import { type Extras, MessageExtras, noExtras, parseHeaders } from './message-extras';
import { readConnection } from './run-state';
import { TestRunView } from './test-run-view';
import { useTestRun } from './use-test-run';

/** What a form begins with. */
export interface MessageDraft {
  readonly to: string;
  readonly from?: string;
  readonly subject: string;
  readonly text: string;
  /** "Name: value", one in a line. */
  readonly headers?: string;
}

export interface TestMessageDialogProps {
  readonly serverId: number;
  readonly serverName: string;
  /** Basic authentication is on: a log-in can be tried. */
  readonly takesLogIn: boolean;
  /** What the form begins with. */
  readonly suggestedTo: string;
  readonly suggestedFrom: string;
  /** A message that was begun already: an answer to another one. */
  readonly draft?: MessageDraft | undefined;
  readonly onShow: (folder: 'queue' | 'drop' | 'badmail') => void;
  /** Opens Explain for the message as it was sent. */
  readonly onExplain: (question: ExplainQuestion) => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  pair: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)',
    columnGap: tokens.spacingHorizontalL,
    alignItems: 'start',
  },
});

const fields = ['to', 'from', 'subject', 'text', 'cc', 'bcc', 'html', 'headers', 'attachments'];

/** As the engine takes them; undefined: a header field is none. */
function readExtras({ cc, bcc, html, headers, attachments }: Extras) {
  const parsed = parseHeaders(headers);
  if ('fault' in parsed) return undefined;
  return {
    cc: parseAddresses(cc),
    bcc: parseAddresses(bcc),
    ...(html.trim() === '' ? {} : { html }),
    headers: parsed.headers,
    attachments: attachments.map(({ name, type, contentBase64 }) => ({ name, type, contentBase64 })),
  };
}

export function TestMessageDialog(props: TestMessageDialogProps): ReactElement {
  const { serverId, serverName, takesLogIn, suggestedTo, suggestedFrom, onClose } = props;
  const styles = useStyles();
  const run = useTestRun();
  const [initial] = useState({
    to: suggestedTo,
    from: suggestedFrom,
    subject: 'Test message',
    text: 'This is a test message.',
    ...noExtras,
    via: 'smtp' as 'smtp' | 'direct',
    user: '',
    password: '',
    ...props.draft,
  });
  const [form, setForm] = useState(initial);
  const change = (part: Partial<typeof form>): void => setForm((before) => ({ ...before, ...part }));
  const to = parseAddresses(form.to);
  const send = (): void => {
    const extras = readExtras(form);
    if (to.length === 0 || extras === undefined) return;
    const { subject, text, via, user, password } = form;
    const logIn = via === 'smtp' && user !== '' ? { user, password } : {};
    run.start({ serverId, from: form.from.trim(), to, subject, text, via, ...extras, ...logIn });
  };
  const told = (field: string) =>
    run.fault?.field?.split('.')[0] === field
      ? { validationState: 'error' as const, validationMessage: run.fault.text }
      : {};
  const isLoose = run.fault !== undefined && !fields.includes(run.fault.field?.split('.')[0] ?? '');

  const { state } = run;
  if (state !== undefined) {
    return (
      <TestRunView
        {...props}
        title={`Test message: ${serverName}`}
        state={state}
        onAgain={run.clear}
        onExplain={() =>
          props.onExplain({
            from: form.from.trim(),
            to: to[0] ?? '',
            user: form.via === 'smtp' ? form.user : '',
            ...readConnection(state),
          })
        }
      />
    );
  }
  return (
    <FormDialog
      title={`Test message: ${serverName}`}
      size="wide"
      isDirty={JSON.stringify(form) !== JSON.stringify(initial)}
      onSubmit={send}
      onClose={onClose}
      pageKey="form"
      buttons={[
        <Button key="send" type="submit" appearance="primary" disabledFocusable={to.length === 0}>
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
            <MessageBarBody>{run.fault?.text}</MessageBarBody>
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
        <Field label="Text" {...told('text')}>
          <Textarea
            rows={props.draft === undefined ? 2 : 8}
            resize="vertical"
            value={form.text}
            onChange={(_, data) => change({ text: data.value })}
          />
        </Field>
        <MessageExtras extras={form} onChange={change} told={told} />
        <Field label="Way in">
          <RadioGroup
            value={form.via}
            onChange={(_, data) => change({ via: data.value === 'direct' ? 'direct' : 'smtp' })}
          >
            <Radio value="smtp" label="By SMTP, as a program on this computer would send it" />
            <Radio value="direct" label="Straight into Queue, past the access and relay rules" />
          </RadioGroup>
        </Field>
        {takesLogIn && form.via === 'smtp' && (
          <div className={styles.pair}>
            <Field label="Log in as" hint="Empty: without logging in.">
              <Input
                autoComplete="off"
                value={form.user}
                onChange={(_, data) => change({ user: data.value })}
              />
            </Field>
            <Field label="Password">
              <Input
                type="password"
                autoComplete="off"
                value={form.password}
                onChange={(_, data) => change({ password: data.value })}
              />
            </Field>
          </div>
        )}
      </div>
    </FormDialog>
  );
}
