export { AccountsDialog } from './accounts-dialog';
export { OperatorsList } from './operators-list';
export { SystemOperatorsList } from './system-operators-list';
