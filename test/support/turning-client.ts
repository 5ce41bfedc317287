/**
 * A client that fetches its mail: it logs in, sends TURN or ATRN, and plays the server on the same connection from
 * then on.
 *
 *   const client = await connectTurning(port);
 *   await client.logIn('ann', 'secret');
 *   const { reply, peer } = await client.turn('ATRN branch.test', { onRcpt: () => '450 4.2.1 busy' });
 *   await peer.received(1); await client.closed;
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TLSSocket, connect as upgrade } from 'node:tls';
import { playSmtpPeer, type SmtpPeerOptions } from './smtp-peer';

export interface TurningClient {
  /** Sends a line and resolves with the whole reply, lines joined by "\n". */
  say(line: string): Promise<string>;
  /** EHLO and AUTH PLAIN; resolves with the last reply. */
  logIn(user: string, password: string): Promise<string>;
  startTls(): Promise<TLSSocket>;
  /** Sends the command; when it is answered with 250, a peer plays the server from the next byte on. */
  turn(
    command: string,
    options?: SmtpPeerOptions,
  ): Promise<{ readonly reply: string; readonly peer: ReturnType<typeof playSmtpPeer> }>;
  /** The connection under everything. */
  readonly socket: Socket;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<unknown>;
}

export async function connectTurning(port: number, host = '127.0.0.1'): Promise<TurningClient> {
  const socket = connect({ port, host, noDelay: true });
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  let stream: Socket = socket;

  /** Reads one reply and leaves what is behind it in the socket. */
  const hear = async (): Promise<string> => {
    let text = '';
    for (;;) {
      const chunk = stream.read() as Buffer | null;
      if (chunk === null) {
        if (stream.destroyed || stream.readableEnded) throw new Error(`closed behind "${text}"`);
        await Promise.race([once(stream, 'readable'), once(stream, 'close')]);
        continue;
      }
      text += chunk.toString('latin1');
      const reply = /^(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n/.exec(text)?.[0];
      if (reply === undefined) continue;
      if (reply.length < text.length) stream.unshift(Buffer.from(text.slice(reply.length), 'latin1'));
      return reply.trimEnd().replaceAll('\r', '');
    }
  };
  const say = (line: string): Promise<string> => {
    stream.write(`${line}\r\n`);
    return hear();
  };
  await hear();
  return {
    socket,
    closed,
    say,
    async logIn(user, password) {
      await say('EHLO branch.test');
      return say(`AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`);
    },
    async startTls() {
      await say('EHLO branch.test');
      await say('STARTTLS');
      socket.removeAllListeners('readable');
      const encrypted = upgrade({ socket, rejectUnauthorized: false });
      encrypted.on('error', () => undefined);
      await once(encrypted, 'secureConnect');
      stream = encrypted;
      return encrypted;
    },
    async turn(command, options = {}) {
      const reply = await say(command);
      stream.removeAllListeners('readable');
      const peer = reply.startsWith('250') ? playSmtpPeer(stream, options) : playNothing;
      if (reply.startsWith('250')) stream.resume();
      return { reply, peer };
    },
  };
}

const playNothing: ReturnType<typeof playSmtpPeer> = {
  transactions: [],
  attempts: [],
  commands: [],
  received: () => Promise.reject(new Error('the connection was not turned')),
};
