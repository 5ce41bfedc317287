export { DomainList } from './domain-list';
