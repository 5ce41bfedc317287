/** The record of changes. */
export { type Act, type ChangeRecord, createChangeRecord, type Outcome } from './change-record';
