/** What the elements of an HTML text use. */
import type { CssReader, CssVisitor } from './css-reader';
import type { HtmlElement, HtmlOutline } from './html-outline';
import { imageFormatsOf, type UsedFeatures } from './used-features';

export function addHtmlFeatures(uses: UsedFeatures, outline: HtmlOutline): void {
  if (/^!doctype html\s*$/i.test(outline.doctype ?? '')) uses.add('html:doctype', 1);
  for (const line of outline.commentLines) uses.add('html:comment', line);
  for (const element of outline.elements) addElement(uses, element);
}

function addElement(uses: UsedFeatures, { name, attributes, line }: HtmlElement): void {
  const add = (use: string): void => uses.add(use, line);
  add(`element:${name}`);
  for (const attribute of Object.keys(attributes)) add(`attribute:${attribute}`);
  if (name === 'input') add(`typed:input:${(attributes.type || 'text').toLowerCase()}`);
  if (name === 'button') add(`typed:button:${(attributes.type || 'submit').toLowerCase()}`);
  if (name === 'meta' && attributes.name?.toLowerCase() === 'color-scheme') add('html:meta-color-scheme');
  if (name === 'a') {
    const href = attributes.href?.trimStart() ?? '';
    if (href.startsWith('#') && href.length > 1) add('html:local-anchor');
    if (/^mailto:/i.test(href)) add('html:mailto');
  }
  const pictures = [
    ...(name === 'img' && attributes.src !== undefined ? [attributes.src] : []),
    ...(attributes.background === undefined ? [] : [attributes.background]),
    ...(attributes.srcset === undefined ? [] : srcsetUrls(attributes.srcset)),
  ];
  for (const url of pictures) for (const format of imageFormatsOf(url)) add(`image:${format}`);
}

/** Addresses of a srcset; one that is written into it ("data:") has commas of its own. */
export function srcsetUrls(srcset: string): string[] {
  if (/^\s*data:/i.test(srcset)) return [srcset.trim().split(/\s/, 1)[0] ?? ''];
  return srcset
    .slice(0, 20_000)
    .split(',')
    .slice(0, 50)
    .flatMap((candidate) => candidate.trim().split(/\s+/, 1)[0] || []);
}

export function addCssFeatures(reader: CssReader, outline: HtmlOutline, visitor: CssVisitor): void {
  for (const { css, line } of outline.styleSheets) reader.readSheet(css, line, visitor);
  for (const { attributes, line } of outline.elements)
    if (attributes.style !== undefined) reader.readDeclarations(attributes.style, line, visitor);
}
