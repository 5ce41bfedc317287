/** Setting up the smart host by the name of its provider. */
export { SmartHostDialog } from './smart-host-dialog';
