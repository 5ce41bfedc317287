/** What the resolution asks a directory, whoever answers. Values and interfaces only. */

/** A condition on entries. Values are compared as they are: nothing in them has a meaning. */
export type DirectoryFilter =
  | { readonly kind: 'equal'; readonly attribute: string; readonly value: string }
  | { readonly kind: 'or'; readonly filters: readonly DirectoryFilter[] }
  /** RFC 4515 text of an administrator, with {address}, {local} and {domain} in its values. */
  | { readonly kind: 'text'; readonly text: string; readonly address: string };

export interface DirectoryEntry {
  /** Distinguished name. */
  readonly name: string;
  /** By attribute in lower case, options included ("member;range=0-1499"). Values that are no text are left out. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** One open connection. Every call rejects with a Problem when the directory does not answer as it should. */
export interface Directory {
  /** At most a few: two are enough to know that one is not meant. */
  find(filter: DirectoryFilter, attributes: readonly string[]): Promise<readonly DirectoryEntry[]>;
  /** The entry of that name; undefined when there is none, or what is given is no name. */
  read(name: string, attributes: readonly string[]): Promise<DirectoryEntry | undefined>;
}
