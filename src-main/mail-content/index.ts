/**
 * The one reader of mail: for the console's page, and for the threads that index and check messages.
 *
 * Owns: nothing. Promises: no Node and no DOM; a message is scanned in one pass without being copied or decoded, and
 * everything decoded is bounded by the caller or by `mailLimits`. Trusts: nothing in a message. Fails: never; what
 * is wrong is a fault beside what could be read.
 */
export { parseAddresses } from './addresses';
export { decodeContent, decodePart, decodeText, estimateBytes, readText } from './content';
export { findField, type MailField, type MailFields, readFields } from './fields';
export {
  type FaultCode,
  type MailPart,
  type MailStructure,
  mailLimits,
} from './mail-part';
export { scanMail } from './scan';
export {
  type MailAttachment,
  type MailSummary,
  summariseMail,
} from './summary';
