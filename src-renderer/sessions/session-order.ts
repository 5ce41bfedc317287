/** The order that the engine is asked for. Pure. */
import type { SortOrder } from '../ui/list-movement';

const sortColumns = ['user', 'from', 'connectedAt', 'messages', 'bytes', 'tls', 'state'] as const;

/** Time connected grows where the time of connecting falls. A remembered order may name a column of another version. */
export function sortOf(sort: SortOrder | undefined) {
  const column = sortColumns.find((each) => each === sort?.columnId);
  if (column === undefined || sort === undefined) return {};
  return { sort: { column, isDescending: (column === 'connectedAt') !== sort.isDescending } };
}
