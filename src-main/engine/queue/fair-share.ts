/**
 * Who may take one more of the outgoing connections, when they are limited in total: hosts that do not answer, or
 * trickle, must not hold all of them while others have mail. Pure.
 */

/**
 * 'proven': it took mail, or answered, a moment ago; 'unknown': not tried yet; 'doubtful': it cannot be reached, its
 * mail failed before, or an attempt to it has gone on for long.
 */
export type Standing = 'proven' | 'unknown' | 'doubtful';
export const standings: readonly Standing[] = ['proven', 'unknown', 'doubtful'];

export interface LaneQuestion {
  /** Limit of outgoing connections; Infinity: none. */
  readonly total: number;
  /** Attempts under way to destinations of each standing. */
  readonly running: Readonly<Record<Standing, number>>;
  readonly standing: Standing;
  /** Attempts under way to the destination that asks. */
  readonly ofDestination: number;
  /** Other destinations have mail too. */
  readonly hasOthers: boolean;
}

/**
 * Where others have mail: one destination leaves an eighth to them (one connection at least), and has no more than
 * a quarter as long as it has not taken mail quickly; all doubtful ones together have a half, together with the unknown
 * ones seven eighths.
 */
export function mayTakeLane({ total, running, standing, ofDestination, hasOthers }: LaneQuestion): boolean {
  const unproven = running.unknown + running.doubtful;
  if (running.proven + unproven >= total) return false;
  if (!hasOthers || total === Number.POSITIVE_INFINITY) return true;
  const eighth = Math.floor(total / 8);
  if (standing === 'proven') return ofDestination < Math.max(1, total - Math.max(1, eighth));
  if (ofDestination >= Math.ceil(total / 4)) return false;
  if (standing === 'doubtful' && running.doubtful >= Math.max(1, Math.floor(total / 2))) return false;
  return unproven < total - eighth;
}
