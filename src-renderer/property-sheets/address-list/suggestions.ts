/** Entries that a click adds. Pure. */
import { isPrivate, readEntry } from '../../../src-main/api/contract';

/** Programs on this computer come by either. */
export const thisComputer: readonly string[] = ['127.0.0.1', '::1'];

/** Subnets with private addresses only: in a public one the neighbours are strangers. */
export function findOwnSubnets(networks: readonly string[]): string[] {
  const subnets = networks.flatMap((text) => {
    const reading = readEntry(text);
    return 'entry' in reading && reading.entry.kind !== 'domain' && isPrivate(reading.entry)
      ? [reading.entry.text]
      : [];
  });
  return [...new Set(subnets)];
}
