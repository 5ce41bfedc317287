/** Passwords and tokens of one connection, blanked out of whatever is shown or kept of it. */

export interface HiddenWords {
  /** Hides the texts, and their base64, from now on. */
  add(texts: readonly string[]): void;
  hide(text: string): string;
  /** As `hide`, but the codes at the beginning of the lines stay. */
  hideInReply(reply: string): string;
}

/** Too short a word would blank out half of what a host says. */
const shortest = 4;

export function createHiddenWords(): HiddenWords {
  let forms: readonly string[] = [];
  const hide = (text: string): string => forms.reduce((rest, form) => rest.replaceAll(form, '****'), text);
  return {
    add(texts) {
      const all = texts.flatMap((text) => {
        const bytes = Buffer.from(text);
        const base64 = bytes.toString('base64');
        // Replies come as one character for each byte, and are read as UTF-8 later.
        return [
          text,
          bytes.toString('latin1'),
          base64,
          base64.replace(/=+$/, ''),
          bytes.toString('base64url'),
        ];
      });
      const known = new Set([...forms, ...all.filter((form) => form.length >= shortest)]);
      // The longest first: a short one may be a part of it.
      forms = [...known].sort((one, other) => other.length - one.length);
    },
    hide,
    hideInReply: (reply) =>
      forms.length === 0
        ? reply
        : reply
            .split('\n')
            .map((line) => line.slice(0, 4) + hide(line.slice(4)))
            .join('\n'),
  };
}
