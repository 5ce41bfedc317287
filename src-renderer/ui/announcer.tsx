/**
 * Tells a screen reader what changed without the focus going there: politely, or at once for what went wrong.
 * Message bars anywhere below announce themselves through it. The same words twice in a moment are said once.
 */
import { type AnnounceContextValue, AnnounceProvider, makeStyles } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useMemo } from 'react';
import { create } from 'zustand';

export type Politeness = 'polite' | 'assertive';

interface Spoken {
  readonly text: string;
  readonly at: number;
  /** Counts what was said, so that the same words are news again. */
  readonly turn: number;
}

const nothing: Spoken = { text: '', at: 0, turn: 0 };
const useSpoken = create<Record<Politeness, Spoken>>(() => ({ polite: nothing, assertive: nothing }));

const repeatMs = 1000;
/** What comes within a moment of the last words is said together with them, not in place of them. */
const joinMs = 300;

/** Says it. Words that are said already are not repeated. */
export function announce(text: string, politeness: Politeness = 'polite', now = Date.now()): void {
  const words = text.trim();
  const last = useSpoken.getState()[politeness];
  if (words === '') return;
  if (now - last.at < repeatMs && last.text.includes(words)) return;
  const spoken = now - last.at < joinMs && last.text !== '' ? `${last.text} ${words}` : words;
  useSpoken.setState({ [politeness]: { text: spoken, at: now, turn: last.turn + 1 } });
}

const useStyles = makeStyles({
  region: {
    position: 'absolute',
    width: '1px',
    height: '1px',
    margin: '-1px',
    overflow: 'hidden',
    clipPath: 'inset(50%)',
  },
});

export function Announcer({ children }: { readonly children: ReactNode }): ReactElement {
  const styles = useStyles();
  const { polite, assertive } = useSpoken();
  const given = useMemo<AnnounceContextValue>(
    () => ({
      announce: (message, options) => announce(message, options?.alert === true ? 'assertive' : 'polite'),
    }),
    [],
  );
  return (
    <AnnounceProvider value={given}>
      {children}
      <div className={styles.region} aria-live="polite">
        <span key={polite.turn}>{polite.text}</span>
      </div>
      <div className={styles.region} aria-live="assertive">
        <span key={assertive.turn}>{assertive.text}</span>
      </div>
    </AnnounceProvider>
  );
}
