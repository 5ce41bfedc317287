/** Explain: what would happen to a message, each decision with the rule behind it and the way to its control. */
import {
  Button,
  Checkbox,
  Field,
  Input,
  Link,
  MessageBar,
  MessageBarBody,
  makeStyles,
  mergeClasses,
  Spinner,
  tokens,
} from '@fluentui/react-components';
import { CheckmarkCircleRegular, DismissCircleFilled, InfoRegular } from '@fluentui/react-icons';
import { type ReactElement, useEffect, useState } from 'react';
import type { Explanation, ExplanationStep } from '../../src-main/api/contract';
import { type Fault, readFault, useClient } from '../client';
import { FormDialog } from '../ui/form-dialog';

export interface ExplainQuestion {
  readonly from: string;
  readonly to: string;
  readonly clientAddress: string;
  readonly user: string;
  readonly isEncrypted: boolean;
}

export interface ExplainDialogProps {
  readonly serverId: number;
  readonly serverName: string;
  readonly initial: ExplainQuestion;
  /** The answer is there without a click, and has the focus. */
  readonly asksAtOnce?: boolean;
  /** The last question, kept for the next time the dialog is opened. */
  readonly onAsked: (question: ExplainQuestion) => void;
  /** Opens the control that holds a rule. */
  readonly onOpenControl: (control: NonNullable<ExplanationStep['control']>) => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  fields: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)',
    gap: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    alignItems: 'start',
  },
  checkbox: { marginInlineStart: '-8px' },
  outcome: {
    marginBlock: `${tokens.spacingVerticalL} ${tokens.spacingVerticalS}`,
    fontSize: tokens.fontSizeBase400,
    fontWeight: tokens.fontWeightSemibold,
  },
  steps: { margin: 0, padding: 0, listStyleType: 'none' },
  step: {
    display: 'grid',
    gridTemplateColumns: '24px minmax(0, 1fr)',
    columnGap: tokens.spacingHorizontalS,
    paddingBlock: tokens.spacingVerticalS,
    borderTop: `1px solid ${tokens.colorNeutralStroke3}`,
    overflowWrap: 'anywhere',
  },
  icon: { fontSize: '20px' },
  pass: { color: tokens.colorPaletteGreenForeground1 },
  refuse: { color: tokens.colorPaletteRedForeground1 },
  info: { color: tokens.colorNeutralForeground3 },
  text: { margin: 0 },
  rule: { margin: 0, color: tokens.colorNeutralForeground2 },
  reply: { margin: 0, fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
  answer: { outlineStyle: 'none', ':focus-visible': { boxShadow: `0 0 0 2px ${tokens.colorStrokeFocus2}` } },
  bar: { marginBlockStart: tokens.spacingVerticalM },
});

const icons = { pass: CheckmarkCircleRegular, refuse: DismissCircleFilled, info: InfoRegular };
const verdictWords = { pass: 'Passes', refuse: 'Refused', info: 'Note' };

export function ExplainDialog(props: ExplainDialogProps): ReactElement {
  const { serverId, serverName, initial, asksAtOnce = false, onAsked, onOpenControl, onClose } = props;
  const styles = useStyles();
  const client = useClient();
  const [form, setForm] = useState(initial);
  const [answer, setAnswer] = useState<Explanation>();
  const [fault, setFault] = useState<Fault>();
  const [isBusy, setIsBusy] = useState(false);
  const change = (part: Partial<ExplainQuestion>): void => {
    setForm((before) => ({ ...before, ...part }));
    setAnswer(undefined);
    setFault(undefined);
  };
  const ask = async (): Promise<void> => {
    if (isBusy) return;
    setIsBusy(true);
    setFault(undefined);
    onAsked(form);
    try {
      const { user, from, to, clientAddress, isEncrypted } = form;
      setAnswer(
        await client.diagnostics.explain({
          serverId,
          from: from.trim(),
          to: to.trim(),
          clientAddress: clientAddress.trim(),
          isEncrypted,
          ...(user.trim() === '' ? {} : { user: user.trim() }),
        }),
      );
    } catch (error) {
      setFault(readFault(error));
    } finally {
      setIsBusy(false);
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens.
  useEffect(() => {
    if (asksAtOnce) void ask();
  }, []);
  const told = (field: string) =>
    fault?.field === field ? { validationState: 'error' as const, validationMessage: fault.text } : {};
  const isLoose = fault !== undefined && !['from', 'to', 'clientAddress', 'user'].includes(fault.field ?? '');
  return (
    <FormDialog
      title={`Explain: ${serverName}`}
      size="large"
      isDirty={false}
      onSubmit={() => void ask()}
      onClose={onClose}
      note="No message is sent; today's settings answer."
      buttons={[
        <Button key="ask" type="submit" appearance="primary" disabledFocusable={isBusy}>
          Explain
        </Button>,
        <Button key="close" onClick={onClose}>
          Close
        </Button>,
      ]}
    >
      <div className={styles.fields}>
        <Field label="From" hint="Empty: a notification." {...told('from')}>
          <Input value={form.from} onChange={(_, data) => change({ from: data.value })} />
        </Field>
        <Field label="To" required {...told('to')}>
          <Input value={form.to} onChange={(_, data) => change({ to: data.value })} />
        </Field>
        <Field
          label="Sent by computer"
          required
          hint="Its IP address; 127.0.0.1 is this computer."
          {...told('clientAddress')}
        >
          <Input value={form.clientAddress} onChange={(_, data) => change({ clientAddress: data.value })} />
        </Field>
        <Field label="Logged in as" hint="Empty: without logging in." {...told('user')}>
          <Input value={form.user} onChange={(_, data) => change({ user: data.value })} />
        </Field>
        <Checkbox
          className={styles.checkbox}
          label="The connection is encrypted"
          checked={form.isEncrypted}
          onChange={(_, data) => change({ isEncrypted: data.checked === true })}
        />
      </div>
      {isLoose && (
        <MessageBar intent="error" layout="multiline" className={styles.bar}>
          <MessageBarBody>{fault.text}</MessageBarBody>
        </MessageBar>
      )}
      <div
        aria-live="polite"
        aria-busy={isBusy}
        {...(asksAtOnce && {
          className: styles.answer,
          role: 'group',
          'aria-label': 'Answer',
          tabIndex: -1,
          'data-first-focus': true,
        })}
      >
        {isBusy && <Spinner size="tiny" label="Asking" labelPosition="after" className={styles.bar} />}
        {answer !== undefined && (
          <>
            <div className={styles.outcome}>{answer.outcome}</div>
            <ol className={styles.steps} aria-label="Decisions">
              {answer.steps.map((step, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the answer is replaced as a whole.
                <Step key={index} step={step} onOpenControl={onOpenControl} />
              ))}
            </ol>
          </>
        )}
      </div>
    </FormDialog>
  );
}

function Step({
  step,
  onOpenControl,
}: {
  readonly step: ExplanationStep;
  readonly onOpenControl: ExplainDialogProps['onOpenControl'];
}): ReactElement {
  const styles = useStyles();
  const { control, verdict } = step;
  const Icon = icons[verdict];
  return (
    <li className={styles.step}>
      <Icon
        role="img"
        aria-label={verdictWords[verdict]}
        className={mergeClasses(styles.icon, styles[verdict])}
      />
      <div>
        <p className={styles.text}>{step.text}</p>
        {step.reply !== undefined && <p className={styles.reply}>{step.reply}</p>}
        <p className={styles.rule}>
          {step.rule}{' '}
          {control !== undefined && (
            <Link as="button" type="button" onClick={() => onOpenControl(control)}>
              Open the setting
            </Link>
          )}
        </p>
      </div>
    </li>
  );
}
