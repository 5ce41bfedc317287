/** Joins an attempt to whoever reads along with its message, and keeps what was said for the trace. */
import type { DialogueLine } from '../core/dialogue';
import type { QueueId } from '../core/ids';
import type { DeliveryWatch } from './delivery-watch';
import type { WireReader } from './session-wire';

/** Lines of one attempt that are handed to those who read along. */
const mostLines = 500;
/** Of one attempt in the trace. */
const mostKeptLines = 200;
const mostKeptCharacters = 32 * 1024;
const rest = 'The rest of this attempt is left out';

export interface AttemptReader extends WireReader {
  /** What was said, in order; empty where nothing is kept. */
  readonly kept: readonly DialogueLine[];
}

/** Bounded: a message may have thousands of recipients. */
export function createAttemptReader(
  queueId: QueueId,
  watch: Pick<DeliveryWatch, 'isWatched' | 'tell'> | undefined,
  isKept = false,
): AttemptReader {
  const kept: DialogueLine[] = [];
  let characters = 0;
  let count = 0;
  let isFull = !isKept;

  const keep = (line: DialogueLine): void => {
    characters += line.text.length;
    isFull = kept.length >= mostKeptLines || characters > mostKeptCharacters;
    kept.push(isFull ? { at: line.at, side: 'note', text: rest } : line);
  };
  const isWatched = (): boolean => count <= mostLines && (watch?.isWatched(queueId) ?? false);

  return {
    queueId,
    kept,
    isReading: () => !isFull || isWatched(),
    tell(line) {
      if (!isFull) keep(line);
      if (!isWatched()) return;
      count++;
      watch?.tell(queueId, count <= mostLines ? line : { ...line, side: 'note', text: rest });
    },
  };
}
