/** An SMTP dialogue as plain text, for the clipboard. Pure. */

export interface DialogueLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly side: 'client' | 'server' | 'note';
  readonly text: string;
}

export const arrows = { client: '→', server: '←', note: '·' } as const;

/** Tab may stay; what turns the direction of text, or shows nothing, may not: a line must not look like another one. */
const unseen =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** What a peer said, with the characters that cannot be seen as "\u202e". */
export const visibleText = (text: string): string =>
  text.replace(unseen, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const clockOf = (at: number): string => new Date(at).toISOString().slice(11, 23);

/** "10:02:03.123 → EHLO red.test", in UTC, so that it can be laid beside the log of another computer. */
export const dialogueTexts = (lines: readonly DialogueLine[]): string[] =>
  lines.map(({ at, side, text }) => `${clockOf(at)} ${arrows[side]} ${visibleText(text)}`);
