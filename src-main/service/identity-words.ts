/** Identities of a virtual server as the command line writes and reads them: "127.0.0.1:465/implicit". Pure. */
import { type Binding, formatBinding } from '../api/contract';

export interface WrittenIdentity extends Pick<Binding, 'address' | 'port'> {
  readonly encryption?: Binding['encryption'] | undefined;
}

/** What is not written is 'starttls'. */
export const formatIdentity = (pair: WrittenIdentity): string =>
  pair.encryption === undefined || pair.encryption === 'starttls'
    ? formatBinding(pair)
    : `${formatBinding(pair)}/${pair.encryption}`;

/** The identities that are wanted; where one is there already, what was not written stays as it is. */
export function keepIdentities(
  wanted: readonly WrittenIdentity[],
  now: readonly Binding[],
): WrittenIdentity[] {
  return wanted.map((pair) => {
    const known = now.find(({ address, port }) => address === pair.address && port === pair.port);
    return { ...known, ...pair };
  });
}
