/** Names of files in the Queue folder: 24 hexadecimal digits, and one of these. */
export const contentSuffix = '.eml';
export const envelopeSuffix = '.json';
