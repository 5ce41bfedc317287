/** What receivers will make of a message. */
import { Problem } from '../../engine/core/problem';
import type { Implementer } from '../implementer';

const missing = (): never => {
  throw new Problem('unavailable', 'There are no checks.');
};

export function createCheckHandlers(os: Implementer) {
  return {
    run: os.checks.run.handler(missing),
    links: os.checks.links.handler(missing),
    spam: os.checks.spam.handler(missing),
    authentication: os.checks.authentication.handler(missing),
  };
}
