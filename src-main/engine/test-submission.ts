/**
 * The short session of a test message with the virtual server's own listener, as a program would have it.
 *
 * Trusts: addresses and content that were checked by the caller.
 */
import type { Clock } from './core/clock';
import { openSecurity } from './core/delivery';
import type { DialogueLine } from './core/dialogue';
import { emptyKeyring } from './core/keyring';
import { openSession } from './delivery/session-opening';
import { SessionWire } from './delivery/session-wire';
import type { SmtpListener } from './smtp-in/listener';
import type { VirtualServer } from './virtual-server';

export interface TestMessage {
  /** '' is the null reverse-path. */
  readonly from: string;
  /** No address twice. */
  readonly to: readonly string[];
  readonly content: Uint8Array;
  /** 'smtp': through the virtual server's own listener, as a program would; 'direct': straight into the queue. */
  readonly via: 'smtp' | 'direct';
  readonly login?: { readonly user: string; readonly password: string };
}

const submissionTimeoutMs = 30_000;

/** What the listener did not take. */
interface SubmissionRefusal {
  readonly refusedRecipients: readonly string[];
  /** Why, in words; undefined: everything was taken. */
  readonly text?: string;
}

/** Hands the message to the listener of the virtual server. Ends within the time-outs; rejects never. */
export async function submitBySmtp(
  { from, to, content, login }: TestMessage,
  options: {
    readonly server: VirtualServer;
    readonly clock: Clock;
    readonly hello: string;
    readonly ports: ReturnType<SmtpListener['boundPorts']>;
    readonly tell: (line: DialogueLine) => void;
    readonly signal: AbortSignal;
  },
): Promise<SubmissionRefusal> {
  const { server, clock, hello, tell, signal } = options;
  const needsTls = server.settings.requiresTls || login !== undefined;
  const bound = choosePort(options.ports, needsTls);
  const everybody = (text: string): SubmissionRefusal => ({ refusedRecipients: to, text });
  if (!bound) return everybody('The virtual server is paused: it takes no connections.');
  const address = isWildcard(bound.address) ? '127.0.0.1' : bound.address;
  const target = { name: address, address, port: bound.port };
  const wire = new SessionWire({ target, clock, sessionId: hello });
  wire.begin({ queueId: '', isReading: () => true, tell });
  const opened = await openSession(
    {
      target,
      hello: 'ehlo',
      fqdn: hello,
      timeoutMs: submissionTimeoutMs,
      clock,
      security: {
        ...openSecurity,
        ...(server.settings.requiresTls ? { tls: 'required' } : {}),
        isImplicitTls: bound.encryption === 'implicit',
        ...(login === undefined ? {} : { login: { method: 'basic', ...login } }),
      },
      // The password was typed a moment ago.
      keyring: { ...emptyKeyring, unseal: (password) => password },
      isTlsTried: true,
      wire,
    },
    signal,
  );
  if ('failure' in opened) return everybody(opened.failure.reason);
  wire.opened();
  const { session } = opened;
  const { answers, failure } = await session.send(
    {
      sender: from,
      recipients: to,
      dsn: to.map(() => ({ notify: '', orcpt: '' })),
      sizeBytes: content.length,
      isEightBit: session.takesEightBit,
      content: Buffer.from(content),
    },
    signal,
  );
  session.quit();
  const refused = to.flatMap((recipient, at) => {
    const status = answers[at];
    return status !== undefined && status.code < 300 ? [] : [{ recipient, status }];
  });
  if (refused.length === 0) return { refusedRecipients: [] };
  const reasons = refused.map(({ recipient, status }) =>
    status === undefined
      ? `${recipient}: ${failure?.reason ?? 'no answer'}`
      : `${recipient}: ${status.code} ${status.enhanced} ${status.text}`,
  );
  return { refusedRecipients: refused.map(({ recipient }) => recipient), text: reasons.join('\n') };
}

/** The one where a test shows most: what is said in clear at first, unless only another one can be encrypted. */
function choosePort(
  ports: ReturnType<SmtpListener['boundPorts']>,
  needsTls: boolean,
): ReturnType<SmtpListener['boundPorts']>[number] | undefined {
  const order = needsTls ? ['starttls', 'implicit', 'none'] : ['starttls', 'none', 'implicit'];
  return order
    .map((encryption) => ports.find((bound) => bound.encryption === encryption))
    .find((bound) => bound !== undefined);
}

const isWildcard = (address: string): boolean => address === '' || address === '::' || address === '0.0.0.0';
