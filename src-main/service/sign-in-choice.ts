/** Which OAuth2 sign-in a command means: by name (case does not count) or number. */
import type { SignInRow } from '../api/contract';
import type { ContractClient } from '../api/http/control-client';
import { Problem } from '../engine/core/problem';

/** Pure. Throws Problem 'not-found'. Names are there once. */
export function chooseSignIn<T extends Pick<SignInRow, 'id' | 'name'>>(
  rows: readonly T[],
  wanted: string,
): T {
  const name = wanted.trim().toLowerCase();
  const row = rows.find((each) => each.id === name || each.name.toLowerCase() === name);
  if (row === undefined)
    throw new Problem('not-found', `There is no sign-in named "${wanted}". mailroot oauth list lists them.`);
  return row;
}

export const findSignIn = async (client: ContractClient, wanted: string): Promise<SignInRow> =>
  chooseSignIn(await client.oauth.list(), wanted);
