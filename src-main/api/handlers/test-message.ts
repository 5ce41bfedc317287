/** "Send test message": through the same one door as all mail. */
import { isEnvelopeAddress } from '../../engine/core/address';
import { Problem } from '../../engine/core/problem';
import { acceptTestMessage, runTest } from '../../engine/test-run';
import { buildTestMail } from '../../test-mail/build';
import type { Implementer } from '../implementer';
import type { Services } from './services';

export function createTestHandlers(os: Implementer, { engine }: Services) {
  return {
    run: os.test.run.handler(async function* ({ input, signal }) {
      checkAddresses(input);
      const { user = '', password = '' } = input;
      const message = {
        from: input.from,
        to: recipientsOf(input),
        content: await buildTestMail(input),
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
        to: recipientsOf(input),
        content: await buildTestMail(input),
      });
      return { queueId };
    }),
  };
}

interface Addresses {
  readonly from: string;
  readonly to: readonly string[];
  readonly cc?: readonly string[] | undefined;
  readonly bcc?: readonly string[] | undefined;
}

const recipientsOf = ({ to, cc = [], bcc = [] }: Addresses): string[] => [...new Set([...to, ...cc, ...bcc])];

function checkAddresses(input: Addresses): void {
  if (input.from !== '' && !isEnvelopeAddress(input.from))
    throw new Problem('invalid', 'Enter an address such as user@example.com.', 'from');
  for (const field of ['to', 'cc', 'bcc'] as const)
    input[field]?.forEach((address, index) => {
      if (!isEnvelopeAddress(address))
        throw new Problem(
          'invalid',
          `${address} is not an address such as user@example.com.`,
          `${field}.${index}`,
        );
    });
}
