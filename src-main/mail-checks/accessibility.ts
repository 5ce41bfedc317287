/** Whether the HTML can be read by everybody: with a screen reader, in other colours, on a small screen. */
import type { CheckFinding } from '../api/contract';
import { type Colour, contrastOf, parseColour } from './colours';
import { countOf, finding, plainPlace } from './finding';
import type { HtmlElement, HtmlOutline } from './html-outline';

/** WCAG 2.2, 1.4.3 for text that is not large. */
const leastContrast = 4.5;
const smallestPixels = 12;

const vagueTexts = new Set([
  'click',
  'click here',
  'click this',
  'download',
  'go',
  'here',
  'hier',
  'hier klicken',
  'learn more',
  'link',
  'mehr',
  'more',
  'read more',
  'this',
  'this link',
  'weiter',
  'weiterlesen',
]);

interface Look {
  readonly colour: Colour | undefined;
  readonly background: Colour | undefined;
  /** A picture lies behind the text: the contrast cannot be known. */
  readonly isOnPicture: boolean;
  readonly isHidden: boolean;
}

export function checkAccessibility(outline: HtmlOutline): CheckFinding[] {
  const { elements } = outline;
  const findings: CheckFinding[] = [];
  const add = (
    list: readonly string[],
    level: CheckFinding['level'],
    code: string,
    title: (count: number) => string,
    text: string,
  ): void => {
    if (list.length > 0) findings.push(finding(level, code, title(list.length), text, list));
  };
  const root = elements.find(({ name }) => name === 'html');
  if (!root?.attributes.lang?.trim())
    add(
      ['html'],
      'warning',
      'access.no-lang',
      () => 'The HTML does not say its language.',
      'Screen readers guess how to pronounce it. Write <html lang="en">, with the language of the text.',
    );
  if (!elements.some(({ name, text }) => name === 'title' && text.trim() !== ''))
    add(
      ['head'],
      'hint',
      'access.no-title',
      () => 'The HTML has no title.',
      'Screen readers and "view in browser" pages announce it. Add a <title>.',
    );
  const pictures = elements.filter(({ name }) => name === 'img');
  add(
    pictures
      .filter(({ attributes }) => attributes.alt === undefined)
      .map((each) => `${plainPlace(each.attributes.src ?? '', 80)} (${where(each)})`),
    'warning',
    'access.no-alt',
    (count) => `${countOf(count, 'picture')} without alt text.`,
    'With pictures blocked there is nothing, and screen readers read the file name. Say what it shows; write alt="" where it only decorates.',
  );
  add(
    elements.filter((each) => isLayoutTable(each)).map(where),
    'hint',
    'access.layout-table',
    (count) => `${countOf(count, 'table')} for the layout without role="presentation".`,
    'Screen readers count out rows and columns. Add role="presentation" to tables that hold no data.',
  );
  add(
    headingJumps(elements),
    'hint',
    'access.heading-order',
    (count) => `${countOf(count, 'heading')} out of order.`,
    'Readers who jump from heading to heading lose their way. Go down one level at a time.',
  );
  add(
    elements
      .filter(({ name, attributes }) => name === 'a' && attributes.href !== undefined)
      .filter((each) =>
        vagueTexts.has(
          nameOf(each)
            .toLowerCase()
            .replace(/[\s.…>»!:]+$/, ''),
        ),
      )
      .map((each) => `"${nameOf(each)}" (${where(each)})`),
    'hint',
    'access.vague-link',
    (count) => `${countOf(count, 'link')} with a text that says nothing of the target.`,
    'In a list of links "click here" is no help. Name what is behind the link.',
  );
  add(
    namelessLinks(elements),
    'warning',
    'access.empty-link',
    (count) => `${countOf(count, 'link')} without text.`,
    'Screen readers read the address letter by letter. Give it text, or the picture in it an alt text.',
  );
  add(
    smallTexts(elements),
    'hint',
    'access.small-text',
    (count) => `${countOf(count, 'element')} with text below ${smallestPixels} pixels.`,
    'Phones make it larger and break the layout, and many cannot read it. Use 14 pixels or more.',
  );
  add(
    unlabelledControls(elements),
    'warning',
    'access.no-label',
    (count) => `${countOf(count, 'form control')} without a label.`,
    'Most mail clients remove forms; where they do not, nobody knows what to enter. Link to a page instead, or add labels.',
  );
  add(
    weakContrasts(elements),
    'warning',
    'access.contrast',
    (count) => `${countOf(count, 'text')} with too little contrast.`,
    'Text needs 4.5 to 1 against its background (WCAG 1.4.3). Make it darker, or the background lighter. Only inline colours are looked at.',
  );
  return findings;
}

const where = ({ line }: HtmlElement): string => `line ${line} of the HTML`;
const nameOf = ({ text, attributes }: HtmlElement): string =>
  (attributes['aria-label'] || text || attributes.title || '').trim();

/** A table without headings and caption that is not said to be one of layout. */
function isLayoutTable({ name, attributes }: HtmlElement): boolean {
  if (name !== 'table' || attributes.role !== undefined) return false;
  const isForLayout = ['cellpadding', 'cellspacing', 'width', 'align', 'bgcolor'].some(
    (attribute) => attributes[attribute] !== undefined,
  );
  return isForLayout && attributes.summary === undefined;
}

function headingJumps(elements: readonly HtmlElement[]): string[] {
  let last = 0;
  return elements.flatMap((each) => {
    const level = /^h([1-6])$/.exec(each.name)?.[1];
    if (level === undefined) return [];
    const jump = Number(level) > last + 1 && last > 0;
    const before = last;
    last = Number(level);
    return jump ? [`h${level} after h${before}: "${plainPlace(each.text, 60)}" (${where(each)})`] : [];
  });
}

function namelessLinks(elements: readonly HtmlElement[]): string[] {
  const named = new Set<number>();
  elements.forEach(({ name, attributes }, index) => {
    if (name !== 'img' || !(attributes.alt || attributes['aria-label'])) return;
    // Few levels: a picture of a link lies in it, or in a span or table of it.
    let at = elements[index]?.parent ?? -1;
    for (let steps = 0; at >= 0 && steps < 12; steps += 1) {
      named.add(at);
      at = elements[at]?.parent ?? -1;
    }
  });
  return elements.flatMap((each, index) =>
    each.name === 'a' && each.attributes.href !== undefined && nameOf(each) === '' && !named.has(index)
      ? [`${plainPlace(each.attributes.href, 80)} (${where(each)})`]
      : [],
  );
}

const declared = (style: string | undefined, name: RegExp): string | undefined => {
  if (style === undefined) return undefined;
  for (const part of style.slice(0, 10_000).split(';')) {
    const colon = part.indexOf(':');
    if (colon > 0 && name.test(part.slice(0, colon).trim().toLowerCase()))
      return part.slice(colon + 1).trim();
  }
  return undefined;
};

function smallTexts(elements: readonly HtmlElement[]): string[] {
  return elements.flatMap((each) => {
    if (!each.hasText) return [];
    const match = /^(\d{1,3}(?:\.\d+)?)(px|pt)/i.exec(declared(each.attributes.style, /^font-size$/) ?? '');
    if (!match) return [];
    const pixels = Number(match[1]) * (match[2]?.toLowerCase() === 'pt' ? 4 / 3 : 1);
    // Hidden previews of the text ("preheaders") have a size of 0 or 1.
    return pixels > 1 && pixels < smallestPixels ? [`${match[0]} (${where(each)})`] : [];
  });
}

function unlabelledControls(elements: readonly HtmlElement[]): string[] {
  const targets = new Set(
    elements.flatMap(({ name, attributes }) => (name === 'label' && attributes.for ? [attributes.for] : [])),
  );
  return elements.flatMap((each) => {
    const { name, attributes, parent } = each;
    if (!['input', 'select', 'textarea'].includes(name)) return [];
    if (['hidden', 'submit', 'reset', 'button', 'image'].includes((attributes.type ?? '').toLowerCase()))
      return [];
    const isLabelled =
      attributes['aria-label'] ||
      attributes['aria-labelledby'] ||
      attributes.title ||
      (attributes.id !== undefined && targets.has(attributes.id)) ||
      elements[parent]?.name === 'label';
    return isLabelled ? [] : [`${name} (${where(each)})`];
  });
}

/** Parents stand before their children, so one pass knows what is inherited. */
function weakContrasts(elements: readonly HtmlElement[]): string[] {
  const looks: Look[] = [];
  const plain: Look = { colour: undefined, background: undefined, isOnPicture: false, isHidden: false };
  return elements.flatMap((each) => {
    const look = lookOf(each, looks[each.parent] ?? plain);
    looks.push(look);
    const { colour, background, isOnPicture, isHidden } = look;
    if (!each.hasText || isHidden || isOnPicture || !colour) return [];
    const ratio = contrastOf(colour, background ?? [255, 255, 255]);
    return ratio < leastContrast
      ? [`${ratio.toFixed(1)} to 1 in <${plainPlace(each.name, 30)}> (${where(each)})`]
      : [];
  });
}

function lookOf({ name, attributes }: HtmlElement, above: Look): Look {
  const { style } = attributes;
  const colour =
    declared(style, /^color$/) ??
    (name === 'font' ? attributes.color : undefined) ??
    (name === 'body' ? attributes.text : undefined);
  const shorthand = declared(style, /^background$/);
  const background = declared(style, /^background-color$/) ?? attributes.bgcolor ?? shorthand;
  const own = background === undefined ? undefined : (parseColour(background) ?? firstColour(background));
  const isOpaque = own !== undefined;
  const hasPicture =
    attributes.background !== undefined ||
    /url\(|gradient\(/i.test(`${shorthand ?? ''} ${declared(style, /^background-image$/) ?? ''}`);
  // A background that is not understood hides what is known of the one below it.
  const isUnknown =
    background !== undefined && !isOpaque && !/^(?:none|transparent|inherit|initial)?$/i.test(background);
  return {
    colour: colour === undefined ? above.colour : parseColour(colour),
    background: own ?? above.background,
    isOnPicture: hasPicture || isUnknown || (above.isOnPicture && !isOpaque),
    isHidden:
      above.isHidden ||
      /^none/i.test(declared(style, /^display$/) ?? '') ||
      /^hidden/i.test(declared(style, /^visibility$/) ?? '') ||
      /^0(?:px|pt)?$/i.test(declared(style, /^(?:font-size|max-height|opacity)$/) ?? ''),
  };
}

/** Of a shorthand like "#fff url(x) no-repeat". */
const firstColour = (text: string): Colour | undefined =>
  text
    .slice(0, 500)
    .split(/\s+(?![^(]*\))/)
    .map(parseColour)
    .find((each) => each !== undefined);
