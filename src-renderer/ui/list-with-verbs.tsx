/** A list with its buttons beside it; Insert is the first of them. Knows nothing of what is listed. */
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { KeyboardEvent, ReactElement, ReactNode } from 'react';

export interface ListWithVerbsProps {
  readonly list: ReactElement;
  readonly verbs: ReactNode;
  /** Height of both. Default: the room there is. */
  readonly height?: string;
  /** The buttons have short words. */
  readonly isNarrow?: boolean;
  readonly onInsert: () => void;
  /** Further keys; true: this was one. */
  readonly onKey?: (event: KeyboardEvent) => boolean;
}

const useStyles = makeStyles({
  root: { display: 'flex', gap: tokens.spacingHorizontalM, flexGrow: 1, minHeight: '180px' },
  // The list takes the room that there is and makes none.
  frame: {
    position: 'relative',
    flexGrow: 1,
    minWidth: 0,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  list: { position: 'absolute', inset: 0 },
  verbs: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalS,
    width: '164px',
    flexShrink: 0,
    '& button': { paddingInline: tokens.spacingHorizontalS, whiteSpace: 'nowrap' },
  },
  narrow: { width: '96px' },
});

export function ListWithVerbs(props: ListWithVerbsProps): ReactElement {
  const { list, verbs, height, isNarrow = false, onInsert, onKey } = props;
  const styles = useStyles();
  const onKeyDown = (event: KeyboardEvent): void => {
    const isPlain = !(event.ctrlKey || event.altKey || event.metaKey || event.shiftKey);
    if (isPlain && event.key === 'Insert') onInsert();
    else if (onKey?.(event) !== true) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the list and its buttons together.
    <div
      className={styles.root}
      {...(height === undefined ? {} : { style: { height, flexGrow: 0, flexShrink: 0 } })}
      onKeyDown={onKeyDown}
    >
      <div className={styles.frame}>
        <div className={styles.list}>{list}</div>
      </div>
      <div className={mergeClasses(styles.verbs, isNarrow && styles.narrow)}>{verbs}</div>
    </div>
  );
}
