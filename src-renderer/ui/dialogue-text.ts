/** An SMTP dialogue as plain text, for the clipboard. Pure. */
import type { DialogueRow } from '../../src-main/api/contract';

export const arrows = { client: '→', server: '←', note: '·' } as const;

const clockOf = (at: number): string => new Date(at).toISOString().slice(11, 23);

/** "10:02:03.123 → EHLO red.test", in UTC, so that it can be laid beside the log of another computer. */
export const dialogueTexts = (lines: readonly DialogueRow[]): string[] =>
  lines.map(({ at, side, text }) => `${clockOf(at)} ${arrows[side]} ${text}`);
