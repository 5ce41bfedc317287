/** One change: each setting with its old and its new value. */
import {
  makeStyles,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  tokens,
} from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { ChangeRow } from '../../src-main/api/contract';
import { EmptyState } from '../ui/empty-state';
import { formatFullTime } from '../ui/format';
import { ScrollRegion } from '../ui/scroll-region';
import { actionWord, fieldWords, viaWord } from './change-words';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 },
  head: {
    flexShrink: 0,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    color: tokens.colorNeutralForeground2,
    overflowWrap: 'anywhere',
  },
  rest: { flexGrow: 1, minHeight: 0 },
  value: { overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' },
  none: { color: tokens.colorNeutralForeground3 },
});

export interface ChangeDetailProps {
  readonly row: ChangeRow;
  readonly serverName: (serverId: number) => string | undefined;
}

export function ChangeDetail({ row, serverName }: ChangeDetailProps): ReactElement {
  const styles = useStyles();
  const values = row.changes ?? [];
  return (
    <section className={styles.root} aria-label="Change">
      <div className={styles.head}>
        {formatFullTime(row.at)} · {row.who}, {viaWord(row.via)} · {actionWord(row.action)}
        {row.subject === '' ? '' : `: ${row.subject}`}
      </div>
      <div className={styles.rest}>
        {values.length === 0 ? (
          <EmptyState title="No setting was changed by this." />
        ) : (
          <ScrollRegion label="Old and new values">
            <Table size="small" aria-label="Old and new values">
              <TableHeader>
                <TableRow>
                  <TableHeaderCell>Setting</TableHeaderCell>
                  <TableHeaderCell>Before</TableHeaderCell>
                  <TableHeaderCell>After</TableHeaderCell>
                </TableRow>
              </TableHeader>
              <TableBody>
                {values.map((each) => (
                  <TableRow key={each.field}>
                    <TableCell className={styles.value}>{fieldWords(each.field, serverName)}</TableCell>
                    <TableCell className={styles.value}>
                      <Value text={each.before} />
                    </TableCell>
                    <TableCell className={styles.value}>
                      <Value text={each.after} />
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </ScrollRegion>
        )}
      </div>
    </section>
  );
}

function Value({ text }: { readonly text: string | undefined }): ReactElement {
  const styles = useStyles();
  const isPlain = text !== undefined && text !== '';
  return <span className={isPlain ? undefined : styles.none}>{text === '' ? '(empty)' : (text ?? '–')}</span>;
}
