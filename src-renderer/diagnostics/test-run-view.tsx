/** What happens to a test message, while it happens. */
import { Button, makeStyles, mergeClasses, Spinner, tokens } from '@fluentui/react-components';
import {
  CheckmarkCircleFilled,
  ClockRegular,
  ErrorCircleFilled,
  type FluentIcon,
} from '@fluentui/react-icons';
import { type ReactElement, useState } from 'react';
import { DialogueView } from '../ui/dialogue-view';
import { FormDialog } from '../ui/form-dialog';
import { describeRecipient, describeRun, formatDialogue, type RunMood, type RunState } from './run-state';

export interface TestRunViewProps {
  readonly title: string;
  readonly state: RunState;
  readonly onAgain: () => void;
  readonly onShow: (folder: 'queue' | 'drop' | 'badmail') => void;
  readonly onExplain: () => void;
  readonly onClose: () => void;
}

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  headline: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    fontSize: tokens.fontSizeBase400,
    fontWeight: tokens.fontWeightSemibold,
    minHeight: '24px',
  },
  icon: { fontSize: '20px', flexShrink: 0 },
  good: { color: tokens.colorPaletteGreenForeground1 },
  waiting: { color: tokens.colorPaletteMarigoldForeground1 },
  bad: { color: tokens.colorPaletteRedForeground1 },
  text: { margin: 0, whiteSpace: 'pre-line', overflowWrap: 'anywhere' },
  heading: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold },
  recipients: { margin: 0, padding: 0, listStyleType: 'none' },
  recipient: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 200px) minmax(0, 1fr)',
    columnGap: tokens.spacingHorizontalM,
    paddingBlock: tokens.spacingVerticalXS,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    overflowWrap: 'anywhere',
  },
  actions: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

const icons: Record<Exclude<RunMood, 'busy'>, FluentIcon> = {
  good: CheckmarkCircleFilled,
  waiting: ClockRegular,
  bad: ErrorCircleFilled,
};

export function TestRunView(props: TestRunViewProps): ReactElement {
  const { title, state, onAgain, onShow, onExplain, onClose } = props;
  const styles = useStyles();
  const { mood, headline } = describeRun(state);
  const [isCopied, setIsCopied] = useState(false);
  const Icon = mood === 'busy' ? undefined : icons[mood];
  const has = (...outcomes: readonly string[]): boolean =>
    state.recipients.some((each) => outcomes.includes(each.outcome));
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(formatDialogue(state));
    setIsCopied(true);
  };
  return (
    <FormDialog
      title={title}
      size="large"
      isDirty={false}
      onSubmit={onClose}
      onClose={onClose}
      pageKey="run"
      note={state.queueId === undefined ? undefined : `Message ${state.queueId}`}
      buttons={[
        <Button key="close" type="submit" appearance="primary">
          Close
        </Button>,
        <Button key="again" onClick={onAgain}>
          Send another
        </Button>,
      ]}
    >
      <div className={styles.root}>
        <div className={styles.headline} role="status">
          {Icon === undefined || mood === 'busy' ? (
            <Spinner size="tiny" />
          ) : (
            <Icon aria-hidden className={mergeClasses(styles.icon, styles[mood])} />
          )}
          {headline}
        </div>
        {state.refusal !== undefined && <p className={styles.text}>{state.refusal}</p>}
        {state.recipients.length > 0 && (
          <ul className={styles.recipients} aria-label="Recipients">
            {state.recipients.map((each) => (
              <li key={each.recipient} className={styles.recipient}>
                <span>{each.recipient}</span>
                <span>{describeRecipient(each)}</span>
              </li>
            ))}
          </ul>
        )}
        {state.end !== undefined && (
          <div className={styles.actions}>
            {has('dropped') && <Button onClick={() => onShow('drop')}>Open Drop</Button>}
            {has('deferred') && <Button onClick={() => onShow('queue')}>Open Queue</Button>}
            {has('badmail') && <Button onClick={() => onShow('badmail')}>Open Badmail</Button>}
            <Button onClick={onExplain}>Explain</Button>
            <Button onClick={() => void copy()}>{isCopied ? 'Copied' : 'Copy dialogue'}</Button>
          </div>
        )}
        {state.submission.length > 0 && (
          <>
            <h3 className={styles.heading}>With this virtual server</h3>
            <DialogueView label="Dialogue with this virtual server" lines={state.submission} />
          </>
        )}
        {state.delivery.length > 0 && (
          <>
            <h3 className={styles.heading}>With the next hop</h3>
            <DialogueView label="Dialogue with the next hop" lines={state.delivery} />
          </>
        )}
      </div>
    </FormDialog>
  );
}
