export { NewDomainWizard } from './new-domain';
export { NewServerWizard } from './new-server';
export { type NextStep, NextStepsDialog } from './new-server/next-steps';
