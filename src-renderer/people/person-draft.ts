/** Name and password as they are typed, and what is wrong with them. Pure. */
import { accountName, newPassword } from '../../src-main/api/contract';

export interface PersonDraft {
  readonly name: string;
  readonly password: string;
  readonly repeated: string;
}

export const emptyPerson: PersonDraft = { name: '', password: '', repeated: '' };

export type PersonFaults = Partial<Record<keyof PersonDraft, string>>;

/** `wanted`: the fields that are asked for; an untouched password can be left as it is. */
export function findPersonFaults(
  draft: PersonDraft,
  wanted: { readonly name: boolean; readonly password: 'needed' | 'optional' },
): PersonFaults {
  const faults: PersonFaults = {};
  const nameFault = accountName.safeParse(draft.name).error?.issues[0]?.message;
  if (wanted.name && nameFault !== undefined) faults.name = nameFault;
  if (wanted.password === 'optional' && draft.password === '' && draft.repeated === '') return faults;
  const passwordFault = newPassword.safeParse(draft.password).error?.issues[0]?.message;
  if (passwordFault !== undefined) faults.password = passwordFault;
  else if (draft.repeated !== draft.password) faults.repeated = 'This is not the same password.';
  return faults;
}

export const isUntouched = (draft: PersonDraft): boolean =>
  draft.name === '' && draft.password === '' && draft.repeated === '';
