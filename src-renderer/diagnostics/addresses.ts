/** Addresses as typed into one field, divided by commas, semicolons or line ends. Pure. */
export const parseAddresses = (text: string): string[] =>
  text
    .split(/[,;\n]+/)
    .map((address) => address.trim().replace(/^<|>$/g, ''))
    .filter((address) => address !== '');
