/**
 * Where a message is read: in a worker, so that a large or hostile message never freezes the window; in the page
 * where no worker can be started. A worker that takes too long is ended, and every question to it fails.
 */
import {
  answerParseRequest,
  createAnswerer,
  type MailQuestions,
  type ParseAnswer,
  type ParseRequest,
  type QuestionName,
} from './parse-request';

/** One place that answers about one message. */
export interface MailDesk {
  /** False: in the page, which must not be given much. */
  readonly isWorker: boolean;
  /** Rejects with words for people. */
  ask<Name extends QuestionName>(
    name: Name,
    ...given: Parameters<MailQuestions[Name]>
  ): Promise<Awaited<ReturnType<MailQuestions[Name]>>>;
  /** Frees what it holds; what is still due rejects. */
  close(): void;
}

/** What a reader rejects with: it is gone, or it could not make anything of the message. */
export class ReaderProblem extends Error {}

const maxAnswerMs = 20_000;
/** A worker that is done with its message is kept for the next one: starting one costs more than a small message. */
let spare: Worker | undefined;
let isWorkerUsable = typeof Worker !== 'undefined';

export function openDesk(): MailDesk {
  const worker = isWorkerUsable ? takeWorker() : undefined;
  return worker ? createWorkerDesk(worker) : openPageDesk();
}

function takeWorker(): Worker | undefined {
  const kept = spare;
  spare = undefined;
  if (kept) return kept;
  try {
    return new Worker(new URL('./parser-thread.ts', import.meta.url), { type: 'module' });
  } catch {
    isWorkerUsable = false;
    return undefined;
  }
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

function createWorkerDesk(worker: Worker): MailDesk {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let hasAnswered = false;
  let gone: ReaderProblem | undefined;

  const fail = (problem: string): void => {
    gone ??= new ReaderProblem(problem);
    worker.removeEventListener('message', onMessage);
    worker.removeEventListener('error', onError);
    for (const each of waiting.values()) {
      clearTimeout(each.timer);
      each.reject(gone);
    }
    waiting.clear();
  };
  const onMessage = (event: MessageEvent<ParseAnswer>): void => {
    hasAnswered = true;
    const due = waiting.get(event.data.id);
    if (!due) return;
    waiting.delete(event.data.id);
    clearTimeout(due.timer);
    if ('problem' in event.data) due.reject(new ReaderProblem(event.data.problem));
    else due.resolve(event.data.value);
  };
  const onError = (event: Event): void => {
    event.preventDefault();
    // It could not even be loaded: the next message is not worth another try.
    if (!hasAnswered) isWorkerUsable = false;
    worker.terminate();
    fail('Reading it failed.');
  };
  worker.addEventListener('message', onMessage);
  worker.addEventListener('error', onError);

  return {
    isWorker: true,
    ask(name, ...given) {
      if (gone) return Promise.reject(gone);
      lastId += 1;
      const request: ParseRequest = { id: lastId, name, given };
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          worker.terminate();
          fail('Reading it took too long.');
        }, maxAnswerMs);
        waiting.set(request.id, { resolve: resolve as (value: unknown) => void, reject, timer });
        const transfer = given.flatMap((each) =>
          each instanceof Uint8Array ? [each.buffer as ArrayBuffer] : [],
        );
        worker.postMessage(request, transfer);
      });
    },
    close() {
      if (gone) return;
      const isIdle = waiting.size === 0;
      fail('The message was closed.');
      // A large message is freed with its worker at once, a small one when it is collected.
      if (!isIdle || spare) worker.terminate();
      else {
        worker.postMessage({ id: 0, name: 'end', given: [] } satisfies ParseRequest);
        spare = worker;
      }
    },
  };
}

/** Holds the message in the page: for its source alone, where no worker could. */
export function openPageDesk(): MailDesk {
  const answerer = createAnswerer();
  let isClosed = false;
  return {
    isWorker: false,
    async ask(name, ...given) {
      if (isClosed) throw new ReaderProblem('The message was closed.');
      const { answer } = await answerParseRequest(answerer, { id: 0, name, given });
      if ('problem' in answer) throw new ReaderProblem(answer.problem);
      return answer.value as never;
    },
    close() {
      isClosed = true;
      answerer.end();
    },
  };
}
