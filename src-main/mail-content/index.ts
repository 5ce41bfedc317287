/**
 * The one reader of mail: for the console's page, and for the threads that index and check messages.
 *
 * Owns: nothing. Promises: no Node and no DOM; a message is scanned in one pass without being copied or decoded, and
 * everything decoded is bounded by the caller or by `mailLimits`. Trusts: nothing in a message. Fails: never; what
 * is wrong is a fault beside what could be read.
 */
export { type MailAddress, parseAddresses } from './addresses';
export { decodeContent, decodePart, decodeText, estimateBytes, type PartText, readText } from './content';
export type { DecodedBytes } from './encodings';
export { findField, type MailField, type MailFields, readFields } from './fields';
export {
  type FaultCode,
  type MailFault,
  type MailPart,
  type MailStructure,
  mailLimits,
} from './mail-part';
export { scanMail } from './scan';
export {
  decodeField,
  type MailAttachment,
  type MailSummary,
  parseDate,
  type SummaryOptions,
  summariseMail,
} from './summary';
