/** A group of the Access tab: what holds now in words, the buttons that change it, and what is wrong with it. */
import { MessageBar, MessageBarBody, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { WarningFilled } from '@fluentui/react-icons';
import type { ReactElement, ReactNode } from 'react';
import { FaultLine } from '../../field-parts';
import { Group } from '../../group';
import { useSheet } from '../../sheet-context';
import type { Meaning } from './words';

const useStyles = makeStyles({
  row: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) 168px',
    columnGap: tokens.spacingHorizontalXL,
    alignItems: 'start',
  },
  words: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalXS, minWidth: 0 },
  sentence: { margin: 0, overflowWrap: 'anywhere' },
  buttons: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
});

export interface AccessGroupProps {
  readonly title: string;
  readonly meaning: Meaning;
  /** Settings behind its buttons; what is wrong with them is told here. */
  readonly keys: readonly string[];
  readonly children: ReactNode;
}

export function AccessGroup({ title, meaning, keys, children }: AccessGroupProps): ReactElement {
  const styles = useStyles();
  const { faultsOf } = useSheet();
  const faults = keys.flatMap(faultsOf);
  return (
    <Group title={title}>
      <div className={styles.row}>
        <div className={styles.words}>
          <p className={styles.sentence}>{meaning.text}</p>
          <Remark meaning={faults.length > 0 ? withoutWarning(meaning) : meaning} />
          {faults.map(({ path, reason }) => (
            <FaultLine key={path}>{reason}</FaultLine>
          ))}
        </div>
        <div className={styles.buttons}>{children}</div>
      </div>
    </Group>
  );
}

/** What is wrong, and has to be mended, says it already. */
const withoutWarning = ({ warning: _, ...rest }: Meaning): Meaning => rest;

const useRemarkStyles = makeStyles({
  line: { display: 'flex', alignItems: 'start', gap: tokens.spacingHorizontalXS, margin: 0 },
  icon: { display: 'inline-flex', flexShrink: 0, paddingBlockStart: tokens.spacingVerticalXXS },
  warning: { color: tokens.colorPaletteYellowForeground2 },
});

/** What should not stay so: a line for a warning, a bar for what harms others. */
export function Remark({ meaning }: { readonly meaning: Pick<Meaning, 'warning' | 'error'> }): ReactElement {
  const styles = useRemarkStyles();
  return (
    <div role="status">
      {meaning.error !== undefined && (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>{meaning.error}</MessageBarBody>
        </MessageBar>
      )}
      {meaning.warning !== undefined && (
        <p className={styles.line}>
          <span className={mergeClasses(styles.icon, styles.warning)} aria-hidden>
            <WarningFilled />
          </span>
          {meaning.warning}
        </p>
      )}
    </div>
  );
}
