/** The record of changes. */
import type { Implementer } from '../implementer';
import type { Services } from './services';

export function createChangeHandlers(os: Implementer, { changes }: Services) {
  return { list: os.changes.list.handler(({ input, signal }) => changes.list({ ...input, signal })) };
}
