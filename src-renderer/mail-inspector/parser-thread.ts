/** Entry of the worker that holds and reads one message at a time. */
import { answerParseRequest, createAnswerer, type ParseRequest } from './parse-request';

const answerer = createAnswerer();
/** In their order: a question waits for the pieces before it, and a search lets others in. */
let lastAdd: Promise<unknown> = Promise.resolve();

addEventListener('message', (event: MessageEvent<ParseRequest>) => {
  const answered = lastAdd.then(async () => {
    const { answer, transfer } = await answerParseRequest(answerer, event.data);
    postMessage(answer, { transfer: [...transfer] });
  });
  if (event.data.name !== 'findAll') lastAdd = answered;
});
