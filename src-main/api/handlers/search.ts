/** The index of mail: search, marks, saved searches. */
import { Problem } from '../../engine/core/problem';
import type { Implementer } from '../implementer';

const missing = (): never => {
  throw new Problem('unavailable', 'There is no index of mail.');
};

export function createSearchHandlers(os: Implementer) {
  return {
    status: os.search.status.handler(missing),
    find: os.search.find.handler(missing),
    days: os.search.days.handler(missing),
    addresses: os.search.addresses.handler(missing),
    mark: os.search.mark.handler(missing),
    tags: os.search.tags.handler(missing),
    saved: os.search.saved.handler(missing),
    save: os.search.save.handler(missing),
    forget: os.search.forget.handler(missing),
    rebuild: os.search.rebuild.handler(missing),
  };
}
