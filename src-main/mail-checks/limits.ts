/** How far the checks look. What is beyond is not looked at, and a finding says so. */
export const checkLimits = {
  /** Of the whole message, as the API takes it. */
  messageBytes: 32 * 1024 * 1024,
  htmlCharacters: 2 * 1024 * 1024,
  elements: 50_000,
  /** The parser's cost per element grows with its depth. */
  depth: 2_000,
  attributesPerElement: 200,
  /** Of all style sheets and style attributes together. */
  cssTokens: 500_000,
  cssCharacters: 1024 * 1024,
  textCharacters: 512 * 1024,
  links: 500,
  /** Characters of a URL that are kept; longer ones are cut for display and never asked. */
  urlCharacters: 2_000,
  findings: 200,
  places: 8,
  placeCharacters: 200,
} as const;
