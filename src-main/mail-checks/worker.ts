/** Program of the worker that looks into messages: HTML of many megabytes, and signatures, would hold the engine's thread. */
import { serveWorker } from '../worker/serve';
import { mailCheckCalls } from './calls';

// mailauth says on the console where a signature covers another length than it names. Mail must not write there.
console.log = () => undefined;

serveWorker(mailCheckCalls);
