/** Entry of the worker that parses messages. */
import { answerParseRequest, type ParseRequest } from './parse-request';

addEventListener('message', (event: MessageEvent<ParseRequest>) => {
  void answerParseRequest(event.data).then((answer) => postMessage(answer));
});
