/** Setting up the smart host by the name of its provider. */
export { SmartHostDialog, type SmartHostDialogProps } from './smart-host-dialog';
