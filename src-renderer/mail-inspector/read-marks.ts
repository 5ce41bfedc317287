/**
 * Which messages were opened in this console. Only for the eye (the dot in the list): kept on this computer, not
 * by the engine. Mail from before the console was first used counts as read, so that an old Drop folder does not
 * greet its administrator with a hundred thousand dots.
 */
import { create } from 'zustand';
import { recall, remember } from '../ui/remembered';

interface ReadMarks {
  /** Milliseconds since 1970: what came earlier counts as read. */
  readonly since: number;
  /** Youngest last. */
  readonly opened: readonly string[];
}

const key = 'mail.read';
/** Enough for weeks of reading; what is forgotten shows a dot again. */
const maxMarks = 5000;

function isReadMarks(value: unknown): value is ReadMarks {
  const marks = value as Partial<ReadMarks> | null;
  return (
    typeof marks === 'object' &&
    marks !== null &&
    typeof marks.since === 'number' &&
    Array.isArray(marks.opened) &&
    marks.opened.every((id) => typeof id === 'string')
  );
}

interface ReadMarksState {
  readonly since: number;
  readonly opened: ReadonlySet<string>;
}

const useMarks = create<ReadMarksState>(() => {
  const recalled = recall(key, isReadMarks);
  if (recalled) return { since: recalled.since, opened: new Set(recalled.opened) };
  const since = Date.now();
  remember(key, { since, opened: [] });
  return { since, opened: new Set() };
});

export function markAsRead(id: string): void {
  const { since, opened } = useMarks.getState();
  if (opened.has(id)) return;
  const next = [...opened, id].slice(-maxMarks);
  remember(key, { since, opened: next } satisfies ReadMarks);
  useMarks.setState({ opened: new Set(next) });
}

/** Tells for a message whether its dot is shown. */
export function useIsUnread(): (message: { readonly id: string; readonly receivedAt: number }) => boolean {
  const { since, opened } = useMarks();
  return ({ id, receivedAt }) => receivedAt >= since && !opened.has(id);
}
