/**
 * What the console remembers between starts on this computer: widths, splits, sort. Kept in the page's local
 * storage; a value that is missing, foreign or unreadable counts as not remembered, and a full or forbidden
 * storage is no error: the console only forgets.
 */

/** Every key of ours begins with this. */
const prefix = 'mailroot.ui.';

/** The value under `key` if `isValid` accepts it, else undefined. */
export function recall<Value>(key: string, isValid: (value: unknown) => value is Value): Value | undefined {
  try {
    const text = globalThis.localStorage?.getItem(prefix + key);
    if (text === null || text === undefined) return undefined;
    const value: unknown = JSON.parse(text);
    return isValid(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function remember(key: string, value: unknown): void {
  try {
    globalThis.localStorage?.setItem(prefix + key, JSON.stringify(value));
  } catch {
    // Private mode or quota: nothing to do, nothing lost but comfort.
  }
}

export const isFiniteNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);
