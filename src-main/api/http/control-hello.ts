/** What a control channel says of its owner, and how it is asked. Other hosts attach after reading it. */
import { request } from 'node:http';
import { z } from 'zod';
import { Problem } from '../../engine/core/problem';

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

const refusal = z.object({ json: z.object({ message: z.string() }) });

/**
 * Asks the owner of a control socket who it is. Fails with the system's error, when the answer is strange, and with
 * Problem 'refused' when this person is not admitted.
 */
export async function fetchHello(path: string): Promise<Hello> {
  const { status, text } = await askControl(path, { method: 'GET', route: '/hello' });
  const answer: unknown = JSON.parse(text);
  if (status === 403) throw new Problem('refused', refusal.parse(answer).json.message);
  return hello.parse(answer);
}

/** True for what `fetchHello` fails with when this person is not admitted. */
export const isNotAdmitted = (error: unknown): boolean =>
  error instanceof Problem && error.code === 'refused';

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
