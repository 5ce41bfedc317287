export { DomainSheet, type DomainSheetProps } from './domain';
export { ServerSheet, type ServerSheetProps } from './server';
