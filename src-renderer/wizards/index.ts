export { NewDomainWizard, type NewDomainWizardProps } from './new-domain';
export { NewServerWizard, type NewServerWizardProps } from './new-server';
