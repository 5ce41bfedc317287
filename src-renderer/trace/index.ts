/** The trace: where is my mail? */
export { TraceView } from './trace-view';
