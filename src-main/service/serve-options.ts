/** What `serve` is told on its command line, and what it says of its start. Pure. */
import { formatBinding } from '../api/contract';
import { type ListenAddress, parseListenAddress } from '../api/http/console-address';
import type { StartSummary } from '../compose';
import { UsageError } from './command-failure';
import { cleanText } from './text-table';

export const defaultConsoleAddress: ListenAddress = { host: '127.0.0.1', port: 8025 };

export interface ServeOptions {
  readonly dataFolder: string;
  /** undefined: no browser console. `isDefault`: nobody asked for this address, another port will do. */
  readonly console: { readonly address: ListenAddress; readonly isDefault: boolean } | undefined;
  /** A settings document that replaces the data folder's before the start. */
  readonly config: unknown;
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

/** One line for each thing that a person should know of the start. Pure. */
export function describeStart({ started, failed, note }: StartSummary): string[] {
  return [
    ...(note === undefined ? [] : [cleanText(note)]),
    ...started.map(({ name, bindings }) =>
      cleanText(`"${name}" listens on ${bindings.map(formatBinding).join(', ')}.`),
    ),
    ...failed.map(({ name, reason }) => cleanText(`"${name}" did not start: ${reason}`)),
  ];
}
