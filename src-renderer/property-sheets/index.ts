export { DomainSheet } from './domain';
export { ServerSheet } from './server';
