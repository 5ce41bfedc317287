/** The trace: where is my mail? */
export { TraceView, type TraceViewProps } from './trace-view';
