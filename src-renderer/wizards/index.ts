export { NewDomainWizard } from './new-domain';
export { NewServerWizard } from './new-server';
