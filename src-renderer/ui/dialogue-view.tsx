/** An SMTP dialogue: who said what, and when; the sides can be told apart without colour. */
import { makeStyles, mergeClasses, shorthands, tokens } from '@fluentui/react-components';
import { type ReactElement, useEffect, useRef } from 'react';
import { arrows, type DialogueLine, visibleText } from './dialogue-text';
import { formatClock } from './format';

const useStyles = makeStyles({
  root: {
    margin: 0,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    overflow: 'auto',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground2,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    lineHeight: '18px',
    listStyleType: 'none',
  },
  bounded: { maxHeight: '240px' },
  filling: { height: '100%', boxSizing: 'border-box', ...shorthands.borderStyle('none'), borderRadius: 0 },
  line: { display: 'grid', gridTemplateColumns: '72px 20px minmax(0, 1fr)', overflowWrap: 'anywhere' },
  time: {
    color: tokens.colorNeutralForeground3,
    textAlign: 'right',
    paddingInlineEnd: tokens.spacingHorizontalS,
  },
  server: { color: tokens.colorBrandForeground1 },
  note: { color: tokens.colorNeutralForeground2, fontStyle: 'italic' },
});

const words = { client: 'Client', server: 'Server', note: 'Note' } as const;

export interface DialogueViewProps {
  readonly label: string;
  readonly lines: readonly DialogueLine[];
  /** Takes all the room there is, and no more. Default: grows to a few lines. */
  readonly isFilling?: boolean;
  /** It is over: shown from its beginning. Default: its end is followed. */
  readonly isOver?: boolean;
}

export function DialogueView({
  label,
  lines,
  isFilling = false,
  isOver = false,
}: DialogueViewProps): ReactElement {
  const styles = useStyles();
  const list = useRef<HTMLUListElement>(null);
  const isAtEnd = useRef(!isOver);
  const startedAt = lines[0]?.at ?? 0;
  // Follows the end, unless somebody has scrolled up to read.
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what moves the end.
  useEffect(() => {
    const element = list.current;
    if (element && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines.length]);
  return (
    <ul
      ref={list}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      className={mergeClasses(styles.root, isFilling ? styles.filling : styles.bounded)}
      onScroll={({ currentTarget: element }) => {
        isAtEnd.current = !isOver && element.scrollTop + element.clientHeight >= element.scrollHeight - 4;
      }}
    >
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end.
        <li key={index} className={styles.line}>
          <span className={styles.time} title={formatClock(line.at)}>
            {line.at - startedAt} ms
          </span>
          <span role="img" aria-label={words[line.side]}>
            {arrows[line.side]}
          </span>
          <span
            className={mergeClasses(
              line.side === 'server' && styles.server,
              line.side === 'note' && styles.note,
            )}
          >
            {visibleText(line.text)}
          </span>
        </li>
      ))}
    </ul>
  );
}
