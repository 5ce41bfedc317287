/** The draft of the sheet, as its fields see it. */
import { createContext, useContext } from 'react';
import type { Faults, Values } from './draft';
import { readFacts, type SettingFacts, type Shape } from './facts';

export interface Sheet {
  readonly shape: Shape;
  /** What the field shows: changed, or in force. */
  readonly value: (key: string) => unknown;
  readonly set: (key: string, value: unknown) => void;
  /** From now on the field tells what is wrong with it. */
  readonly leave: (key: string) => void;
  /** Shown reasons only; for a list the path says which entry. */
  readonly faultsOf: (key: string) => readonly { readonly path: string; readonly reason: string }[];
  readonly isChanged: (key: string) => boolean;
  /** What would be wrong with these changes on top of those that are there. */
  readonly judge: (changes: Values) => Faults;
  /** Whoever looks may not change anything: `set` does nothing. */
  readonly isReadOnly: boolean;
}

export const SheetContext = createContext<Sheet | undefined>(undefined);

/** The sheet around this control. */
export function useSheet(): Sheet {
  const sheet = useContext(SheetContext);
  if (sheet === undefined) throw new Error('A setting stands outside of a sheet.');
  return sheet;
}

export interface Setting {
  readonly facts: SettingFacts;
  readonly value: unknown;
  readonly set: (value: unknown) => void;
  readonly leave: () => void;
  readonly fault: string | undefined;
  readonly faults: readonly { readonly path: string; readonly reason: string }[];
  /** The control shows the value and cannot be used. */
  readonly isReadOnly: boolean;
}

export function useSetting(key: string): Setting {
  const sheet = useSheet();
  const faults = sheet.faultsOf(key);
  return {
    facts: readFacts(sheet.shape, key),
    value: sheet.value(key),
    set: (value) => sheet.set(key, value),
    leave: () => sheet.leave(key),
    fault: faults[0]?.reason,
    faults,
    isReadOnly: sheet.isReadOnly,
  };
}
