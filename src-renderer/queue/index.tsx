/** The queue of a virtual server: what waits, why, and when it is tried again. Oldest first; live. */
export { QueueView } from './queue-view';
