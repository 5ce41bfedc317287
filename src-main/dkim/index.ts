/** DKIM keys outside of the signing: made, brought in, published and looked for in DNS. */
export { checkDmarc, checkRecord, checkSpf, dmarcNamesOf, type TxtAnswer } from './dns-check';
export { createKey, describeKey, type KeyFacts, readKey } from './key';
export { recordOf } from './record';
