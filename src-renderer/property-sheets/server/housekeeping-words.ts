/** What the page Housekeeping knows of destinations and of spam checkers. Pure. */

export const isSameDestination = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();

/** Why a destination cannot be added; undefined: it can. */
export function findDestinationFault(name: string, listed: readonly string[]): string | undefined {
  const wanted = name.trim();
  if (wanted === '') return 'Enter a destination.';
  if (wanted.length > 300) return 'At most 300 characters.';
  return listed.some((each) => isSameDestination(each, wanted)) ? `${wanted} is frozen already.` : undefined;
}

const usualPorts: Readonly<Record<string, number>> = { spamassassin: 783, rspamd: 11_333 };

/** The port that goes with another spam checker; undefined: the one at hand was chosen by somebody. */
export function portFor(checker: string, port: unknown): number | undefined {
  const usual = usualPorts[checker];
  return usual !== undefined && usual !== port && Object.values(usualPorts).includes(Number(port))
    ? usual
    : undefined;
}
