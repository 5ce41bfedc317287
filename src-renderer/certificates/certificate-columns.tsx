/** Columns of the certificates. */
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { ErrorCircleFilled, WarningFilled } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import type { CertificateRow } from '../../src-main/api/contract';
import type { Column } from '../ui/data-list';
import { formatFullTime } from '../ui/format';
import {
  describeExpiry,
  describeIssuer,
  describeUse,
  judgeCertificate,
  type Standing,
} from './certificate-words';

const useStyles = makeStyles({
  cell: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS, minWidth: 0 },
  text: { overflow: 'hidden', textOverflow: 'ellipsis' },
  icon: { fontSize: '16px', flexShrink: 0 },
  warning: { color: tokens.colorPaletteMarigoldForeground1 },
  bad: { color: tokens.colorPaletteRedForeground1 },
});

/** Shape and colour of a standing; nothing where all is well. Decorative: the word stands beside it. */
function StandingIcon({ standing }: { readonly standing: Standing }): ReactElement | null {
  const styles = useStyles();
  if (standing === 'good') return null;
  const Icon = standing === 'bad' ? ErrorCircleFilled : WarningFilled;
  return <Icon aria-hidden className={mergeClasses(styles.icon, styles[standing])} />;
}

/** @param now for what expires soon */
export function useCertificateColumns(
  servers: readonly { readonly id: number; readonly name: string }[],
  now: number,
): Column<CertificateRow>[] {
  const styles = useStyles();
  return [
    {
      id: 'name',
      title: 'Name',
      width: 168,
      text: (row) => row.name,
      render: (row) => row.name,
      isSortable: true,
    },
    {
      id: 'names',
      title: 'Issued to',
      width: 184,
      text: (row) => row.names.join(', '),
      render: (row) => row.names.join(', '),
      isSortable: true,
      isGrowing: true,
    },
    {
      id: 'issuer',
      title: 'Issued by',
      width: 128,
      text: describeIssuer,
      render: describeIssuer,
      isSortable: true,
    },
    {
      id: 'expires',
      title: 'Expires',
      width: 208,
      text: (row) =>
        row.notAfter === undefined ? describeExpiry(row, now) : `Expires ${formatFullTime(row.notAfter)}`,
      sortValue: (row) => row.notAfter ?? Number.POSITIVE_INFINITY,
      render: (row) => (
        <span className={styles.cell}>
          <StandingIcon standing={judgeCertificate(row, now).standing} />
          <span className={styles.text}>{describeExpiry(row, now)}</span>
        </span>
      ),
      isSortable: true,
    },
    {
      id: 'key',
      title: 'Key',
      width: 84,
      text: (row) => row.key,
      render: (row) => row.key,
      isSortable: true,
    },
    {
      id: 'use',
      title: 'Used by',
      width: 120,
      text: (row) => describeUse(row, servers),
      render: (row) => describeUse(row, servers),
      isSortable: true,
    },
  ];
}
