/** Addresses as typed into one field, divided by commas, semicolons or white space. Pure. */
export const parseAddresses = (text: string): string[] =>
  text
    .split(/[,;\s]+/)
    .map((address) => address.replace(/^<|>$/g, ''))
    .filter((address) => address !== '');
