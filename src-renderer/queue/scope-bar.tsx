/** What the verbs act on, to be seen and chosen, and what was done last. */
import { makeStyles, Radio, RadioGroup, tokens } from '@fluentui/react-components';
import { type ReactElement, useId } from 'react';
import { isFiltered } from './queue-filter';
import { countOf, type Scope, type ScopeKind } from './queue-scope';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    alignItems: 'center',
    flexShrink: 0,
    gap: tokens.spacingHorizontalS,
    minHeight: '32px',
    padding: `0 ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    color: tokens.colorNeutralForeground2,
    fontVariantNumeric: 'tabular-nums',
  },
  radios: {
    flexShrink: 0,
    '& label': { paddingBlock: '4px' },
    '& .fui-Radio__indicator': { marginBlock: '4px' },
  },
  said: {
    marginLeft: 'auto',
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    color: tokens.colorNeutralForeground1,
  },
});

export interface ScopeBarProps {
  readonly scope: Scope;
  readonly onKind: (kind: ScopeKind) => void;
  readonly said: string | undefined;
}

export function ScopeBar({ scope, onKind, said }: ScopeBarProps): ReactElement {
  const styles = useStyles();
  const id = useId();
  const matching = countOf({ ...scope, kind: 'matching' }).toLocaleString();
  const selected = scope.selected.size;
  return (
    <div className={styles.root}>
      <span id={id}>Verbs act on</span>
      <RadioGroup
        layout="horizontal"
        className={styles.radios}
        aria-labelledby={id}
        value={scope.kind}
        onChange={(_, data) => onKind(data.value === 'matching' ? 'matching' : 'selected')}
      >
        <Radio value="selected" label={selectedWords(selected)} />
        <Radio
          value="matching"
          label={isFiltered(scope.filter) ? `all ${matching} that match the filter` : `all ${matching}`}
        />
      </RadioGroup>
      {said !== undefined && (
        <span className={styles.said} title={said}>
          {said}
        </span>
      )}
    </div>
  );
}

function selectedWords(count: number): string {
  if (count === 0) return 'what is selected';
  return count === 1 ? 'the selected message' : `the ${count.toLocaleString()} selected`;
}
