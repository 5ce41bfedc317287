/// <reference path="./css-tree.d.ts" />
/**
 * Reads CSS as a flat row of rules and declarations, by tokens: however deep blocks are nested, there is no recursion.
 *
 * Owns: the limit on tokens, which all style sheets and style attributes of a message share.
 * Fails: never; what is no CSS is passed over as browsers do.
 */
import { tokenize, tokenTypes } from 'css-tree/tokenizer';
import { createLineCounter } from './html-outline';
import { checkLimits } from './limits';

export interface CssToken {
  readonly type: number;
  readonly text: string;
}

export interface CssVisitor {
  /** Prelude of a rule, in any depth; `isNested` inside another style rule. */
  onSelector(tokens: readonly CssToken[], line: number, isNested: boolean): void;
  /** Name in lower case, without the "@". */
  onAtRule(name: string, prelude: readonly CssToken[], line: number): void;
  onDeclaration(property: string, value: readonly CssToken[], line: number): void;
  onComment(line: number): void;
}

/** What a block holds: rules, declarations (and nested rules), or steps of an animation. */
type BlockKind = 'rules' | 'declarations' | 'steps';

const {
  AtKeyword,
  Colon,
  Comment,
  Function: FunctionToken,
  Ident,
  LeftCurlyBracket,
  LeftParenthesis,
  LeftSquareBracket,
  RightCurlyBracket,
  RightParenthesis,
  RightSquareBracket,
  Semicolon,
  WhiteSpace,
  CDC,
  CDO,
} = tokenTypes;

/** Of one prelude or value; longer ones are looked at from their beginning. */
const mostTokens = 2_000;

export interface CssReader {
  readSheet(css: string, firstLine: number, visitor: CssVisitor): void;
  readDeclarations(css: string, firstLine: number, visitor: CssVisitor): void;
  /** There was more than was read. */
  readonly isCut: boolean;
}

export function createCssReader(): CssReader {
  let tokensLeft: number = checkLimits.cssTokens;
  let charactersLeft: number = checkLimits.cssCharacters;
  let isCut = false;

  function read(css: string, firstLine: number, visitor: CssVisitor, outermost: BlockKind): void {
    const source = css.slice(0, charactersLeft);
    if (source.length < css.length) isCut = true;
    charactersLeft -= source.length;
    if (source === '' || tokensLeft <= 0) {
      if (source !== '') isCut = true;
      return;
    }
    const lineAt = createLineCounter(source, firstLine);
    const blocks: BlockKind[] = [];
    let run: CssToken[] = [];
    let line = firstLine;
    let brackets = 0;
    const kind = (): BlockKind => blocks.at(-1) ?? outermost;

    const endDeclaration = (): void => {
      const declared = kind() === 'rules' ? undefined : declarationOf(run);
      const [first] = run;
      if (first?.type === AtKeyword) visitor.onAtRule(first.text.slice(1).toLowerCase(), run.slice(1), line);
      else if (declared) visitor.onDeclaration(declared.property, declared.value, line);
    };
    const openBlock = (): BlockKind => {
      const [first] = run;
      if (first?.type === AtKeyword) {
        const name = first.text.slice(1).toLowerCase();
        visitor.onAtRule(name, run.slice(1), line);
        if (name.endsWith('keyframes')) return 'steps';
        return name === 'font-face' || name === 'page' ? 'declarations' : kind();
      }
      if (kind() !== 'steps') visitor.onSelector(run, line, kind() === 'declarations');
      return 'declarations';
    };

    tokenize(source, (type, start, end) => {
      if (tokensLeft <= 0) {
        isCut = true;
        return;
      }
      tokensLeft -= 1;
      if (type === Comment) return visitor.onComment(lineAt(start));
      if (type === CDO || type === CDC) return;
      if (brackets === 0 && type === Semicolon) {
        endDeclaration();
        run = [];
        return;
      }
      if (type === LeftCurlyBracket) {
        blocks.push(openBlock());
        run = [];
        brackets = 0;
        return;
      }
      if (type === RightCurlyBracket) {
        endDeclaration();
        blocks.pop();
        run = [];
        brackets = 0;
        return;
      }
      if (type === LeftParenthesis || type === LeftSquareBracket || type === FunctionToken) brackets += 1;
      if ((type === RightParenthesis || type === RightSquareBracket) && brackets > 0) brackets -= 1;
      if (run.length === 0) {
        if (type === WhiteSpace) return;
        line = lineAt(start);
      }
      if (run.length < mostTokens) run.push({ type, text: source.slice(start, Math.min(end, start + 200)) });
    });
    if (tokensLeft > 0) endDeclaration();
  }

  return {
    readSheet: (css, firstLine, visitor) => read(css, firstLine, visitor, 'rules'),
    readDeclarations: (css, firstLine, visitor) => read(css, firstLine, visitor, 'declarations'),
    get isCut() {
      return isCut;
    },
  };
}

function declarationOf(run: readonly CssToken[]):
  | {
      readonly property: string;
      readonly value: readonly CssToken[];
    }
  | undefined {
  const colon = run.findIndex(({ type }) => type === Colon);
  if (colon < 1) return undefined;
  const name = run.slice(0, colon).filter(({ type }) => type !== WhiteSpace);
  const last = name.at(-1);
  // "*zoom: 1" and the like: hacks for old browsers have a sign before the name.
  if (last?.type !== Ident || name.length > 2) return undefined;
  return { property: last.text.toLowerCase(), value: run.slice(colon + 1) };
}
