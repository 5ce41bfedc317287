/// <reference path="./css-tree.d.ts" />
/** What style sheets and style attributes use. */
import { tokenTypes } from 'css-tree/tokenizer';
import type { CssToken, CssVisitor } from './css-reader';
import { imageFormatsOf, type UsedFeatures } from './used-features';

const {
  Colon,
  Comma,
  Delim,
  Dimension,
  Function: FunctionToken,
  Hash,
  Ident,
  LeftParenthesis,
  LeftSquareBracket,
  Percentage,
  RightParenthesis,
  RightSquareBracket,
  String: StringToken,
  Url,
  WhiteSpace,
} = tokenTypes;

/** Properties whose longhands a client that knows the shorthand knows too, where the data has no row of their own. */
const shorthands = [
  'animation',
  'border',
  'border-image',
  'list-style',
  'margin',
  'mask',
  'outline',
  'overflow',
  'padding',
  'text-emphasis',
  'transition',
];
const corner = /^border-(?:top|bottom)-(?:left|right)-radius$/;
const borderSide =
  /^border-(?:top|right|bottom|left)(?:-(?:color|style|width))?$|^border-(?:color|style|width)$/;

/** Names under which a property may stand in the data, the first that is there counts. */
export function propertyNames(property: string): string[] {
  const bare = property.replace(/^-(?:webkit|moz|ms|o)-/, '');
  if (corner.test(bare)) return [bare, 'border-radius'];
  if (borderSide.test(bare)) return [bare, 'border'];
  const shorthand = shorthands
    .filter((name) => name !== 'border' && bare.startsWith(`${name}-`))
    .sort((one, other) => other.length - one.length)[0];
  return shorthand === undefined ? [bare] : [bare, shorthand];
}

const keywords = new Set([
  'fit-content',
  'initial',
  'max-content',
  'min-content',
  'system-ui',
  'ui-monospace',
  'ui-rounded',
  'ui-sans-serif',
  'ui-serif',
]);

/** @param isKnown whether the data has a row of the use */
export function cssFeatureVisitor(uses: UsedFeatures, isKnown: (use: string) => boolean): CssVisitor {
  return {
    onComment: (line) => uses.add('css:comment', line),
    onAtRule(name, prelude, line) {
      uses.add(`at:${name.replace(/^-(?:webkit|moz|ms|o)-/, '')}`, line);
      if (name !== 'media') return;
      prelude.forEach((token, index) => {
        if (token.type === Ident && prelude[index - 1]?.type === LeftParenthesis)
          uses.add(`media:${token.text.toLowerCase()}`, line);
      });
    },
    onDeclaration(property, value, line) {
      if (property.startsWith('--')) return uses.add('css:variable', line);
      const name = propertyNames(property).find((each) => isKnown(`property:${each}`));
      if (name !== undefined) uses.add(`property:${name}`, line);
      addValue(uses, property, value, line);
    },
    onSelector: (tokens, line, isNested) => {
      if (isNested) uses.add('selector:nesting', line);
      addSelector(uses, tokens, line);
    },
  };
}

function addValue(uses: UsedFeatures, property: string, value: readonly CssToken[], line: number): void {
  value.forEach((token, index) => {
    const text = token.text.toLowerCase();
    if (token.type === FunctionToken) {
      uses.add(`function:${text.slice(0, -1)}`, line);
      const address = value[index + 1];
      if (text === 'url(' && address?.type === StringToken) addImage(uses, address.text.slice(1, -1), line);
    } else if (token.type === Url) addImage(uses, token.text.slice(4, -1), line);
    else if (token.type === Percentage) uses.add('unit:%', line);
    else if (token.type === Dimension)
      uses.add(`unit:${text.replace(/^[+-]?(?:\d*\.)?\d+(?:e[+-]?\d+)?/, '')}`, line);
    else if (token.type === Ident) {
      const before = value[index - 1];
      if (text === 'important' && before?.type === Delim && before.text === '!') {
        uses.add('css:important', line);
        return;
      }
      if (keywords.has(text)) uses.add(`keyword:${text}`, line);
      uses.add(`pair:${property}:${text.replace(/^(?:inline-|-webkit-)(?=flex$|grid$)/, '')}`, line);
    }
  });
}

function addImage(uses: UsedFeatures, url: string, line: number): void {
  for (const format of imageFormatsOf(url.trim())) uses.add(`image:${format}`, line);
}

/** One pass over the tokens of a selector list; what stands in brackets belongs to its pseudo-class. */
function addSelector(uses: UsedFeatures, tokens: readonly CssToken[], line: number): void {
  const add = (use: string): void => uses.add(use, line);
  let depth = 0;
  let classes = 0;
  /** A compound selector stands before, and only white space since. */
  let isAfterCompound = false;
  let hasGap = false;
  const startCompound = (): void => {
    if (isAfterCompound && hasGap) {
      add('selector:descendant');
      classes = 0;
    }
    isAfterCompound = true;
    hasGap = false;
  };
  for (let index = 0; index < tokens.length; index += 1) {
    const { type, text } = tokens[index] as CssToken;
    if (type === RightParenthesis || type === RightSquareBracket) {
      depth = Math.max(0, depth - 1);
      continue;
    }
    if (type === LeftSquareBracket && depth === 0) {
      startCompound();
      add('selector:attribute');
    }
    if (type === LeftParenthesis || type === LeftSquareBracket) depth += 1;
    if (type === Colon) {
      let name = tokens[index + 1];
      if (name?.type === Colon) name = tokens[index + 2];
      if (name?.type === Ident || name?.type === FunctionToken) {
        if (depth === 0) startCompound();
        add(`pseudo:${name.text.toLowerCase().replace(/\($/, '')}`);
        if (name.type === FunctionToken) depth += 1;
        index = tokens.indexOf(name, index);
      }
      continue;
    }
    if (type === FunctionToken) depth += 1;
    if (depth > 0) continue;
    if (type === WhiteSpace) hasGap = true;
    else if (type === Comma) {
      add('selector:grouping');
      isAfterCompound = false;
      classes = 0;
    } else if (type === Hash) {
      startCompound();
      add('selector:id');
    } else if (type === Ident) {
      startCompound();
      add('selector:type');
    } else if (type === Delim && text === '.') {
      startCompound();
      add('selector:class');
      classes += 1;
      if (classes > 1) add('selector:chaining');
      index += 1;
    } else if (type === Delim && text === '*') {
      startCompound();
      add('selector:*');
    } else if (type === Delim && text === '&') {
      startCompound();
      add('selector:nesting');
    } else if (type === Delim && (text === '>' || text === '+' || text === '~')) {
      add(`selector:${text}`);
      isAfterCompound = false;
      classes = 0;
    }
  }
}
