/**
 * A connection to a directory server, encrypted as the settings say, before LDAP begins on it: TCP, TLS from the first
 * byte or after StartTLS (RFC 4511 section 4.14), and the check of the certificate. ldapts gets it ready made: its own
 * connections come back by themselves without encryption and log-in, and its StartTLS has no time limit.
 *
 * Promises: with StartTLS nothing that came before the handshake is believed (no injected answers); what is read went
 *   through the message gate; the limit holds from the first byte to the last step.
 * Fails: with Problem 'unavailable' in words, or 'refused' for a certificate that is not valid.
 */
import { once } from 'node:events';
import { isIP, connect as openTcp, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as openTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { Clock } from '../core/clock';
import { Problem, reasonOf, systemCodeOf } from '../core/problem';
import { checkHostName, describeCertificateFault } from '../tls/certificate-fault';
import { clientContext } from '../tls/trusted-authorities';
import { MessageGate } from './message-gate';

export interface WireOptions {
  /** Name or IP address. */
  readonly host: string;
  readonly port: number;
  readonly encryption: 'none' | 'starttls' | 'ldaps';
  readonly verifiesCertificate: boolean;
  readonly clock: Clock;
  readonly limitMs: number;
}

/** "ldap.corp.test:389" */
export const serverName = ({ host, port }: Pick<WireOptions, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Opens the connection; whoever gets it destroys it. */
export async function openWire(options: WireOptions): Promise<Duplex> {
  const { clock, limitMs } = options;
  const open: OpenSocket = {};
  let cancel: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.startTimer(() => {
      reject(new Problem('unavailable', `${serverName(options)} did not answer in time.`));
    }, limitMs);
  });
  try {
    const opening = openSocket(options, open);
    // When time is up, what comes of it interests nobody any more.
    opening.catch(() => undefined);
    return new GatedWire(await Promise.race([opening, late]));
  } catch (error) {
    open.outermost?.destroy();
    throw error;
  } finally {
    cancel?.();
  }
}

/**
 * What has to be destroyed when opening fails: the TLS socket alone where there is one. Node crashes when the socket
 * below it goes first.
 */
interface OpenSocket {
  outermost?: Socket;
}

async function openSocket(options: WireOptions, open: OpenSocket): Promise<Socket> {
  const { host, port, encryption } = options;
  const socket = openTcp({ host, port });
  open.outermost = socket;
  // Errors are read where they are waited for; one that comes in between must not end the process.
  socket.on('error', () => undefined);
  try {
    await once(socket, 'connect');
  } catch (error) {
    throw new Problem(
      'unavailable',
      `${serverName(options)} cannot be reached: ${describeConnect(error)}.`,
      undefined,
      {
        cause: error,
      },
    );
  }
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  if (encryption === 'none') return socket;
  if (encryption === 'starttls') await startTls(socket, options);
  return encrypt(socket, options, open);
}

const connectFaults: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such computer',
  EAI_AGAIN: 'its name cannot be looked up at the moment',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ECONNRESET: 'it closed the connection',
};

function describeConnect(error: unknown): string {
  // With several addresses Node gathers their errors in one.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return connectFaults[systemCodeOf(first) ?? systemCodeOf(error) ?? ''] ?? reasonOf(first);
}

/** Extended request 1.3.6.1.4.1.1466.20037 with message number 1. */
const startTlsRequest = Buffer.from('301d02010177188016312e332e362e312e342e312e313436362e3230303337', 'hex');

const longestAnswer = 16 * 1024;

/** Asks for TLS in clear. Nothing may follow the answer: whoever puts more behind it wants it believed later. */
async function startTls(socket: Socket, options: WireOptions): Promise<void> {
  const gate = new MessageGate();
  const answer = await new Promise<Buffer>((resolve, reject) => {
    let received = Buffer.alloc(0);
    const read = (chunk: Buffer): void => {
      try {
        received = Buffer.concat([received, chunk]);
        const [first] = gate.push(chunk);
        // Before the answer as well as behind it: a server has nothing else to say yet.
        if (first && received.length > lengthOf(received))
          throw new Problem('refused', 'More than its answer came.');
        if (first) resolve(first);
        else if (received.length > longestAnswer) throw new Problem('refused', 'Its answer is too long.');
      } catch (error) {
        reject(error);
      }
    };
    socket.on('data', read);
    socket.once('close', () => reject(new Problem('unavailable', 'It closed the connection.')));
    socket.write(startTlsRequest);
  })
    .catch((error: unknown) => {
      throw new Problem(
        'unavailable',
        `${serverName(options)} does not start TLS: ${reasonOf(error)}`,
        undefined,
        {
          cause: error,
        },
      );
    })
    .finally(() => {
      socket.removeAllListeners('data');
      socket.removeAllListeners('close');
      socket.pause();
    });
  if (codeOf(answer) !== 0)
    throw new Problem(
      'unavailable',
      `${serverName(options)} does not offer StartTLS. Choose LDAPS, or no encryption.`,
    );
}

/** Length of the message at the beginning; the gate has seen that it is there. */
function lengthOf(bytes: Buffer): number {
  const first = bytes[1] as number;
  const count = first & 0x7f;
  return first < 0x80 ? first + 2 : bytes.readUIntBE(2, count) + 2 + count;
}

/** The result code of a message that passed the gate: its lengths have one byte, or five. */
function codeOf(message: Buffer): number {
  const skip = (at: number): number => at + 2 + ((message[at + 1] as number) < 0x80 ? 0 : 4);
  const id = skip(0);
  const operation = id + 2 + (message[id + 1] as number);
  const code = skip(operation);
  return message[code + 2] as number;
}

async function encrypt(socket: Socket, options: WireOptions, open: OpenSocket): Promise<TLSSocket> {
  const { host, verifiesCertificate } = options;
  const secure = openTls({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    secureContext: clientContext('TLSv1.2'),
    // Decided below, where the certificate is still there to tell what is wrong with it.
    rejectUnauthorized: false,
    checkServerIdentity: checkHostName,
  });
  open.outermost = secure;
  secure.on('error', () => undefined);
  try {
    await once(secure, 'secureConnect');
  } catch (error) {
    const hint = options.encryption === 'ldaps' ? ' Is it the port for LDAPS?' : '';
    throw new Problem(
      'unavailable',
      `The encryption with ${serverName(options)} cannot be set up: ${reasonOf(error)}.${hint}`,
      undefined,
      { cause: error },
    );
  }
  if (!verifiesCertificate || secure.authorized) return secure;
  const code = String(secure.authorizationError ?? '');
  const certificate = secure.getPeerCertificate() as PeerCertificate;
  throw new Problem(
    'refused',
    `The certificate of ${serverName(options)} is not valid: ${describeCertificateFault(code, certificate, host)}.`,
    'ldapVerifiesCertificate',
  );
}

/** What ldapts takes for a socket that is open: everything read has passed the gate, one message at a time. */
class GatedWire extends Duplex {
  readonly connecting = false;
  readonly readyState = 'open';
  readonly #socket: Socket;

  constructor(socket: Socket) {
    // Objects: messages must not be joined again on their way.
    super({ readableObjectMode: true, readableHighWaterMark: 64 });
    this.#socket = socket;
    const gate = new MessageGate();
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const message of gate.push(chunk)) if (!this.push(message)) socket.pause();
      } catch (error) {
        this.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
