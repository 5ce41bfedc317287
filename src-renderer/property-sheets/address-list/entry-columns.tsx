/** Columns of an address list: what kind of entry, the entry as it was always shown, and what is odd about it. */

import { makeStyles, tokens } from '@fluentui/react-components';
import {
  DesktopRegular,
  GlobeRegular,
  OrganizationRegular,
  QuestionCircleRegular,
  WarningFilled,
} from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import {
  countWords,
  type AccessEntry as Entry,
  formatIp,
  formatMask,
  kindWords,
} from '../../../src-main/api/contract';
import type { Column } from '../../ui/data-list';
import type { ListRow } from './analysis';

const useStyles = makeStyles({
  kind: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalS },
  icon: { display: 'inline-flex', color: tokens.colorNeutralForeground2 },
  note: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  warning: { display: 'inline-flex', color: tokens.colorPaletteYellowForeground2 },
});

const icons: Record<Entry['kind'], ReactElement> = {
  computer: <DesktopRegular />,
  subnet: <OrganizationRegular />,
  domain: <GlobeRegular />,
};

const kindOf = ({ entry }: ListRow): string => (entry === undefined ? 'Unreadable' : kindWords[entry.kind]);

/** What is odd about the entry; '' when nothing is. */
function noteOf({ entry, coveredBy, isRepeated, breadth }: ListRow): string {
  if (entry === undefined) return 'Cannot be read';
  if (isRepeated) return 'Listed twice';
  if (coveredBy !== undefined) return `Covered by ${coveredBy}`;
  return breadth?.text ?? '';
}

/** "10.0.4.0 to 10.0.4.255, mask 255.255.255.0, 256 addresses" */
export function describeEntry(entry: Entry): string {
  if (entry.kind === 'domain')
    return `Computers whose verified host name is ${entry.text} or ends with .${entry.text}`;
  if (entry.kind === 'computer') return entry.text;
  const { family, first, last, prefix } = entry;
  const range = `${formatIp({ family, value: first })} to ${formatIp({ family, value: last })}`;
  return `${range}, mask ${formatMask(family, prefix)}, ${countWords(entry)}`;
}

function Kind({ row }: { readonly row: ListRow }): ReactElement {
  const styles = useStyles();
  return (
    <span className={styles.kind}>
      <span className={styles.icon} aria-hidden>
        {row.entry === undefined ? <QuestionCircleRegular /> : icons[row.entry.kind]}
      </span>
      {kindOf(row)}
    </span>
  );
}

function Note({ row }: { readonly row: ListRow }): ReactElement | null {
  const styles = useStyles();
  const text = noteOf(row);
  if (text === '') return null;
  return (
    <span className={styles.note}>
      <span className={styles.warning} aria-hidden>
        <WarningFilled />
      </span>
      {text}
    </span>
  );
}

export const entryColumns: readonly Column<ListRow>[] = [
  {
    id: 'kind',
    title: 'Kind',
    width: 172,
    render: (row) => <Kind row={row} />,
    text: kindOf,
    isSortable: true,
  },
  {
    id: 'entry',
    title: 'Entry',
    width: 130,
    render: (row) => row.text,
    text: (row) => (row.entry === undefined ? row.text : describeEntry(row.entry)),
    isSortable: true,
    sortValue: sortTextOf,
    isGrowing: true,
  },
  { id: 'note', title: 'Note', width: 224, render: (row) => <Note row={row} />, text: noteOf },
];

/** Addresses in their order, then names. */
function sortTextOf({ entry, text }: ListRow): string {
  if (entry === undefined || entry.kind === 'domain') return `z${text}`;
  return `${entry.family}${entry.first.toString(16).padStart(32, '0')}${String(entry.prefix).padStart(3, '0')}`;
}
