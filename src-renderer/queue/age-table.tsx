/** The same as the bars by age, in numbers: for a screen reader, and for whoever wants them all. */
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { QueueDestination } from '../../src-main/api/contract';
import { ScrollRegion } from '../ui/scroll-region';
import { ageBands } from './queue-filter';

const useStyles = makeStyles({
  table: {
    width: '100%',
    borderCollapse: 'collapse',
    fontVariantNumeric: 'tabular-nums',
    '& th, & td': {
      padding: `2px ${tokens.spacingHorizontalS}`,
      borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
      textAlign: 'end',
      fontWeight: tokens.fontWeightRegular,
      whiteSpace: 'nowrap',
    },
    '& th:first-child': { textAlign: 'start', overflowWrap: 'anywhere', whiteSpace: 'normal' },
    '& thead th': {
      position: 'sticky',
      top: 0,
      color: tokens.colorNeutralForeground2,
      backgroundColor: tokens.colorNeutralBackground1,
    },
  },
});

export interface AgeTableProps {
  readonly destinations: readonly QueueDestination[];
}

export function AgeTable({ destinations }: AgeTableProps): ReactElement {
  const styles = useStyles();
  return (
    <ScrollRegion label="Waiting by age, as a table">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Destination</th>
            {ageBands.map(({ title }) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {destinations.map(({ destination, byAge }) => (
            <tr key={destination}>
              <th scope="row">{destination}</th>
              {ageBands.map(({ title }, band) => (
                <td key={title}>{(byAge[band] ?? 0).toLocaleString()}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
