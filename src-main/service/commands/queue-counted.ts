/** Answers about the whole queue, which is counted in the background. */
import { setTimeout } from 'node:timers/promises';

const lookAgainMs = 200;

/** Asks until all of the queue was counted. */
export async function readCounted<T extends { readonly messages: number; readonly counted: number }>(
  read: () => Promise<T>,
): Promise<T> {
  for (;;) {
    const result = await read();
    if (result.counted >= result.messages) return result;
    await setTimeout(lookAgainMs);
  }
}
