/** The index of mail: search, marks, saved searches. */
import type { Implementer } from '../implementer';
import type { Services } from './services';

export function createSearchHandlers(os: Implementer, { mailIndex }: Services) {
  const done = async (work: Promise<unknown>): Promise<Record<string, never>> => {
    await work;
    return {};
  };
  return {
    status: os.search.status.handler(() => mailIndex.status()),
    find: os.search.find.handler(async ({ input }) => {
      const { rows, total, isComplete, faults } = await mailIndex.find(input);
      return { rows: [...rows], total, isComplete, faults: [...faults] };
    }),
    days: os.search.days.handler(({ input }) => mailIndex.days(input)),
    addresses: os.search.addresses.handler(({ input }) => mailIndex.addresses(input)),
    mark: os.search.mark.handler(({ input }) => mailIndex.mark(input)),
    tags: os.search.tags.handler(() => mailIndex.tags()),
    saved: os.search.saved.handler(() => mailIndex.saved()),
    save: os.search.save.handler(({ input }) => done(mailIndex.save(input))),
    forget: os.search.forget.handler(({ input }) => done(mailIndex.forget(input.name))),
    rebuild: os.search.rebuild.handler(() => done(mailIndex.rebuild())),
  };
}
