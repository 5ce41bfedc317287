/**
 * Who wants to read along while a message is delivered ("test message"): a few at a time, by queue id.
 *
 * Promises: a message that nobody watches costs one look into an empty map; a listener that throws
 * harms nobody and hears no more.
 */
import type { DialogueLine } from '../core/dialogue';
import type { QueueId } from '../core/ids';
import { Problem, reasonOf } from '../core/problem';

export type DialogueListener = (line: DialogueLine) => void;

export interface DeliveryWatch {
  /**
   * Hands out every line of every attempt of this message from now on, those that opened its connection
   * included. Returns the function that ends it. Throws Problem 'refused' when too many are watched.
   */
  watch(queueId: QueueId, listener: DialogueListener): () => void;
  isWatched(queueId: QueueId): boolean;
  tell(queueId: QueueId, line: DialogueLine): void;
}

const mostWatched = 100;

export function createDeliveryWatch(): DeliveryWatch {
  const watched = new Map<QueueId, Set<DialogueListener>>();
  return {
    watch(queueId, listener) {
      if (watched.size >= mostWatched && !watched.has(queueId))
        throw new Problem('refused', 'Too many messages are being watched. Try again in a moment.');
      const own: DialogueListener = (line) => listener(line);
      const listeners = watched.get(queueId) ?? new Set();
      watched.set(queueId, listeners.add(own));
      return () => {
        listeners.delete(own);
        if (listeners.size === 0 && watched.get(queueId) === listeners) watched.delete(queueId);
      };
    },
    isWatched: (queueId) => watched.has(queueId),
    tell(queueId, line) {
      const listeners = watched.get(queueId);
      for (const listener of listeners ?? []) {
        try {
          listener(line);
        } catch (error) {
          listeners?.delete(listener);
          process.emitWarning(`A listener failed on a line of ${queueId}: ${reasonOf(error)}`);
        }
      }
    },
  };
}
