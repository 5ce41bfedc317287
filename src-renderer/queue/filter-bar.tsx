/** What the list is filtered by: a field to add a condition, chips to remove one, and how many rows are left. */
import { Button, Input, makeStyles, Select, tokens } from '@fluentui/react-components';
import { Dismiss16Regular, Filter20Regular } from '@fluentui/react-icons';
import { type FormEvent, type ReactElement, useRef, useState } from 'react';
import type { QueueFilter } from '../../src-main/api/contract';
import { stateTitle } from './group-words';
import {
  ageBands,
  bandOf,
  chipsOf,
  type FilterField,
  fieldTitles,
  filterFields,
  groupStates,
  withField,
} from './queue-filter';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    alignItems: 'center',
    flexWrap: 'wrap',
    gap: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalS}`,
    flexShrink: 0,
    minHeight: '36px',
    padding: `2px ${tokens.spacingHorizontalM}`,
    boxSizing: 'border-box',
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  form: { display: 'flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  icon: { color: tokens.colorNeutralForeground2, flexShrink: 0 },
  field: { width: '122px' },
  value: { width: '190px', minWidth: 0 },
  chip: {
    maxWidth: '320px',
    minWidth: 'auto',
    fontWeight: tokens.fontWeightRegular,
    '& > span:first-child': { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  },
  count: { marginLeft: 'auto', color: tokens.colorNeutralForeground2, fontVariantNumeric: 'tabular-nums' },
});

export interface FilterBarProps {
  readonly filter: QueueFilter;
  readonly onFilter: (filter: QueueFilter) => void;
  /** "12 of 5,000" */
  readonly count: string;
}

const maxLength = 300;

export function FilterBar({ filter, onFilter, count }: FilterBarProps): ReactElement {
  const styles = useStyles();
  const [field, setField] = useState<FilterField>('recipient');
  const [text, setText] = useState('');
  const value = useRef<HTMLElement>(null);
  const add = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    onFilter(withField(filter, field, text));
    setText('');
  };
  const remove = (next: QueueFilter): void => {
    onFilter(next);
    // The chip that had the focus goes.
    value.current?.focus();
  };
  const keepValue = (element: HTMLElement | null): void => {
    value.current = element;
  };
  const chips = chipsOf(filter);
  return (
    <search className={styles.root} aria-label="Filter">
      <form className={styles.form} onSubmit={add}>
        <Filter20Regular aria-hidden className={styles.icon} />
        <Select
          size="small"
          className={styles.field}
          aria-label="Filter by"
          value={field}
          onChange={(_, data) => setField(filterFields.find((each) => each === data.value) ?? 'recipient')}
        >
          {filterFields.map((each) => (
            <option key={each} value={each}>
              {fieldTitles[each]}
            </option>
          ))}
        </Select>
        {field === 'state' || field === 'age' ? (
          <Select
            ref={keepValue}
            size="small"
            className={styles.value}
            aria-label={`${fieldTitles[field]} is`}
            value={field === 'state' ? (filter.state ?? '') : (ageBands[bandOf(filter)]?.title ?? '')}
            onChange={(_, data) => onFilter(withField(filter, field, data.value))}
          >
            <option value="">Any</option>
            {field === 'state'
              ? groupStates.map((state) => (
                  <option key={state} value={state}>
                    {stateTitle(state)}
                  </option>
                ))
              : ageBands.map(({ title }) => (
                  <option key={title} value={title}>
                    {title}
                  </option>
                ))}
          </Select>
        ) : (
          <Input
            ref={keepValue}
            size="small"
            className={styles.value}
            aria-label={`${fieldTitles[field]} contains`}
            placeholder="contains"
            maxLength={maxLength}
            value={text}
            onChange={(_, data) => setText(data.value)}
            contentAfter={
              text.trim() === '' ? null : (
                <Button size="small" appearance="transparent" type="submit">
                  Add
                </Button>
              )
            }
          />
        )}
      </form>
      {chips.map((chip) => (
        <Button
          key={chip.field}
          size="small"
          shape="circular"
          className={styles.chip}
          icon={<Dismiss16Regular />}
          iconPosition="after"
          aria-label={`Remove the filter: ${chip.text}`}
          title={chip.text}
          onClick={() => remove(withField(filter, chip.field, ''))}
        >
          <span>{chip.text}</span>
        </Button>
      ))}
      {chips.length > 1 && (
        <Button size="small" appearance="subtle" onClick={() => remove({})}>
          Clear all
        </Button>
      )}
      <span className={styles.count}>{count}</span>
    </search>
  );
}
