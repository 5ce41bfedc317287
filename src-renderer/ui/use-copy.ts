/** Copying a text for people: what came of it is told to screen readers, and shown where the caller shows it. */
import { useState } from 'react';
import { announce } from './announcer';

export interface Copying {
  /** Text that lies in the clipboard, as far as is known. */
  readonly copied: string | undefined;
  /** The clipboard could not be used: it is not there on pages without HTTPS. The text can be selected instead. */
  readonly hasFailed: boolean;
  /** @param what as in "Value copied." */
  readonly copy: (text: string, what: string) => void;
  /** Shows it as it was; call when the focus leaves. */
  readonly forget: () => void;
}

const nothing = { copied: undefined, hasFailed: false };

export function useCopy(): Copying {
  const [result, setResult] = useState<Pick<Copying, 'copied' | 'hasFailed'>>(nothing);
  const copy = async (text: string, what: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setResult({ copied: text, hasFailed: false });
      announce(`${what} copied.`);
    } catch {
      setResult({ copied: undefined, hasFailed: true });
      announce('The clipboard could not be used. Select the text and copy it.', 'assertive');
    }
  };
  return { ...result, copy: (text, what) => void copy(text, what), forget: () => setResult(nothing) };
}
