export { describeDestination } from './destination';
export { DomainList, type DomainListProps } from './domain-list';
