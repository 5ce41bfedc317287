export { NewDomainWizard } from './new-domain';
export { NewServerWizard } from './new-server';
export { NextStepsDialog } from './new-server/next-steps';
