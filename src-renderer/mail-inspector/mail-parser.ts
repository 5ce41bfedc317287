/**
 * Parses messages for the page: in a worker, so that a large or hostile message never freezes the window; in
 * the page where no worker can be started, and then only what is small. A parser that takes too long is ended
 * and the message is shown as source only. Never rejects.
 */
import { answerParseRequest, type ParseAnswer, type ParseRequest } from './parse-request';
import { decodeBase64, type ParsedMail } from './parsed-mail';

export interface ReadMail {
  /** As on disk. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** undefined when it could not be parsed; the source can still be shown. */
  readonly mail: ParsedMail | undefined;
  /** Why there is no `mail`. */
  readonly problem: string | undefined;
}

const maxParseMs = 20_000;
/** Base64 characters that the page parses itself when it has no worker. */
const maxPageCharacters = 4 * 1024 * 1024;

let worker: Worker | undefined;
let isWorkerUsable = typeof Worker !== 'undefined';
let lastId = 0;

export async function readMail(contentBase64: string): Promise<ReadMail> {
  lastId += 1;
  const request: ParseRequest = { id: lastId, contentBase64 };
  const inWorker = isWorkerUsable ? await askWorker(request) : 'no-worker';
  if (inWorker === 'too-slow') return sourceOnly(contentBase64, 'Reading it took too long.');
  if (inWorker !== 'no-worker') return toReadMail(inWorker);
  if (contentBase64.length > maxPageCharacters)
    return sourceOnly(contentBase64, 'It is too large to be read here.');
  return toReadMail(await answerParseRequest(request));
}

function toReadMail(answer: ParseAnswer): ReadMail {
  return 'mail' in answer
    ? { bytes: answer.bytes, mail: answer.mail, problem: undefined }
    : { bytes: answer.bytes, mail: undefined, problem: answer.problem };
}

function sourceOnly(contentBase64: string, problem: string): ReadMail {
  return { bytes: decodeBase64(contentBase64), mail: undefined, problem };
}

function askWorker(request: ParseRequest): Promise<ParseAnswer | 'too-slow' | 'no-worker'> {
  return new Promise((resolve) => {
    const thread = startWorker();
    if (!thread) {
      resolve('no-worker');
      return;
    }
    const finish = (answer: ParseAnswer | 'too-slow' | 'no-worker'): void => {
      clearTimeout(timer);
      thread.removeEventListener('message', onMessage);
      thread.removeEventListener('error', onError);
      resolve(answer);
    };
    const onMessage = (event: MessageEvent<ParseAnswer>): void => {
      if (event.data.id === request.id) finish(event.data);
    };
    const onError = (): void => {
      isWorkerUsable = false;
      worker = undefined;
      finish('no-worker');
    };
    const timer = setTimeout(() => {
      thread.terminate();
      worker = undefined;
      finish('too-slow');
    }, maxParseMs);
    thread.addEventListener('message', onMessage);
    thread.addEventListener('error', onError);
    thread.postMessage(request);
  });
}

function startWorker(): Worker | undefined {
  try {
    worker ??= new Worker(new URL('./parser-thread.ts', import.meta.url), { type: 'module' });
  } catch {
    isWorkerUsable = false;
  }
  return worker;
}
