/** Text as the index keeps it: HTML as words, comparison without case and accents, a piece around a match. Pure. */

/** For comparing: no case, no accents, one space. */
export function foldText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  euro: '€',
};

/** The words that a reader of the HTML sees, near enough to be found; one pass, whatever the markup. */
export function htmlToWords(html: string): string {
  const pieces: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) {
      pieces.push(html.slice(at));
      break;
    }
    pieces.push(html.slice(at, open));
    const skipped = /^<(script|style|title|!--)/i.exec(html.slice(open, open + 8))?.[1]?.toLowerCase();
    const close = skipped === undefined ? html.indexOf('>', open) : endOfSkipped(html, open, skipped);
    if (close < 0) break;
    // <b> inside of a word does not part it, everything else does.
    if (!/^<\/?(?:b|i|u|em|strong|span|a|font|wbr)\b/i.test(html.slice(open, open + 10))) pieces.push(' ');
    at = close + 1;
  }
  return pieces
    .join('')
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, decodeEntity)
    .replace(/[ \t\r\n]+/g, ' ')
    .trim();
}

function endOfSkipped(html: string, open: number, name: string): number {
  if (name === '!--') {
    const end = html.indexOf('-->', open + 4);
    return end < 0 ? -1 : end + 2;
  }
  const end = html.slice(open).search(new RegExp(`</${name}`, 'i'));
  return end < 0 ? -1 : html.indexOf('>', open + end);
}

function decodeEntity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return entities[name] ?? whole;
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : ' ';
}

const snippetLength = 160;

/** A piece of the text around the first of the words; undefined when none is in it. */
export function snippetOf(text: string, words: readonly string[]): string | undefined {
  if (words.length === 0 || text === '') return undefined;
  // Folding may change lengths; where it does the piece is off by as much, and still a piece of the text.
  const folded = text.normalize('NFC').toLowerCase();
  const plain = folded.normalize('NFD').replace(/\p{M}/gu, '');
  const source = plain.length === folded.length ? plain : folded;
  const places = words.map((word) => source.indexOf(foldText(word))).filter((place) => place >= 0);
  if (places.length === 0) return undefined;
  const first = Math.min(...places);
  const start = Math.max(0, first - 60);
  const piece = text
    .slice(start, start + snippetLength)
    .replace(/\s+/g, ' ')
    .trim();
  return `${start > 0 ? '…' : ''}${piece}${start + snippetLength < text.length ? '…' : ''}`;
}
