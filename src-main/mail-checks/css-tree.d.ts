/** The part of css-tree that is used; the package brings no types. */
declare module 'css-tree/tokenizer' {
  export function tokenize(source: string, onToken: (type: number, start: number, end: number) => void): void;
  export const tokenTypes: {
    readonly [Name in
      | 'AtKeyword'
      | 'CDC'
      | 'CDO'
      | 'Colon'
      | 'Comma'
      | 'Comment'
      | 'Delim'
      | 'Dimension'
      | 'Function'
      | 'Hash'
      | 'Ident'
      | 'LeftCurlyBracket'
      | 'LeftParenthesis'
      | 'LeftSquareBracket'
      | 'Number'
      | 'Percentage'
      | 'RightCurlyBracket'
      | 'RightParenthesis'
      | 'RightSquareBracket'
      | 'Semicolon'
      | 'String'
      | 'Url'
      | 'WhiteSpace']: number;
  };
}
