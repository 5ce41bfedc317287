/** What `serve` is told on its command line, and what it says of its start. Pure. */
import { type Binding, binding } from '../api/contract';
import { type ListenAddress, parseListenAddress } from '../api/http/console-address';
import type { StartSummary } from '../compose';
import { UsageError } from './command-failure';
import { formatIdentity } from './identity-words';
import { parseBinding } from './setting-values';
import { cleanText } from './text-table';

export const defaultConsoleAddress: ListenAddress = { host: '127.0.0.1', port: 8025 };

export interface ServeOptions {
  readonly dataFolder: string;
  /** undefined: no browser console. `isDefault`: nobody asked for this address, another port will do. */
  readonly console: { readonly address: ListenAddress; readonly isDefault: boolean } | undefined;
  /** A settings document that replaces the data folder's before the start. */
  readonly config: unknown;
  /** Identity of the first virtual server, where there is none yet. */
  readonly listen: Pick<Binding, 'address' | 'port'> | undefined;
  readonly rendererFolder: string;
  readonly version: string;
  /** A line to standard output. */
  readonly print: (line: string) => void;
  /** A line to standard error. */
  readonly log: (line: string) => void;
}

/** "--console" as an address; undefined for "off". Throws UsageError. */
export function readConsoleOption(text: string | undefined): ServeOptions['console'] {
  if (text === undefined) return { address: defaultConsoleAddress, isDefault: true };
  if (text === 'off') return undefined;
  const address = parseListenAddress(text);
  if (!address) throw new UsageError('--console takes HOST:PORT, such as 127.0.0.1:8025, or off');
  return { address, isDefault: false };
}

/** "--listen" as an address and a port. Throws UsageError. */
export function readListenOption(text: string | undefined): ServeOptions['listen'] {
  if (text === undefined) return undefined;
  const read = binding.safeParse(text.includes('/') ? undefined : parseBinding(text));
  if (!read.success) throw new UsageError('--listen takes ADDRESS:PORT, such as 127.0.0.1:25 or :25');
  const { address, port } = read.data;
  return { address, port };
}

/** One line for each thing that a person should know of the start. Pure. */
export function describeStart({ started, failed, note }: StartSummary): string[] {
  return [
    ...(note === undefined ? [] : [cleanText(note)]),
    ...started.map(({ name, bindings }) =>
      cleanText(`"${name}" listens on ${bindings.map(formatIdentity).join(', ')}.`),
    ),
    ...failed.map(({ name, reason }) => cleanText(`"${name}" did not start: ${reason}`)),
  ];
}
