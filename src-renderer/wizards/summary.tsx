/** What a wizard is about to make, on its last page. */
import { makeStyles, tokens } from '@fluentui/react-components';
import { Fragment, type ReactElement } from 'react';

const useStyles = makeStyles({
  list: {
    display: 'grid',
    gridTemplateColumns: '150px minmax(0, 1fr)',
    rowGap: tokens.spacingVerticalS,
    margin: 0,
  },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0, overflowWrap: 'anywhere' },
  lead: { margin: 0 },
});

export interface SummaryProps {
  readonly lead: string;
  readonly lines: readonly (readonly [name: string, value: string])[];
}

export function Summary({ lead, lines }: SummaryProps): ReactElement {
  const styles = useStyles();
  return (
    <>
      <p className={styles.lead}>{lead}</p>
      <dl className={styles.list}>
        {lines.map(([name, value]) => (
          <Fragment key={name}>
            <dt className={styles.name}>{name}</dt>
            <dd className={styles.value}>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </>
  );
}
