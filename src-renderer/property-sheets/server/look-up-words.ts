/** What DNS says about a name, in words. Pure. */

export interface LookUpAnswer {
  readonly addresses: readonly string[];
  /** Why nothing was found. */
  readonly problem?: string | undefined;
}

/** `own` are the addresses of this computer. */
export function describeLookUp(
  name: string,
  { addresses, problem }: LookUpAnswer,
  own: readonly string[],
): string {
  if (addresses.length === 0)
    return problem ?? `DNS has no address for ${name}. Other servers may refuse mail from it.`;
  const known = `${name} is known to DNS as ${addresses.join(', ')}`;
  const here = addresses.filter((address) => own.includes(address));
  if (here.length === 0)
    return `${known}. None of these is an address of this computer; behind a router that is as it should be.`;
  return addresses.length === 1
    ? `${known}, an address of this computer.`
    : `${known}; this computer has ${here.join(', ')}.`;
}
