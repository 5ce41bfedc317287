/** The way of a message from top to bottom; a step with a dialogue opens it. */
import { Button, Link, makeStyles, tokens } from '@fluentui/react-components';
import { ChevronDown16Regular, ChevronRight16Regular } from '@fluentui/react-icons';
import { type ReactElement, useId, useState } from 'react';
import type { TraceStep } from '../../src-main/api/contract';
import { DialogueView } from '../ui/dialogue-view';
import { formatFullTime, formatTime } from '../ui/format';
import { MoodIcon } from './mood-icon';
import { describeTls, moodOfStep, stepTitles } from './trace-words';

const useStyles = makeStyles({
  list: {
    listStyleType: 'none',
    display: 'grid',
    gridTemplateColumns: 'max-content 16px minmax(0, 1fr)',
    columnGap: tokens.spacingHorizontalM,
    margin: 0,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
  },
  step: {
    display: 'grid',
    gridColumn: '1 / -1',
    gridTemplateColumns: 'subgrid',
  },
  time: {
    color: tokens.colorNeutralForeground3,
    fontVariantNumeric: 'tabular-nums',
    textAlign: 'right',
    whiteSpace: 'nowrap',
  },
  rail: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    paddingTop: '2px',
    '&::after': {
      content: '""',
      flexGrow: 1,
      width: '1px',
      marginTop: '2px',
      backgroundColor: tokens.colorNeutralStroke1,
    },
  },
  last: { '&::after': { display: 'none' } },
  body: { paddingBottom: tokens.spacingVerticalM, minWidth: 0, overflowWrap: 'anywhere' },
  facts: { color: tokens.colorNeutralForeground2 },
  reply: {
    margin: `${tokens.spacingVerticalXXS} 0`,
    paddingLeft: tokens.spacingHorizontalS,
    borderLeft: `2px solid ${tokens.colorNeutralStroke1}`,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    whiteSpace: 'pre-wrap',
  },
  opener: { minWidth: 'auto', paddingInline: tokens.spacingHorizontalXS, marginInlineStart: '-4px' },
});

export interface TimelineProps {
  readonly steps: readonly TraceStep[];
  /** The message has more than one recipient, and not one of them is chosen. */
  readonly namesRecipients: boolean;
  readonly onShow: (queueId: string) => void;
}

export function Timeline({ steps, namesRecipients, onShow }: TimelineProps): ReactElement {
  const styles = useStyles();
  return (
    <ol className={styles.list} aria-label="What happened">
      {steps.map((step, at) => (
        <Step
          // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end.
          key={at}
          step={step}
          isLast={at === steps.length - 1}
          namesRecipients={namesRecipients}
          onShow={onShow}
        />
      ))}
    </ol>
  );
}

interface StepProps extends Omit<TimelineProps, 'steps'> {
  readonly step: TraceStep;
  readonly isLast: boolean;
}

function Step({ step, isLast, namesRecipients, onShow }: StepProps): ReactElement {
  const styles = useStyles();
  const [isOpen, setIsOpen] = useState(false);
  const dialogueId = useId();
  const { at, text, recipients, rule, tls, reply, nextAttemptAt, lines, leadsTo } = step;
  const count = lines.length;
  return (
    <li className={styles.step}>
      <time className={styles.time} dateTime={new Date(at).toISOString()} title={formatFullTime(at)}>
        {formatTime(at, Date.now())}
      </time>
      <span className={`${styles.rail} ${isLast ? styles.last : ''}`} title={stepTitles[step.kind]}>
        <MoodIcon mood={moodOfStep(step)} />
      </span>
      <div className={styles.body}>
        <div>{text}</div>
        {namesRecipients && recipients.length > 0 && (
          <div className={styles.facts}>For {recipients.join(', ')}</div>
        )}
        {rule !== undefined && <div className={styles.facts}>Route: {rule}</div>}
        {tls !== undefined && <div className={styles.facts}>{describeTls(tls)}</div>}
        {reply !== undefined && !text.endsWith(reply) && <div className={styles.reply}>{reply}</div>}
        {nextAttemptAt !== undefined && (
          <div className={styles.facts}>Next attempt {formatFullTime(nextAttemptAt)}</div>
        )}
        {leadsTo !== undefined && <Link onClick={() => onShow(leadsTo)}>Show the notification</Link>}
        {count > 0 && (
          <>
            <Button
              size="small"
              appearance="transparent"
              className={styles.opener}
              aria-expanded={isOpen}
              aria-controls={dialogueId}
              icon={isOpen ? <ChevronDown16Regular /> : <ChevronRight16Regular />}
              onClick={() => setIsOpen(!isOpen)}
            >
              Dialogue, {count} {count === 1 ? 'line' : 'lines'}
            </Button>
            <div id={dialogueId}>
              {isOpen && <DialogueView label={`Dialogue: ${text}`} lines={lines} isOver />}
            </div>
          </>
        )}
      </div>
    </li>
  );
}
