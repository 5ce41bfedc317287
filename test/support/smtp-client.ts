/**
 * A plain SMTP client on one connection for tests: says what it is told and gives back the replies, so that a
 * test can count which messages got their 250 and nothing tidies up behind its back.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface SmtpClient {
  /** The server's greeting. */
  readonly greeting: string;
  /** Sends a line and resolves with the whole reply (lines joined by "\n"). Rejects when the connection ends. */
  say(line: string): Promise<string>;
  /** One whole message: MAIL, RCPT..., DATA. Resolves with the reply after the final dot or the first refusal. */
  send(message: { from: string; to: readonly string[]; data: string }): Promise<string>;
  /** The next reply, without having said anything. Rejects when the connection ends. */
  hear(): Promise<string>;
  end(): void;
}

export async function connectSmtp(port: number, host = '127.0.0.1'): Promise<SmtpClient> {
  const socket: Socket = connect(port, host);
  socket.setNoDelay(true);
  await once(socket, 'connect');
  let buffered = '';
  let lines: string[] = [];
  let waiting: { resolve: (reply: string) => void; reject: (error: Error) => void } | undefined;
  const replies: string[] = [];
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    waiting?.reject(failure);
    waiting = undefined;
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('connection closed')));
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    buffered += chunk;
    for (let end = buffered.indexOf('\r\n'); end >= 0; end = buffered.indexOf('\r\n')) {
      const line = buffered.slice(0, end);
      buffered = buffered.slice(end + 2);
      lines.push(line);
      if (line[3] === '-') continue;
      const reply = lines.join('\n');
      lines = [];
      if (waiting) {
        waiting.resolve(reply);
        waiting = undefined;
      } else replies.push(reply);
    }
  });
  const nextReply = (): Promise<string> => {
    const ready = replies.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    if (failure) return Promise.reject(failure);
    return new Promise((resolve, reject) => {
      waiting = { resolve, reject };
    });
  };
  const say = (line: string): Promise<string> => {
    socket.write(`${line}\r\n`);
    return nextReply();
  };
  const greeting = await nextReply();
  return {
    greeting,
    say,
    hear: nextReply,
    async send({ from, to, data }) {
      for (const line of [`MAIL FROM:<${from}>`, ...to.map((address) => `RCPT TO:<${address}>`), 'DATA']) {
        const reply = await say(line);
        if (/^[45]/.test(reply)) return reply;
      }
      return say(`${data.replace(/(^|\r\n)\./g, '$1..')}\r\n.`);
    },
    end: () => socket.destroy(),
  };
}
