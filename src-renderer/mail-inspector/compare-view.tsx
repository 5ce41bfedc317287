/** Two messages beside each other: the older on the left; what differs is marked by colour and by a sign. */
import { makeStyles, mergeClasses, Switch, Tab, TabList, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useMemo, useState } from 'react';
import type { MessageAddress, MessageRow } from '../../src-main/api/contract';
import { type ConsoleClient, readFault, useClient } from '../client';
import { EmptyState } from '../ui/empty-state';
import { formatFullTime, formatSize } from '../ui/format';
import { LateSpinner } from '../ui/late-spinner';
import { ScrollRegion } from '../ui/scroll-region';
import {
  type ComparedField,
  compareFields,
  compareTexts,
  foldLines,
  type LinePiece,
  type ShownLine,
} from './comparison';
import { openMail } from './mail-reader';
import { folderSource } from './mail-sources';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 },
  bar: {
    display: 'flex',
    alignItems: 'center',
    flexShrink: 0,
    paddingInline: tokens.spacingHorizontalS,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  push: { marginInlineStart: 'auto' },
  body: { flexGrow: 1, minHeight: 0 },
  table: {
    width: '100%',
    tableLayout: 'fixed',
    borderCollapse: 'collapse',
    '& th, & td': {
      padding: `2px ${tokens.spacingHorizontalM}`,
      textAlign: 'start',
      verticalAlign: 'top',
      overflowWrap: 'anywhere',
      whiteSpace: 'pre-wrap',
      borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    },
    '& th': { fontWeight: tokens.fontWeightRegular, color: tokens.colorNeutralForeground2 },
  },
  head: { position: 'sticky', top: 0, backgroundColor: tokens.colorNeutralBackground1, zIndex: 1 },
  mono: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
  sign: { width: '28px' },
  name: { width: '180px' },
  gone: { backgroundColor: tokens.colorPaletteRedBackground1 },
  come: { backgroundColor: tokens.colorPaletteGreenBackground1 },
  goneWord: { backgroundColor: tokens.colorPaletteRedBackground2, textDecorationLine: 'none' },
  comeWord: { backgroundColor: tokens.colorPaletteGreenBackground2, textDecorationLine: 'none' },
  fold: { color: tokens.colorNeutralForeground3 },
});

export interface CompareViewProps {
  readonly first: MessageAddress;
  readonly second: MessageAddress;
}

const views = { fields: 'Header fields and attachments', text: 'Text', html: 'HTML source' } as const;
type View = keyof typeof views;
const viewNames: readonly View[] = ['text', 'html', 'fields'];

/** Which of the views has something to show. */
function findDifferences(older: Compared, newer: Compared): Record<View, boolean> {
  return {
    fields: compareFields(older.fields, newer.fields).some(({ isSame }) => !isSame),
    text: older.text.trim() !== newer.text.trim(),
    html: older.html.trim() !== newer.html.trim(),
  };
}

export function CompareView({ first, second }: CompareViewProps): ReactElement {
  const styles = useStyles();
  const client = useClient();
  const [chosenView, setView] = useState<View>();
  const [showsAll, setShowsAll] = useState(false);
  const pair = useQuery({
    queryKey: ['compare', first, second],
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const read = await Promise.all([
        readCompared(client, first, signal),
        readCompared(client, second, signal),
      ]);
      return read.toSorted((a, b) => (a.row?.receivedAt ?? 0) - (b.row?.receivedAt ?? 0));
    },
  });
  const [older, newer] = pair.data ?? [];
  const differs = useMemo(() => older && newer && findDifferences(older, newer), [older, newer]);
  // What they differ in is what one wants to see.
  const view = chosenView ?? viewNames.find((each) => differs?.[each]) ?? 'text';
  const fields = useMemo(() => older && newer && compareFields(older.fields, newer.fields), [older, newer]);
  const lines = useMemo(() => {
    if (!older || !newer || view === 'fields') return undefined;
    return compareTexts(older[view], newer[view]);
  }, [older, newer, view]);
  if (pair.error !== null)
    return <EmptyState title="They could not be compared." text={readFault(pair.error).text} />;
  if (!older || !newer || !fields) return <LateSpinner label="Reading the messages" />;
  return (
    <section className={styles.root} aria-label="Comparison of two messages">
      <div className={styles.bar}>
        <TabList size="small" selectedValue={view} onTabSelect={(_, data) => setView(data.value as View)}>
          {Object.entries(views).map(([id, title]) => (
            <Tab key={id} value={id}>
              {title}
              {differs?.[id as View] ? ' ≠' : ' ='}
            </Tab>
          ))}
        </TabList>
        <Switch
          className={styles.push}
          label="What is the same, too"
          checked={showsAll}
          onChange={(_, data) => setShowsAll(data.checked)}
        />
      </div>
      <div className={styles.body}>
        <ScrollRegion label={views[view]}>
          {view === 'fields' ? (
            <FieldTable
              fields={fields.filter(({ isSame }) => showsAll || !isSame)}
              older={older}
              newer={newer}
            />
          ) : lines === undefined ? (
            <EmptyState
              title="Too long to compare."
              text="The texts are too long or too different to be compared in a moment."
            />
          ) : (
            <LineTable lines={showsAll ? lines : foldLines(lines)} older={older} newer={newer} />
          )}
        </ScrollRegion>
      </div>
    </section>
  );
}

interface Compared {
  readonly row: MessageRow | undefined;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly text: string;
  readonly html: string;
}

/** Read apart from what the panes hold: they may be closed meanwhile. */
async function readCompared(
  client: ConsoleClient,
  address: MessageAddress,
  signal: AbortSignal,
): Promise<Compared> {
  const source = folderSource(client, address);
  const mail = await openMail(source, { signal });
  try {
    const { content } = mail;
    return {
      row: source.row,
      fields: [
        ...(content?.fields.fields.map(({ name, decoded }) => ({ name, value: decoded })) ?? []),
        // No field, but what one would look for here.
        ...(content?.summary.attachments.map(({ name, type, sizeBytes }) => ({
          name: 'Attachments',
          value: `${name || type}, ${formatSize(sizeBytes)}`,
        })) ?? []),
      ],
      text: content?.summary.text ?? '',
      html: content?.summary.html ?? '',
    };
  } finally {
    mail.close();
  }
}

interface Sides {
  readonly older: Compared;
  readonly newer: Compared;
}

const titleOf = ({ row }: Compared): string =>
  row === undefined ? '' : `${row.subject || 'No subject'}, ${formatFullTime(row.receivedAt)}`;

function FieldTable({
  fields,
  older,
  newer,
}: Sides & { readonly fields: readonly ComparedField[] }): ReactElement {
  const styles = useStyles();
  if (fields.length === 0) return <EmptyState title="The header fields are the same." />;
  return (
    <table className={styles.table}>
      <thead className={styles.head}>
        <tr>
          <th className={styles.name}>Field</th>
          <th>{titleOf(older)}</th>
          <th>{titleOf(newer)}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field.name.toLowerCase()}>
            <th scope="row">
              {field.isSame ? '' : '≠ '}
              {field.name}
            </th>
            <td className={mergeClasses(!field.isSame && field.first.length > 0 && styles.gone)}>
              {field.first.join('\n')}
            </td>
            <td className={mergeClasses(!field.isSame && field.second.length > 0 && styles.come)}>
              {field.second.join('\n')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function LineTable({ lines, older, newer }: Sides & { readonly lines: readonly ShownLine[] }): ReactElement {
  const styles = useStyles();
  if (lines.every((line) => 'hidden' in line || line.isSame))
    return <EmptyState title="There is no difference here." />;
  return (
    <table className={mergeClasses(styles.table, styles.mono)}>
      <thead className={styles.head}>
        <tr>
          <th className={styles.sign} aria-label="Removed" />
          <th>{titleOf(older)}</th>
          <th className={styles.sign} aria-label="Added" />
          <th>{titleOf(newer)}</th>
        </tr>
      </thead>
      <tbody>
        {lines.slice(0, mostShownLines).map((line, index) =>
          'hidden' in line ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity, and never move.
            <tr key={index}>
              <td />
              <td colSpan={3} className={styles.fold}>
                {line.hidden === 1
                  ? '1 line is the same'
                  : `${line.hidden.toLocaleString()} lines are the same`}
              </td>
            </tr>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            <tr key={index}>
              <td>{!line.isSame && line.first ? '−' : ''}</td>
              <td className={mergeClasses(!line.isSame && line.first && styles.gone)}>
                <Pieces pieces={line.first} className={styles.goneWord} />
              </td>
              <td>{!line.isSame && line.second ? '+' : ''}</td>
              <td className={mergeClasses(!line.isSame && line.second && styles.come)}>
                <Pieces pieces={line.second} className={styles.comeWord} />
              </td>
            </tr>
          ),
        )}
      </tbody>
    </table>
  );
}

/** A table of more rows holds up the window. */
const mostShownLines = 3000;

function Pieces({
  pieces,
  className,
}: {
  readonly pieces: readonly LinePiece[] | undefined;
  readonly className: string;
}): ReactElement {
  return (
    <>
      {pieces?.map(({ text, isChanged }, index) =>
        isChanged && pieces.length > 1 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity, and never move.
          <mark key={index} className={className} style={{ color: 'inherit' }}>
            {text}
          </mark>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <span key={index}>{text}</span>
        ),
      )}
    </>
  );
}
