/** What a message uses of HTML, CSS and image formats, under the names of caniemail/data.json, with the first lines of each. */
import { checkLimits } from './limits';

export interface UsedFeatures {
  add(use: string, line: number): void;
  has(use: string): boolean;
  /** First lines of the HTML part, without repetition. */
  linesOf(use: string): readonly number[];
  readonly all: Iterable<string>;
}

/** Names come from the message: more kinds than there are features are not kept. */
const mostUses = 5_000;

export function createUsedFeatures(): UsedFeatures {
  const uses = new Map<string, number[]>();
  return {
    add(use, line) {
      const lines = uses.get(use);
      if (lines) {
        if (lines.length < checkLimits.places && lines.at(-1) !== line) lines.push(line);
      } else if (uses.size < mostUses) uses.set(use, [line]);
    },
    has: (use) => uses.has(use),
    linesOf: (use) => uses.get(use) ?? [],
    get all() {
      return uses.keys();
    },
  };
}

/** Format of a picture by its address: "png", or "data" for one that is written into the address. */
export function imageFormatsOf(url: string): string[] {
  const trimmed = url.trimStart().slice(0, checkLimits.urlCharacters);
  const media = /^data:image\/([a-z0-9.+-]+)/i.exec(trimmed)?.[1];
  if (media !== undefined) return ['data', formatOfType(media)];
  const path = trimmed.split(/[?#]/, 1)[0] ?? '';
  const extension = /\.([a-z0-9]{2,5})$/i.exec(path)?.[1];
  return extension === undefined ? [] : [extension.toLowerCase()];
}

/** "png" of image/png, "ico" of image/vnd.microsoft.icon. */
export function formatOfType(subtype: string): string {
  const name = subtype.toLowerCase();
  if (name === 'svg+xml') return 'svg';
  return name === 'vnd.microsoft.icon' || name === 'x-icon' ? 'ico' : name;
}
