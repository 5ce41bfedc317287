/** The headers: decoded in a table, or as they were sent, and the way that the Received fields tell. */
import { Button, Input, makeStyles, mergeClasses, Switch } from '@fluentui/react-components';
import { Copy16Regular, Search16Regular } from '@fluentui/react-icons';
import { type ReactElement, useMemo, useState } from 'react';
import type { MailField, MailFields } from '../../src-main/mail-content';
import { formatCount } from '../ui/format';
import { recall, remember } from '../ui/remembered';
import { ScrollRegion } from '../ui/scroll-region';
import { useCopy } from '../ui/use-copy';
import { HopList } from './hop-list';
import { usePartStyles } from './part-styles';
import { readHops } from './received-hops';

/** The source shows the rest. */
const maxShownFields = 500;
const maxValueCharacters = 10_000;
const rawKey = 'mail.headers.raw';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';

const useStyles = makeStyles({
  name: { width: '180px' },
  raw: { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
  action: { width: '1%' },
  copy: {
    minWidth: '24px',
    // The row is as high as its text.
    marginBlock: '-3px',
    opacity: 0,
    ':hover': { opacity: 1 },
    ':focus-visible': { opacity: 1 },
    '@media (hover: none), (forced-colors: active)': { opacity: 1 },
  },
  row: { ':hover button': { opacity: 1 } },
  filter: { width: '200px' },
  bar: { flexWrap: 'wrap' },
});

export interface HeaderPartProps {
  readonly fields: MailFields;
}

export function HeaderPart({ fields }: HeaderPartProps): ReactElement {
  const styles = useStyles();
  const parts = usePartStyles();
  const [isRaw, setIsRaw] = useState(() => recall(rawKey, isBoolean) ?? false);
  const [filter, setFilter] = useState('');
  const { copied, copy } = useCopy();
  const found = useMemo(() => filterFields(fields.fields, filter), [fields, filter]);
  const hops = useMemo(
    () =>
      readHops(fields.fields.filter(({ name }) => name.toLowerCase() === 'received').map(({ raw }) => raw)),
    [fields],
  );
  const isCut = fields.isCut || found.length > maxShownFields;
  return (
    <div className={parts.column}>
      <div className={mergeClasses(parts.bar, styles.bar)}>
        <Input
          size="small"
          type="search"
          className={styles.filter}
          aria-label="Filter headers"
          placeholder="Filter"
          contentBefore={<Search16Regular />}
          value={filter}
          onChange={(_, { value }) => setFilter(value)}
        />
        <span role="status">
          {filter === ''
            ? formatCount(fields.fields.length, 'header')
            : `${found.length.toLocaleString()} of ${formatCount(fields.fields.length, 'header')}`}
          {isCut && '. The source has all of them.'}
        </span>
        <Switch
          className={parts.push}
          label="Raw"
          labelPosition="before"
          checked={isRaw}
          onChange={(_, data) => {
            setIsRaw(data.checked);
            remember(rawKey, data.checked);
          }}
        />
      </div>
      <ScrollRegion label="Headers of the message">
        {filter === '' && hops.length > 0 && <HopList hops={hops} />}
        <table className={parts.table} aria-label="Headers">
          <tbody>
            {found.slice(0, maxShownFields).map((field) => {
              const value = isRaw ? field.raw : field.decoded;
              return (
                <tr key={field.start} className={styles.row}>
                  <th scope="row" className={styles.name}>
                    {field.name}
                  </th>
                  <td className={isRaw ? mergeClasses(styles.raw, parts.mono) : undefined}>
                    {value.length > maxValueCharacters ? `${value.slice(0, maxValueCharacters)}…` : value}
                  </td>
                  <td className={styles.action}>
                    <Button
                      size="small"
                      appearance="subtle"
                      className={styles.copy}
                      icon={<Copy16Regular />}
                      aria-label={`Copy ${field.name}`}
                      title={copied === value ? 'Copied' : 'Copy'}
                      onClick={() => copy(value, field.name)}
                    />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
        {found.length === 0 && (
          <div className={parts.note}>
            {filter === '' ? 'The message has no header.' : 'No header has that name or value.'}
          </div>
        )}
      </ScrollRegion>
    </div>
  );
}

/** By a part of the name or of the value, without case; what has it in its name comes in its place all the same. */
function filterFields(fields: readonly MailField[], filter: string): readonly MailField[] {
  const wanted = filter.trim().toLowerCase();
  if (wanted === '') return fields;
  return fields.filter(
    ({ name, decoded }) => name.toLowerCase().includes(wanted) || decoded.toLowerCase().includes(wanted),
  );
}
