/** Joins an attempt to whoever reads along with its message. */
import type { QueueId } from '../core/ids';
import type { DeliveryWatch } from './delivery-watch';
import type { WireReader } from './session-wire';

/** Lines of one attempt that are handed to those who read along. */
const mostLines = 500;

/** Bounded: a message may have thousands of recipients. */
export function createAttemptReader(
  queueId: QueueId,
  watch: Pick<DeliveryWatch, 'isWatched' | 'tell'> | undefined,
): WireReader {
  let count = 0;
  return {
    queueId,
    isReading: () => count <= mostLines && (watch?.isWatched(queueId) ?? false),
    tell(line) {
      count++;
      watch?.tell(
        queueId,
        count <= mostLines ? line : { ...line, side: 'note', text: 'The rest of this attempt is left out' },
      );
    },
  };
}
