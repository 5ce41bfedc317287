export { formatElapsed } from './elapsed';
export { SessionList, type SessionListProps } from './session-list';
