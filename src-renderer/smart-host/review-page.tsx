/** Last page: what will be another value than it is, and what is worth knowing. */
import { MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import { ArrowRightRegular } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import { type PlannedChange, serverSettings } from '../../src-main/api/contract';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalM },
  text: { margin: 0 },
  table: { borderCollapse: 'collapse', width: '100%' },
  cell: {
    textAlign: 'start',
    verticalAlign: 'top',
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM} ${tokens.spacingVerticalXS} 0`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    fontWeight: tokens.fontWeightRegular,
    overflowWrap: 'anywhere',
  },
  head: { color: tokens.colorNeutralForeground2 },
  arrow: { verticalAlign: 'middle', color: tokens.colorNeutralForeground3 },
  before: { color: tokens.colorNeutralForeground2 },
});

export interface ReviewPageProps {
  readonly changes: readonly PlannedChange[];
  readonly notes: readonly string[];
  /** They go into an open sheet, which is applied later. */
  readonly isDraft: boolean;
}

export function ReviewPage({ changes, notes, isDraft }: ReviewPageProps): ReactElement {
  const styles = useStyles();
  return (
    <div className={styles.root}>
      {changes.length === 0 ? (
        <p className={styles.text}>All of it is set already.</p>
      ) : (
        <table className={styles.table}>
          <caption style={{ position: 'absolute', clipPath: 'inset(50%)' }}>What will be set</caption>
          <thead>
            <tr className={styles.head}>
              <th scope="col" className={styles.cell}>
                Setting
              </th>
              <th scope="col" className={styles.cell}>
                Is
              </th>
              <th scope="col" className={styles.cell}>
                Becomes
              </th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ setting, before, after }) => (
              <tr key={setting}>
                <th scope="row" className={styles.cell}>
                  {serverSettings.shape[setting].meta()?.title ?? setting}
                </th>
                <td className={`${styles.cell} ${styles.before}`}>{before}</td>
                <td className={styles.cell}>
                  <ArrowRightRegular aria-hidden className={styles.arrow} /> {after}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {notes.map((note) => (
        <MessageBar key={note} intent="info" layout="multiline">
          <MessageBarBody>{note}</MessageBarBody>
        </MessageBar>
      ))}
      {isDraft && <p className={styles.text}>It comes into force when the properties are applied.</p>}
    </div>
  );
}
