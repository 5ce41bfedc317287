/**
 * A scripted SMTP server on loopback: a plain line-by-line server that plays a remote mail host, friendly
 * or not, and writes down everything it was told. It checks nothing itself.
 *
 *   const peer = await startSmtpPeer({
 *     extensions: ['PIPELINING', '8BITMIME', 'DSN'],          // after the name line; [] for none
 *     greeting: '421 4.3.2 closing',                           // default '220 peer.test ESMTP'
 *     onRcpt: (address) => (address.startsWith('bad') ? '550 5.1.1 no such user' : undefined),
 *     dropAfter: 'message',                                    // connection reset instead of the reply
 *   });
 *   peer.port; peer.transactions[0].recipients; peer.transactions[0].data; peer.commands; peer.connections;
 *   await peer.received(2);                                    // until two messages are in
 *   await peer.close();
 *
 * Every `on...` may return a reply ("550 5.1.1 text", lines joined by "\n"), `null` to reset the connection
 * without a reply, 'silence' to never answer, or undefined for the usual reply. A reply that begins with 421
 * is followed by the end of the connection. `transactions` holds only messages that got a 2xx at the end;
 * `attempts` all that arrived up to the final dot. `data` is raw (dots removed), CRLF as received;
 * BDAT is always understood.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type SecureContextOptions, TLSSocket } from 'node:tls';

/** Reply, null: reset, 'silence': never answer, undefined: as usual. */
type PeerReply = string | null | 'silence' | undefined;

export interface PeerTransaction {
  /** Number of the connection, from 1. */
  readonly connection: number;
  readonly isSecure: boolean;
  /** Who logged in; '' without. */
  readonly user: string;
  readonly hello: string;
  readonly sender: string;
  /** "SIZE=12 BODY=8BITMIME" as given after MAIL FROM:<...>. */
  readonly senderParams: string;
  readonly recipients: string[];
  /** In the order of `recipients`. */
  readonly recipientParams: string[];
  data: Buffer;
}

interface PeerCommand {
  readonly connection: number;
  readonly line: string;
}

type PeerStage = 'connect' | 'hello' | 'mail' | 'rcpt' | 'data' | 'content' | 'message';

/**
 * One log-in: gets the initial response (base64), and a function that sends "334 " with a text and waits for the line.
 * Answers the reply that ends it; 235 lets the client in, as whom it says with `user`.
 */
export type PeerSasl = (
  initial: string | undefined,
  ask: (challenge: string) => Promise<string>,
) => Promise<{ readonly reply: string; readonly user?: string }>;

export interface SmtpPeerOptions {
  readonly address?: string;
  readonly port?: number;
  /** Default '220 peer.test ESMTP'. '' never greets. A function gets the connection's number from 1. */
  readonly greeting?: string | ((connection: number) => PeerReply);
  /** EHLO keywords. Default PIPELINING, SIZE, 8BITMIME, DSN, ENHANCEDSTATUSCODES. */
  readonly extensions?: readonly string[];
  /** For EHLO and HELO: the whole line. */
  readonly onHello?: (line: string) => PeerReply;
  readonly onMail?: (sender: string, params: string, transactionInConnection: number) => PeerReply;
  readonly onRcpt?: (recipient: string, params: string) => PeerReply;
  readonly onData?: () => PeerReply;
  /** The reply after the final dot. */
  readonly onMessage?: (transaction: PeerTransaction) => PeerReply;
  readonly onReset?: () => PeerReply;
  /** Resets the connection where the reply to this stage would come ('content': after the first bytes). */
  readonly dropAfter?: PeerStage;
  /** Never answers at this stage. */
  readonly silentAfter?: PeerStage;
  /** Offers STARTTLS with this certificate. 'broken' answers the handshake with what is no TLS, 'hanging' never. */
  readonly tls?: SecureContextOptions | 'broken' | 'hanging';
  /** Begins with TLS, without STARTTLS. */
  readonly isImplicitTls?: boolean;
  /** Sent in clear right behind the reply to STARTTLS. */
  readonly injected?: string;
  /** More ways to log in, by name; each asks and answers as it likes. */
  readonly sasl?: Readonly<Record<string, PeerSasl>>;
  /** Offers AUTH and takes mail from nobody else (530). Read at each log-in, so a test may change it. */
  readonly auth?: {
    user: string;
    password: string;
    /** Default PLAIN and LOGIN. */
    readonly methods?: readonly ('PLAIN' | 'LOGIN')[];
    /** Offered only after STARTTLS. */
    readonly isOnlySecure?: boolean;
  };
  /** Instead of beginning TLS. */
  readonly onStartTls?: () => PeerReply;
  /** Gets what the client says it is. */
  readonly onLogIn?: (user: string, password: string) => PeerReply;
}

export interface SmtpPeer {
  readonly port: number;
  readonly transactions: PeerTransaction[];
  readonly attempts: PeerTransaction[];
  readonly commands: PeerCommand[];
  /** Connections taken so far. */
  readonly connections: number;
  readonly openConnections: number;
  /** Resolves when `count` messages got their 2xx; rejects after ten seconds. */
  received(count: number): Promise<void>;
  /** Resets every connection that is open; goes on listening. */
  dropConnections(): void;
  close(): Promise<void>;
}

const usualExtensions = ['PIPELINING', 'SIZE 10485760', '8BITMIME', 'DSN', 'ENHANCEDSTATUSCODES'];

/** Plays the server on a connection that is open already (a client that sent TURN). */
export function playSmtpPeer(
  socket: Socket,
  options: SmtpPeerOptions = {},
): Pick<SmtpPeer, 'transactions' | 'attempts' | 'commands' | 'received'> {
  const record = createRecord();
  new PeerSession(options, record, 1).start(socket);
  return { ...record, received: (count) => received(record, count) };
}

const createRecord = (): PeerRecord => ({
  transactions: [],
  attempts: [],
  commands: [],
  waiting: new Set(),
});

export async function startSmtpPeer(options: SmtpPeerOptions = {}): Promise<SmtpPeer> {
  const record = createRecord();
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    new PeerSession(options, record, ++connections).start(socket);
  });
  server.listen(options.port ?? 0, options.address ?? '127.0.0.1');
  await once(server, 'listening');
  const dropConnections = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    transactions: record.transactions,
    attempts: record.attempts,
    commands: record.commands,
    get connections() {
      return connections;
    },
    get openConnections() {
      return sockets.size;
    },
    received: (count) => received(record, count),
    dropConnections,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface PeerRecord {
  readonly transactions: PeerTransaction[];
  readonly attempts: PeerTransaction[];
  readonly commands: PeerCommand[];
  readonly waiting: Set<() => void>;
}

function received(record: PeerRecord, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${record.transactions.length} of ${count} messages arrived`)),
      10_000,
    );
    const check = (): void => {
      if (record.transactions.length < count) return;
      clearTimeout(timer);
      record.waiting.delete(check);
      resolve();
    };
    record.waiting.add(check);
    check();
  });
}

class PeerSession {
  private readonly options: SmtpPeerOptions;
  private readonly record: PeerRecord;
  private readonly connection: number;
  private socket!: Socket;
  private isSecure = false;
  private isDead = false;
  private pending: Buffer = Buffer.alloc(0);
  private hello = '';
  private transaction: PeerTransaction | undefined;
  private transactionCount = 0;
  private isReadingContent = false;
  /** Bytes of a BDAT chunk that are still to come. */
  private chunk: { bytesLeft: number; readonly isLast: boolean } | undefined;
  private user = '';
  /** Takes the next line instead of the commands. */
  private answerTo: ((line: string) => void) | undefined;

  constructor(options: SmtpPeerOptions, record: PeerRecord, connection: number) {
    this.options = options;
    this.record = record;
    this.connection = connection;
  }

  start(socket: Socket): void {
    const { tls, isImplicitTls = false } = this.options;
    if (isImplicitTls && typeof tls === 'object') {
      this.isSecure = true;
      this.attach(new TLSSocket(socket, { isServer: true, ...tls }));
    } else this.attach(socket);
    const greeting = this.options.greeting ?? '220 peer.test ESMTP';
    const reply = typeof greeting === 'function' ? greeting(this.connection) : greeting;
    this.answer('connect', reply === '' ? 'silence' : reply, '220 peer.test ESMTP');
  }

  private attach(socket: Socket): void {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => this.read(chunk));
  }

  private read(chunk: Buffer): void {
    if (this.isDead) return;
    if ((this.isReadingContent || this.chunk) && this.options.dropAfter === 'content') {
      this.drop();
      return;
    }
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    while (!this.isDead) {
      if (this.chunk) {
        if (!this.readChunk(this.chunk)) return;
        continue;
      }
      if (this.isReadingContent) {
        if (!this.readContent()) return;
        continue;
      }
      const end = this.pending.indexOf('\r\n');
      if (end < 0) return;
      const line = this.pending.subarray(0, end).toString('latin1');
      this.pending = this.pending.subarray(end + 2);
      this.record.commands.push({ connection: this.connection, line });
      this.command(line);
    }
  }

  /** True when the final dot was found. */
  private readContent(): boolean {
    const atStart = this.pending.subarray(0, 3).toString('latin1') === '.\r\n';
    const end = atStart ? -2 : this.pending.indexOf('\r\n.\r\n');
    if (end === -1) return false;
    const raw = this.pending.subarray(0, Math.max(0, end + 2));
    this.pending = this.pending.subarray(Math.max(0, end + 2) + 3);
    this.isReadingContent = false;
    const transaction = this.transaction;
    this.transaction = undefined;
    if (!transaction) return true;
    transaction.data = Buffer.from(raw.toString('latin1').replace(/(^|\r\n)\./g, '$1'), 'latin1');
    this.finishContent(transaction);
    return true;
  }

  /** True when the chunk is over. */
  private readChunk(chunk: { bytesLeft: number; readonly isLast: boolean }): boolean {
    const piece = this.pending.subarray(0, chunk.bytesLeft);
    this.pending = this.pending.subarray(piece.length);
    chunk.bytesLeft -= piece.length;
    const transaction = this.transaction;
    if (transaction) transaction.data = Buffer.concat([transaction.data, piece]);
    if (chunk.bytesLeft > 0) return false;
    this.chunk = undefined;
    if (!transaction) this.answer(undefined, undefined, '503 5.5.1 MAIL first');
    else if (!chunk.isLast) this.answer(undefined, undefined, '250 2.0.0 chunk taken');
    else {
      this.transaction = undefined;
      this.finishContent(transaction);
    }
    return true;
  }

  private finishContent(transaction: PeerTransaction): void {
    this.record.attempts.push(transaction);
    const reply = this.answer('message', this.options.onMessage?.(transaction), '250 2.0.0 queued as PEER');
    if (reply?.startsWith('2')) {
      this.record.transactions.push(transaction);
      for (const check of [...this.record.waiting]) check();
    }
  }

  private command(line: string): void {
    const { answerTo } = this;
    this.answerTo = undefined;
    if (answerTo) {
      answerTo(line);
      return;
    }
    const verb = line.split(' ', 1)[0]?.toUpperCase() ?? '';
    const path = /^[A-Z]+ (?:FROM|TO):<([^>]*)>\s*(.*)$/i.exec(line);
    const handlers: Record<string, () => void> = {
      EHLO: () => this.onHello(verb, line),
      HELO: () => this.onHello(verb, line),
      STARTTLS: () => this.startTls(),
      AUTH: () => this.onAuth(line),
      MAIL: () => this.onMail(path?.[1] ?? '', path?.[2] ?? ''),
      RCPT: () => this.onRcpt(path?.[1] ?? '', path?.[2] ?? ''),
      DATA: () => this.onData(),
      BDAT: () => {
        const [, bytes, last] = line.split(' ');
        this.chunk = { bytesLeft: Number(bytes), isLast: last === 'LAST' };
        // Nothing may be to come.
        if (this.options.dropAfter !== 'content' && this.chunk.bytesLeft === 0) this.readChunk(this.chunk);
      },
      RSET: () => this.onReset(),
      NOOP: () => void this.answer(undefined, undefined, '250 2.0.0 ok'),
      QUIT: () => this.onQuit(),
    };
    (handlers[verb] ?? (() => void this.answer(undefined, undefined, '502 5.5.1 unknown command')))();
  }

  private onReset(): void {
    this.transaction = undefined;
    this.answer(undefined, this.options.onReset?.(), '250 2.0.0 reset');
  }

  private onQuit(): void {
    this.answer(undefined, undefined, '221 2.0.0 bye');
    this.isDead = true;
    this.socket.end();
  }

  private onHello(verb: string, line: string): void {
    this.hello = line;
    const keywords = [...(this.options.extensions ?? usualExtensions)];
    if (this.options.tls && !this.isSecure) keywords.push('STARTTLS');
    const { auth } = this.options;
    const methods = [
      ...(auth && (this.isSecure || auth.isOnlySecure !== true) ? (auth.methods ?? ['PLAIN', 'LOGIN']) : []),
      ...Object.keys(this.options.sasl ?? {}),
    ];
    if (methods.length > 0) keywords.push(`AUTH ${methods.join(' ')}`);
    const usual =
      verb === 'HELO' ? '250 peer.test' : ['250 peer.test', ...keywords.map((k) => `250 ${k}`)].join('\n');
    this.answer('hello', this.options.onHello?.(line), usual);
  }

  private onAuth(line: string): void {
    const [, method = '', initial] = line.split(' ');
    const script = this.options.sasl?.[method];
    if (script) {
      void this.runSasl(script, initial);
      return;
    }
    const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
    if (method === 'PLAIN' && initial !== undefined) {
      const [, user = '', password = ''] = decode(initial).split('\0');
      this.onLogIn(user, password);
    } else if (method === 'LOGIN') {
      this.answer(undefined, undefined, '334 VXNlcm5hbWU6');
      this.answerTo = (user) => {
        this.answer(undefined, undefined, '334 UGFzc3dvcmQ6');
        this.answerTo = (password) => this.onLogIn(decode(user), decode(password));
      };
    } else this.answer(undefined, undefined, '504 5.5.4 unknown method');
  }

  private async runSasl(script: PeerSasl, initial: string | undefined): Promise<void> {
    const ended = await script(
      initial,
      (challenge) =>
        new Promise((resolve) => {
          this.answer(undefined, undefined, `334 ${challenge}`);
          this.answerTo = resolve;
        }),
    );
    const reply = this.answer(undefined, undefined, ended.reply);
    if (reply?.startsWith('235')) this.user = ended.user ?? '';
  }

  private onLogIn(user: string, password: string): void {
    const { auth, onLogIn } = this.options;
    const isRight = user === auth?.user && password === auth.password;
    const usual = isRight ? '235 2.7.0 welcome' : '535 5.7.8 authentication failed';
    const reply = this.answer(undefined, onLogIn?.(user, password), usual);
    if (reply?.startsWith('235')) this.user = user;
  }

  private onMail(sender: string, params: string): void {
    if ((this.options.auth || this.options.sasl) && this.user === '') {
      this.answer(undefined, undefined, '530 5.7.0 authentication required');
      return;
    }
    if (this.transaction) {
      this.answer(undefined, undefined, '503 5.5.1 nested MAIL');
      return;
    }
    const reply = this.answer(
      'mail',
      this.options.onMail?.(sender, params, ++this.transactionCount),
      '250 2.1.0 ok',
    );
    if (!reply?.startsWith('2')) return;
    this.transaction = {
      connection: this.connection,
      isSecure: this.isSecure,
      user: this.user,
      hello: this.hello,
      sender,
      senderParams: params,
      recipients: [],
      recipientParams: [],
      data: Buffer.alloc(0),
    };
  }

  private onRcpt(recipient: string, params: string): void {
    if (!this.transaction) {
      this.answer(undefined, undefined, '503 5.5.1 MAIL first');
      return;
    }
    const reply = this.answer('rcpt', this.options.onRcpt?.(recipient, params), '250 2.1.5 ok');
    if (!reply?.startsWith('2')) return;
    this.transaction.recipients.push(recipient);
    this.transaction.recipientParams.push(params);
  }

  private onData(): void {
    if (!this.transaction || this.transaction.recipients.length === 0) {
      this.answer(undefined, undefined, '503 5.5.1 no valid recipients');
      return;
    }
    const reply = this.answer('data', this.options.onData?.(), '354 go ahead');
    this.isReadingContent = reply?.startsWith('3') ?? false;
  }

  private startTls(): void {
    const { tls } = this.options;
    if (!tls) {
      this.answer(undefined, undefined, '502 5.5.1 not offered');
      return;
    }
    const refusal = this.options.onStartTls?.();
    const { injected } = this.options;
    const usual = '220 2.0.0 go ahead';
    if (injected !== undefined) this.socket.write(`${usual}\r\n${injected}`);
    else if (this.answer(undefined, refusal, usual) === undefined || refusal !== undefined) return;
    this.socket.removeAllListeners('data');
    if (tls === 'hanging') {
      this.isDead = true;
      this.socket.resume();
      return;
    }
    if (tls === 'broken') {
      this.isDead = true;
      this.socket.once('data', () => this.socket.write('this is not TLS\r\n'));
      return;
    }
    this.pending = Buffer.alloc(0);
    this.isSecure = true;
    this.user = '';
    this.attach(new TLSSocket(this.socket, { isServer: true, ...tls }));
  }

  /** Sends the reply of a stage; returns what was sent, undefined when nothing was. */
  private answer(stage: PeerStage | undefined, chosen: PeerReply, usual: string): string | undefined {
    if (this.isDead) return undefined;
    if (chosen === null || (stage !== undefined && this.options.dropAfter === stage)) {
      this.drop();
      return undefined;
    }
    if (chosen === 'silence' || (stage !== undefined && this.options.silentAfter === stage)) {
      this.isDead = true;
      return undefined;
    }
    const reply = chosen ?? usual;
    const lines = reply.split('\n');
    const wire = lines
      .map((line, at) => (at === lines.length - 1 ? line : line.replace(/^(\d{3}) /, '$1-')))
      .join('\r\n');
    this.socket.write(`${wire}\r\n`);
    if (reply.startsWith('421')) {
      this.isDead = true;
      this.socket.end();
    }
    return reply;
  }

  private drop(): void {
    this.isDead = true;
    this.socket.destroy();
  }
}
