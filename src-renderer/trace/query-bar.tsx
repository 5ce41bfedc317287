/** What is asked of the trace: who, what, which, when, and what became of it. */
import { Button, Input, makeStyles, Select, tokens } from '@fluentui/react-components';
import { PersonSearch20Regular } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import {
  type Asked,
  isAsked,
  nothingAsked,
  outcomeNames,
  outcomeTitles,
  type Span,
  spans,
} from './trace-words';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    alignItems: 'center',
    flexWrap: 'wrap',
    gap: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
    flexShrink: 0,
    minHeight: '36px',
    padding: `2px ${tokens.spacingHorizontalM}`,
    boxSizing: 'border-box',
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  person: { width: '230px', minWidth: 0 },
  text: { width: '170px', minWidth: 0 },
  count: { marginLeft: 'auto', color: tokens.colorNeutralForeground2, fontVariantNumeric: 'tabular-nums' },
});

const maxLength = 300;

export interface QueryBarProps {
  readonly asked: Asked;
  readonly onAsk: (asked: Asked) => void;
  readonly count: string;
}

export function QueryBar({ asked, onAsk, count }: QueryBarProps): ReactElement {
  const styles = useStyles();
  return (
    <search className={styles.root} aria-label="Where is my mail">
      <Input
        size="small"
        className={styles.person}
        aria-label="Sender, recipient or client"
        placeholder="Sender, recipient or client"
        contentBefore={<PersonSearch20Regular />}
        value={asked.person}
        maxLength={maxLength}
        onChange={(_, { value }) => onAsk({ ...asked, person: value })}
      />
      <Input
        size="small"
        className={styles.text}
        aria-label="Subject"
        placeholder="Subject"
        value={asked.subject}
        maxLength={maxLength}
        onChange={(_, { value }) => onAsk({ ...asked, subject: value })}
      />
      <Input
        size="small"
        className={styles.text}
        aria-label="Message-ID"
        placeholder="Message-ID"
        value={asked.messageId}
        maxLength={1000}
        onChange={(_, { value }) => onAsk({ ...asked, messageId: value })}
      />
      <Select
        size="small"
        aria-label="Time"
        value={asked.span}
        onChange={(_, { value }) => onAsk({ ...asked, span: value as Span })}
      >
        {Object.entries(spans).map(([name, { title }]) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </Select>
      <Select
        size="small"
        aria-label="Outcome"
        value={asked.outcome}
        onChange={(_, { value }) => onAsk({ ...asked, outcome: value as Asked['outcome'] })}
      >
        <option value="">Any outcome</option>
        {outcomeNames.map((name) => (
          <option key={name} value={name}>
            {outcomeTitles[name]}
          </option>
        ))}
      </Select>
      {isAsked(asked) && (
        <Button size="small" appearance="subtle" onClick={() => onAsk(nothingAsked)}>
          Clear
        </Button>
      )}
      <span className={styles.count} role="status">
        {count}
      </span>
    </search>
  );
}
