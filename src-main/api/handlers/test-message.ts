/** "Send test message": through the same one door as all mail. */
import { isEnvelopeAddress } from '../../engine/core/address';
import { Problem } from '../../engine/core/problem';
import { acceptTestMessage, runTest } from '../../engine/test-run';
import type { Implementer } from '../implementer';
import type { Services } from './services';

export function createTestHandlers(os: Implementer, { engine }: Services) {
  return {
    run: os.test.run.handler(async function* ({ input, signal }) {
      checkAddresses(input);
      const { user = '', password = '' } = input;
      const message = {
        from: input.from,
        to: [...new Set(input.to)],
        content: buildTestMessage(input),
        via: input.via,
        ...(user === '' || input.via === 'direct' ? {} : { login: { user, password } }),
      };
      const means = {
        server: engine.server(input.serverId),
        clock: engine.clock,
        onEvent: (listener: Parameters<typeof engine.onEvent>[0]) => engine.onEvent(listener),
      };
      yield* runTest(message, means, signal ?? new AbortController().signal);
    }),
    send: os.test.send.handler(async ({ input }) => {
      const server = engine.server(input.serverId);
      checkAddresses(input);
      const queueId = await acceptTestMessage(server, {
        from: input.from,
        to: [...new Set(input.to)],
        content: buildTestMessage(input),
      });
      return { queueId };
    }),
  };
}

function checkAddresses(input: { readonly from: string; readonly to: readonly string[] }): void {
  if (input.from !== '' && !isEnvelopeAddress(input.from))
    throw new Problem('invalid', 'Enter an address such as user@example.com.', 'from');
  input.to.forEach((address, index) => {
    if (!isEnvelopeAddress(address))
      throw new Problem('invalid', `${address} is not an address such as user@example.com.`, `to.${index}`);
  });
}

/** Header values come from a form: control characters would start new header lines. */
const oneLine = (value: string): string => value.replace(/[\u0000-\u001f\u007f]+/g, ' ');
const encodeWord = (value: string): string =>
  /^[\u0020-\u007e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;

/** A plain-text message; base64, so that any text and line length is safe on any path. */
export function buildTestMessage(input: {
  from: string;
  to: readonly string[];
  subject: string;
  text: string;
}): Uint8Array {
  const body = Buffer.from(input.text.replace(/\r\n?|\n/g, '\r\n'))
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\r\n');
  return Buffer.from(
    [
      `From: ${input.from === '' ? 'Mailroot <postmaster@localhost>' : `<${oneLine(input.from)}>`}`,
      `To: ${input.to.map((address) => `<${oneLine(address)}>`).join(',\r\n ')}`,
      `Subject: ${encodeWord(oneLine(input.subject))}`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      body,
      '',
    ].join('\r\n'),
  );
}
