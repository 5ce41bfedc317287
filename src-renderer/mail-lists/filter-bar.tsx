/** Above a list of mail: what is searched, what is shown of it, saved searches, and how far the index is. */
import {
  Button,
  Dropdown,
  Input,
  type InputProps,
  Link,
  makeStyles,
  Option,
  ProgressBar,
  ToggleButton,
  tokens,
} from '@fluentui/react-components';
import { DismissRegular, SearchRegular } from '@fluentui/react-icons';
import { type ReactElement, type RefObject, useEffect, useState } from 'react';
import { type Grouping, groupings, type ListQuery } from './list-query';
import { SavedSearches } from './saved-searches';
import { type IndexStatus, useIndexStatus } from './use-mail-acts';
import type { SearchFault } from './use-mail-pages';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    alignItems: 'center',
    flexWrap: 'wrap',
    gap: tokens.spacingHorizontalS,
    minHeight: '36px',
    padding: `2px ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    flexShrink: 0,
  },
  search: { flexGrow: 1, flexBasis: '260px', maxWidth: '620px' },
  grouping: { minWidth: '130px' },
  note: {
    display: 'flex',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    flexBasis: '100%',
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
  },
  progress: { width: '120px' },
  push: { marginInlineStart: 'auto', color: tokens.colorNeutralForeground2, whiteSpace: 'nowrap' },
});

const groupingTitles: Record<Grouping, string> = {
  none: 'No groups',
  day: 'By day',
  conversation: 'By conversation',
};

/** While somebody types, the engine is not asked for every letter. */
const typingMs = 250;

export const searchHint =
  'Words, "phrases", from: to: subject: tag: has:attachment before:2026-11-01 after:7d larger:2MB is:unread, and - to leave out';

export interface FilterBarProps {
  readonly query: ListQuery;
  readonly onQuery: (query: ListQuery) => void;
  readonly label: string;
  readonly faults: readonly SearchFault[];
  readonly isComplete: boolean;
  /** The list comes from the index: how far that is, matters. */
  readonly isSearched: boolean;
  /** "312 messages" */
  readonly countText: string;
  /** Why nothing can be saved here; undefined: it can. */
  readonly forbidden: string | undefined;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
  /** "from this folder to everything"; undefined: it is everything. */
  readonly onEverywhere?: (() => void) | undefined;
}

export function FilterBar(props: FilterBarProps): ReactElement {
  const { query, onQuery, label, faults, isComplete, isSearched, countText, forbidden } = props;
  const styles = useStyles();
  const status = useIndexStatus();
  const [typed, setTyped] = useTyped(query, onQuery);
  const change = (part: Partial<ListQuery>): void => onQuery({ ...query, text: typed, ...part });
  const onKeyDown: InputProps['onKeyDown'] = (event) => {
    if (event.key === 'Enter') change({});
    else if (event.key === 'Escape' && typed !== '') {
      // Else it would also close what is around.
      event.stopPropagation();
      setTyped('');
      change({ text: '' });
    }
  };
  return (
    <search className={styles.root} aria-label={label}>
      <Input
        {...(props.inputRef !== undefined && { input: { ref: props.inputRef } })}
        size="small"
        className={styles.search}
        value={typed}
        maxLength={1000}
        aria-label={label}
        placeholder="from: to: subject: or words"
        title={searchHint}
        contentBefore={<SearchRegular />}
        {...(typed !== '' && {
          contentAfter: (
            <Button
              size="small"
              appearance="transparent"
              icon={<DismissRegular />}
              aria-label="Clear the search"
              onClick={() => {
                setTyped('');
                change({ text: '' });
              }}
            />
          ),
        })}
        onChange={(_, data) => setTyped(data.value)}
        onKeyDown={onKeyDown}
      />
      <ToggleButton
        size="small"
        appearance="subtle"
        checked={query.isUnreadOnly}
        onClick={() => change({ isUnreadOnly: !query.isUnreadOnly })}
      >
        Unread
      </ToggleButton>
      <ToggleButton
        size="small"
        appearance="subtle"
        checked={query.isStarredOnly}
        onClick={() => change({ isStarredOnly: !query.isStarredOnly })}
      >
        Starred
      </ToggleButton>
      <Dropdown
        size="small"
        className={styles.grouping}
        aria-label="Groups"
        value={groupingTitles[query.grouping]}
        selectedOptions={[query.grouping]}
        onOptionSelect={(_, data) =>
          change({ grouping: (data.optionValue as Grouping | undefined) ?? 'none' })
        }
      >
        {groupings.map((grouping) => (
          <Option key={grouping} value={grouping}>
            {groupingTitles[grouping]}
          </Option>
        ))}
      </Dropdown>
      <SavedSearches
        query={typed.trim()}
        forbidden={forbidden}
        onChoose={(text) => {
          setTyped(text);
          change({ text });
        }}
      />
      {props.onEverywhere !== undefined && typed.trim() !== '' && (
        <Link onClick={props.onEverywhere}>Search everywhere</Link>
      )}
      <span className={styles.push}>{countText}</span>
      {faults.map((fault) => (
        <span key={`${fault.at}/${fault.text}`} className={styles.note} role="status">
          {fault.text}
        </span>
      ))}
      {isSearched && <IndexNote status={status} isComplete={isComplete} />}
    </search>
  );
}

/** What is in the field, handed on when the typing pauses. */
function useTyped(
  query: ListQuery,
  onQuery: (query: ListQuery) => void,
): readonly [string, (text: string) => void] {
  const [typed, setTyped] = useState(query.text);
  const [known, setKnown] = useState(query.text);
  // Changed from outside: a saved search, or the field in the title bar.
  if (known !== query.text) {
    setKnown(query.text);
    setTyped(query.text);
  }
  useEffect(() => {
    if (typed === query.text) return;
    const timer = setTimeout(() => onQuery({ ...query, text: typed }), typingMs);
    return () => clearTimeout(timer);
  }, [typed, query, onQuery]);
  return [typed, setTyped];
}

interface IndexNoteProps {
  readonly status: IndexStatus | undefined;
  readonly isComplete: boolean;
}

/** Nothing is said while the index is whole. */
function IndexNote({ status, isComplete }: IndexNoteProps): ReactElement | null {
  const styles = useStyles();
  if (status === undefined) return null;
  if (status.state === 'failed')
    return (
      <span className={styles.note} role="status">
        Search cannot be used. {status.text}
      </span>
    );
  if (status.state === 'ready' && isComplete) return null;
  const share = status.total === 0 ? undefined : Math.min(1, status.done / status.total);
  return (
    <span className={styles.note} role="status">
      Mail is being indexed: more may be found.
      <ProgressBar
        className={styles.progress}
        aria-label="Mail that is indexed"
        {...(share === undefined ? {} : { value: share })}
      />
      {share !== undefined && `${Math.floor(share * 100)} %`}
    </span>
  );
}
