/** The record of changes. */
export { type Act, type ChangeRecord, createChangeRecord } from './change-record';
