/** Asks at the terminal for something that must not be seen: nothing of what is typed is shown. */
import { Problem } from '../engine/core/problem';

/** What is used of `process.stdin` when it is a terminal. */
export interface SecretInput {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  on(event: 'data', listener: (piece: Buffer | string) => void): unknown;
  off(event: 'data', listener: (piece: Buffer | string) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

const enter = /[\r\n]/;
const interrupt = '\u0003';
const endOfInput = '\u0004';
const eraseLine = '\u0015';
const erase = ['\u007f', '\b'];

/** The line typed; undefined when there is no terminal. Throws Problem 'refused' when the person gives up (Ctrl-C). */
export function askSecret(
  question: string,
  input: SecretInput,
  write: (text: string) => void,
): Promise<string | undefined> {
  if (input.isTTY !== true || !input.setRawMode) return Promise.resolve(undefined);
  input.setRawMode(true);
  write(`${question}: `);
  return new Promise((resolve, reject) => {
    const typed: string[] = [];
    // Characters may be cut between two pieces.
    const decoder = new TextDecoder();
    const end = (): void => {
      input.off('data', read);
      input.pause();
      input.setRawMode?.(false);
      write('\n');
    };
    const read = (piece: Buffer | string): void => {
      const text = typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
      // An arrow key or the like, not something that is meant.
      if (text.startsWith('\u001b')) return;
      for (const character of text) {
        if (enter.test(character)) {
          end();
          resolve(typed.join(''));
          return;
        }
        if (character === interrupt || (character === endOfInput && typed.length === 0)) {
          end();
          reject(new Problem('refused', 'Nothing was changed.'));
          return;
        }
        if (character === eraseLine) typed.length = 0;
        else if (erase.includes(character)) typed.pop();
        else if (character >= ' ') typed.push(character);
      }
    };
    input.on('data', read);
    input.resume();
  });
}
