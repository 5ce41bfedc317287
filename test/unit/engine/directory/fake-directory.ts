/** A directory in memory: entries as LDAP would hand them out, and what was asked. */

import type { Problem } from '../../../../src-main/engine/core/problem';
import type { DirectoryConnection } from '../../../../src-main/engine/directory/connection';
import type { DirectoryEntry, DirectoryFilter } from '../../../../src-main/engine/directory/directory';

export interface FakeEntry {
  readonly name: string;
  readonly [attribute: string]: string | readonly string[];
}

export interface FakeDirectory extends DirectoryConnection {
  entries: FakeEntry[];
  readonly questions: string[];
  /** Set: every question fails with it. */
  problem: Problem | undefined;
  /** Members that are handed out at once; default all. */
  piece: number;
  isOpen: boolean;
}

export function createFakeDirectory(entries: readonly FakeEntry[]): FakeDirectory {
  const valuesOf = (entry: FakeEntry, attribute: string): readonly string[] => {
    const key = Object.keys(entry).find((name) => name.toLowerCase() === attribute.toLowerCase());
    return key === undefined || key === 'name' ? [] : [entry[key] ?? []].flat();
  };
  const matches = (entry: FakeEntry, filter: DirectoryFilter): boolean => {
    if (filter.kind === 'or') return filter.filters.some((each) => matches(entry, each));
    if (filter.kind === 'text') throw new Error('the fake reads no filter text');
    const wanted = filter.value.toLowerCase();
    return valuesOf(entry, filter.attribute).some((value) => value.toLowerCase() === wanted);
  };
  const show = (entry: FakeEntry, attributes: readonly string[]): DirectoryEntry => {
    const values = new Map<string, readonly string[]>();
    for (const attribute of attributes) {
      const [base = '', range] = attribute.split(';range=');
      const all = valuesOf(entry, base);
      if (all.length === 0) continue;
      const first = Number(range?.split('-')[0] ?? 0);
      if (range === undefined && all.length <= directory.piece) values.set(base.toLowerCase(), all);
      else {
        const last = first + directory.piece >= all.length ? '*' : `${first + directory.piece - 1}`;
        values.set(`${base.toLowerCase()};range=${first}-${last}`, all.slice(first, first + directory.piece));
      }
    }
    return { name: entry.name, values };
  };
  const directory: FakeDirectory = {
    entries: [...entries],
    questions: [],
    problem: undefined,
    piece: Number.POSITIVE_INFINITY,
    isOpen: true,
    server: 'fake:389',
    base: 'dc=corp,dc=test',
    async find(filter, attributes) {
      directory.questions.push(JSON.stringify(filter));
      if (directory.problem) throw directory.problem;
      return directory.entries
        .filter((entry) => matches(entry, filter))
        .slice(0, 3)
        .map((entry) => show(entry, attributes));
    },
    async read(name, attributes) {
      directory.questions.push(`${name} ${attributes.length}`);
      if (directory.problem) throw directory.problem;
      const entry = directory.entries.find((each) => each.name.toLowerCase() === name.toLowerCase());
      return entry && show(entry, attributes);
    },
    close() {
      directory.isOpen = false;
    },
  };
  return directory;
}
