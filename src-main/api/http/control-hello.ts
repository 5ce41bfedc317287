/** What a control channel says of its owner, and how it is asked. Other hosts attach after reading it. */
import { request } from 'node:http';
import { z } from 'zod';

const hello = z.object({
  product: z.literal('Mailroot'),
  version: z.string().max(100),
  host: z.enum(['desktop', 'service']),
  pid: z.number().int(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
});
export type Hello = z.infer<typeof hello>;

const maxAnswerBytes = 64 * 1024;
const answerTimeoutMs = 5_000;

/** Asks the owner of a control socket who it is. Fails with the system's error, or when the answer is strange. */
export async function fetchHello(path: string): Promise<Hello> {
  return hello.parse(JSON.parse((await askControl(path, { method: 'GET', route: '/hello' })).text));
}

/** One small request over a control socket. */
export function askControl(
  path: string,
  { method, route }: { readonly method: 'GET' | 'POST'; readonly route: string },
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: path, path: route, method, agent: false, timeout: answerTimeoutMs });
    call.once('timeout', () => call.destroy(new Error('The control channel does not answer.')));
    call.once('error', reject);
    call.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
        if (text.length > maxAnswerBytes) call.destroy(new Error('The control channel answers too much.'));
      });
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.end();
  });
}
