export { AccountsDialog } from './accounts-dialog';
export { OperatorsList } from './operators-list';
