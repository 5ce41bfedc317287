/** An SMTP dialogue as plain text, for the clipboard. Pure. */

export interface DialogueLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly side: 'client' | 'server' | 'note';
  readonly text: string;
}

export const arrows = { client: '→', server: '←', note: '·' } as const;

const clockOf = (at: number): string => new Date(at).toISOString().slice(11, 23);

/** "10:02:03.123 → EHLO red.test", in UTC, so that it can be laid beside the log of another computer. */
export const dialogueTexts = (lines: readonly DialogueLine[]): string[] =>
  lines.map(({ at, side, text }) => `${clockOf(at)} ${arrows[side]} ${text}`);
