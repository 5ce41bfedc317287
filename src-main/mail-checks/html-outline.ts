/**
 * An HTML text as flat lists: its elements in their order with attributes, line and parent, its style sheets, and how
 * much text there is.
 *
 * Promises: one pass, no recursion, bounded by `checkLimits`; what was left out is said by `isCut`.
 * Trusts: nothing. Never throws. Runs nothing and loads nothing.
 */
import { Parser } from 'htmlparser2';
import { checkLimits } from './limits';

export interface HtmlElement {
  /** Lower case. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Of its start tag, from 1. */
  readonly line: number;
  /** Place of its parent in the list; -1: none. */
  readonly parent: number;
  /** It has text of its own, besides that of elements in it. */
  hasText: boolean;
  /** Of links, headings, labels, buttons and the title: all text in it, cut. */
  text: string;
}

export interface HtmlOutline {
  readonly elements: readonly HtmlElement[];
  readonly styleSheets: readonly { readonly css: string; readonly line: number }[];
  readonly doctype: string | undefined;
  readonly commentLines: readonly number[];
  /** Of the text that a reader sees, without white space. */
  readonly textCharacters: number;
  readonly isCut: boolean;
}

/** Elements whose whole text is wanted. */
const collecting = new Set(['a', 'button', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'label', 'option', 'title']);
const mostCollecting = 20;
const longestText = 300;
const unseen = new Set(['head', 'script', 'style', 'template', 'title']);
/** The parser reads in pieces, so that reaching a limit ends the work soon. */
const pieceCharacters = 16 * 1024;

export function outlineHtml(html: string): HtmlOutline {
  const elements: HtmlElement[] = [];
  const open: { readonly index: number; readonly name: string }[] = [];
  const collectors: HtmlElement[] = [];
  const styleSheets: { css: string; line: number }[] = [];
  const commentLines: number[] = [];
  let doctype: string | undefined;
  let textCharacters = 0;
  let hiddenDepth = 0;
  let isFull = false;
  const lineAt = createLineCounter(html);

  const parser = new Parser(
    {
      onopentag(name, given) {
        if (elements.length >= checkLimits.elements || open.length >= checkLimits.depth) isFull = true;
        if (isFull) return;
        const element: HtmlElement = {
          name,
          attributes: Object.fromEntries(Object.entries(given).slice(0, checkLimits.attributesPerElement)),
          line: lineAt(parser.startIndex),
          parent: open.at(-1)?.index ?? -1,
          hasText: false,
          text: '',
        };
        open.push({ index: elements.length, name });
        elements.push(element);
        if (unseen.has(name)) hiddenDepth += 1;
        if (name === 'style') styleSheets.push({ css: '', line: element.line });
        if (collecting.has(name) && collectors.length < mostCollecting) collectors.push(element);
      },
      onclosetag(name) {
        const last = open.at(-1);
        if (last?.name !== name) return;
        open.pop();
        if (unseen.has(name)) hiddenDepth -= 1;
        if (collectors.at(-1) === elements[last.index]) collectors.pop();
      },
      ontext(text) {
        const inside = open.at(-1);
        const sheet = inside?.name === 'style' ? styleSheets.at(-1) : undefined;
        if (sheet) {
          if (sheet.css === '') sheet.line = lineAt(parser.startIndex);
          sheet.css += text;
          return;
        }
        const words = text.trim();
        if (words === '') return;
        for (const collector of collectors)
          if (collector.text.length < longestText)
            collector.text = `${collector.text} ${words}`.trimStart().slice(0, longestText);
        if (hiddenDepth > 0) return;
        const element = inside === undefined ? undefined : elements[inside.index];
        if (element) element.hasText = true;
        textCharacters += text.replace(/\s/g, '').length;
      },
      oncomment() {
        if (commentLines.length < checkLimits.places) commentLines.push(lineAt(parser.startIndex));
      },
      onprocessinginstruction(name, data) {
        if (name.toLowerCase() === '!doctype') doctype ??= data.slice(0, 200);
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  const end = Math.min(html.length, checkLimits.htmlCharacters);
  for (let at = 0; at < end && !isFull; at += pieceCharacters)
    parser.write(html.slice(at, Math.min(end, at + pieceCharacters)));
  if (!isFull) parser.end();
  return {
    elements,
    styleSheets,
    doctype,
    commentLines,
    textCharacters,
    isCut: isFull || html.length > end,
  };
}

/** Line of an offset; offsets that come in order are cheap, and one that goes back counts as the last one. */
export function createLineCounter(text: string, firstLine = 1): (offset: number) => number {
  let line = firstLine;
  let next = text.indexOf('\n');
  return (offset) => {
    while (next !== -1 && next < offset) {
      line += 1;
      next = text.indexOf('\n', next + 1);
    }
    return line;
  };
}
