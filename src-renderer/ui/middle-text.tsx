/** One line of text that loses its middle when there is no room: both ends of an address matter. */
import { makeStyles, mergeClasses } from '@fluentui/react-components';
import type { ReactElement } from 'react';

/** Characters at the end that stay. */
const keptCharacters = 12;

const useStyles = makeStyles({
  root: { display: 'flex', minWidth: 0, whiteSpace: 'pre' },
  start: { overflow: 'hidden', textOverflow: 'ellipsis', flexShrink: 1, minWidth: 0 },
  end: { flexShrink: 0, overflow: 'hidden' },
});

export function MiddleText({
  text,
  className,
}: {
  readonly text: string;
  readonly className?: string;
}): ReactElement {
  const styles = useStyles();
  const at = Math.max(0, text.length - keptCharacters);
  return (
    <span className={mergeClasses(styles.root, className)}>
      <span className={styles.start}>{text.slice(0, at)}</span>
      <span className={styles.end}>{text.slice(at)}</span>
    </span>
  );
}
