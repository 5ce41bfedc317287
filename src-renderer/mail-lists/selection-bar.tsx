/** What can be done with the selected messages. */
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import {
  ArrowDownload20Regular,
  BranchCompare20Regular,
  Delete20Regular,
  MailArrowUp20Regular,
  MailRead20Regular,
  MailUnread20Regular,
  Star20Regular,
} from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import { ReasonedButton } from '../ui/reasoned-button';
import type { ListedMail } from './listed-mail';
import { TagMenu } from './tag-menu';
import type { Marking } from './use-mail-acts';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: '2px',
    minHeight: '34px',
    padding: `0 ${tokens.spacingHorizontalM}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground2,
    flexShrink: 0,
  },
  count: { marginInlineEnd: tokens.spacingHorizontalM, color: tokens.colorNeutralForeground2 },
});

export interface SelectionBarProps {
  readonly count: number;
  /** Those of them that are at hand. */
  readonly selected: readonly ListedMail[];
  /** Why this person may not act on mail; undefined: it can be done. */
  readonly forbidden: string | undefined;
  readonly onMark: (marking: Marking) => void;
  readonly onResend: (() => void) | undefined;
  /** Why none of them can be sent again. */
  readonly whyNotResend: string | undefined;
  readonly onExport: () => void;
  readonly onCompare: (() => void) | undefined;
  readonly onDelete: () => void;
}

export function SelectionBar(props: SelectionBarProps): ReactElement {
  const { count, selected, forbidden, onMark, onResend, onExport, onCompare, onDelete } = props;
  const styles = useStyles();
  const isMarkable = selected.some(({ marks }) => marks !== undefined);
  const nothing = count === 0 ? 'Select a message.' : undefined;
  const whyNotMark = nothing ?? forbidden ?? (isMarkable ? undefined : 'The index of mail is not ready.');
  const isUnread = selected.some(({ marks }) => marks?.isRead === false);
  const isStarred = selected.length > 0 && selected.every(({ marks }) => marks?.isStarred === true);
  return (
    <div className={styles.root} role="toolbar" aria-label="Selected messages">
      <span className={styles.count} role="status">
        {count === 0 ? 'Nothing selected' : `${count.toLocaleString()} selected`}
      </span>
      <ReasonedButton
        size="small"
        appearance="subtle"
        reason={whyNotMark}
        icon={isUnread ? <MailRead20Regular /> : <MailUnread20Regular />}
        onClick={() => onMark({ isRead: isUnread })}
      >
        {isUnread ? 'Mark read' : 'Mark unread'}
      </ReasonedButton>
      <ReasonedButton
        size="small"
        appearance="subtle"
        reason={whyNotMark}
        icon={<Star20Regular />}
        onClick={() => onMark({ isStarred: !isStarred })}
      >
        {isStarred ? 'Remove star' : 'Star'}
      </ReasonedButton>
      <TagMenu selected={selected} isDisabled={whyNotMark !== undefined} onMark={onMark} />
      {onResend !== undefined && (
        <ReasonedButton
          size="small"
          appearance="subtle"
          reason={nothing ?? forbidden ?? props.whyNotResend}
          icon={<MailArrowUp20Regular />}
          onClick={onResend}
        >
          Resend…
        </ReasonedButton>
      )}
      <ReasonedButton
        size="small"
        appearance="subtle"
        reason={nothing}
        icon={<ArrowDownload20Regular />}
        onClick={onExport}
      >
        Export…
      </ReasonedButton>
      {onCompare !== undefined && (
        <Button size="small" appearance="subtle" icon={<BranchCompare20Regular />} onClick={onCompare}>
          Compare
        </Button>
      )}
      <ReasonedButton
        size="small"
        appearance="subtle"
        reason={nothing ?? forbidden}
        icon={<Delete20Regular />}
        onClick={onDelete}
      >
        Delete
      </ReasonedButton>
    </div>
  );
}
