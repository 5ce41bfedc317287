/** What a host and its worker say to each other. Plain data, as a structured clone carries it. */
import { Problem, type ProblemCode, problemCodes, reasonOf } from '../engine/core/problem';

/** What a worker can be asked: name, input and answer of each call. */
export type WorkerCalls = Readonly<Record<string, (input: never) => unknown>>;

export type InputOf<Calls extends WorkerCalls, Name extends keyof Calls> = Parameters<Calls[Name]>[0];
export type AnswerOf<Calls extends WorkerCalls, Name extends keyof Calls> = Awaited<ReturnType<Calls[Name]>>;

export type ToWorker =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure }
  | { readonly kind: 'notice'; readonly notice: unknown };

/** An error without its class, which a structured clone would lose. */
export interface Failure {
  readonly message: string;
  readonly code?: ProblemCode;
  readonly field?: string;
}

export function toFailure(error: unknown): Failure {
  if (!(error instanceof Problem)) return { message: reasonOf(error) };
  const { message, code, field } = error;
  return { message, code, ...(field === undefined ? {} : { field }) };
}

export function toError({ message, code, field }: Failure): Error {
  return code && problemCodes.includes(code) ? new Problem(code, message, field) : new Error(message);
}
