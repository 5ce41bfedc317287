/**
 * Whether HTML can be drawn without stopping the window. The browser draws it on the page's own thread, so what is
 * beyond these limits is not given to it; its text and source can be read. One pass over the text, no tree.
 */
const mostCharacters = 2 * 1024 * 1024;
const mostTags = 30_000;
const deepest = 300;

/** They have no end, or end by themselves where the next one begins. */
const unnested = new Set(
  'area base br col embed hr img input link meta param source track wbr p li dt dd tr td th thead tbody tfoot option'.split(
    ' ',
  ),
);

/** Why this HTML is not drawn, as a sentence; undefined: it can be. */
export function whyNotDrawn(html: string): string | undefined {
  if (html.length > mostCharacters) return 'The HTML part is too large to be shown safely.';
  const open = new Map<string, number>();
  let depth = 0;
  let tags = 0;
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', at + 1)) {
    const isEnd = html[at + 1] === '/';
    const name = readName(html, isEnd ? at + 2 : at + 1);
    if (name === '') continue;
    tags += 1;
    if (tags > mostTags) return 'The HTML part has too many elements to be shown safely.';
    if (unnested.has(name)) continue;
    const count = open.get(name) ?? 0;
    // An end that ends nothing must not hide what is open.
    if (isEnd && count === 0) continue;
    open.set(name, isEnd ? count - 1 : count + 1);
    depth += isEnd ? -1 : 1;
    if (depth > deepest) return 'The elements of the HTML part are nested too deeply to be shown safely.';
  }
  return undefined;
}

const longestName = 30;

function readName(html: string, from: number): string {
  let to = from;
  while (to - from < longestName && /[a-z0-9]/i.test(html[to] ?? '')) to += 1;
  return /^[a-z]/i.test(html[from] ?? '') ? html.slice(from, to).toLowerCase() : '';
}
