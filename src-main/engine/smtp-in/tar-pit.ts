/**
 * The tar pit of IIS 6 (reference 5.5): whoever collects refusals, of addresses that do not exist above all, gets
 * them slowly. Pure.
 */

/** How long the reply is held back; 0: not at all. A client that has logged in is nobody's stranger. */
export function decideTarPit(request: {
  /** Reply code; undefined where the answer has none of ours. */
  readonly code: number | undefined;
  readonly account: string | undefined;
  readonly tarPitMs: number;
}): number {
  const { code, account, tarPitMs } = request;
  return code !== undefined && code >= 500 && account === undefined ? tarPitMs : 0;
}
