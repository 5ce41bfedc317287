/** What the control channel's own routes answer, in the shape of the contract's answers where it is an error. */
import type { ServerResponse } from 'node:http';
import type { Problem } from '../../engine/core/problem';
import type { ApiErrorCode } from '../contract';

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length })
    .end(bytes);
}

/** In the shape of the contract's errors, so that callers of procedures understand it too. */
export function sendProblem(response: ServerResponse, status: number, problem: Problem): void {
  sendError(response, { status, code: problem.code, message: problem.message });
}

/** Who calls may not do this. What is left of the body is not read. */
export function sendRefusal(response: ServerResponse, message: string): void {
  response.setHeader('connection', 'close');
  sendError(response, { status: 403, code: 'forbidden', message });
}

function sendError(
  response: ServerResponse,
  error: { readonly status: number; readonly code: ApiErrorCode; readonly message: string },
): void {
  sendJson(response, error.status, { json: { defined: false, ...error, data: {} } });
}
