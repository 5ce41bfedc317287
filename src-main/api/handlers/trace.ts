/** Where is my mail? */
import { Problem } from '../../engine/core/problem';
import type { Implementer } from '../implementer';

const missing = (): never => {
  throw new Problem('unavailable', 'There is no trace.');
};

export function createTraceHandlers(os: Implementer) {
  return {
    find: os.trace.find.handler(missing),
    show: os.trace.show.handler(missing),
    text: os.trace.text.handler(missing),
  };
}
