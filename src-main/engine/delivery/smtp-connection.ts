/**
 * nodemailer's SMTPConnection with the five things that a relay needs and it does not offer: HELO first,
 * DSN parameters for each recipient, the reply of each recipient, how far the content got, and what was said.
 *
 * Owns: every use of a method that nodemailer keeps for itself. They are not in its types, so they are
 * declared here, and the contract tests of this file fail when a new version of it works differently.
 * Trusts: that the version is the pinned one.
 */
import type { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import SMTPConnection, {
  type SMTPConnectionOptions,
  type SMTPConnectionSendCallback,
} from 'nodemailer/lib/smtp-connection';

type ReplyAction = (this: unknown, reply: string) => void;

/** The internal methods and fields used here, as nodemailer 10.6.0 has them. */
interface SmtpConnectionInternals {
  _supportedExtensions: string[];
  _maxAllowedSize: number;
  _supportedAuth: string[];
  _auth: unknown;
  _responseActions: ReplyAction[];
  _responseQueue: string[];
  _actionHELO: ReplyAction;
  _clearPhase(): void;
  _sendCommand(line: string, logLine?: string): void;
  _processResponse(): void;
  _upgradeConnection(callback: (error?: unknown, isSecured?: boolean) => void): void;
  _actionGreeting(reply: string): void;
  _getDsnRcptToArgs(): string;
  _actionRCPT(reply: string, callback: unknown): void;
  _actionMAIL(reply: string, callback: unknown): void;
  _createSendStream(callback: unknown): Readable;
}

const Base = SMTPConnection as unknown as new (
  options: SMTPConnectionOptions,
) => SMTPConnection & SmtpConnectionInternals;

/** DSN parameters of one recipient, RFC 3461 sections 4.1 and 4.2; '' leaves the parameter out. */
export interface RecipientDsn {
  /** "NEVER" or "SUCCESS,FAILURE,DELAY". */
  readonly notify: string;
  /** "type;address", not yet in xtext. */
  readonly orcpt: string;
}

export interface SmtpTransaction {
  /** '' is the null reverse-path. */
  readonly sender: string;
  readonly recipients: readonly string[];
  /** In the order of `recipients`. */
  readonly dsn: readonly RecipientDsn[];
  readonly ret?: 'FULL' | 'HDRS';
  readonly envid?: string;
  readonly sizeBytes: number;
  readonly isEightBit: boolean;
  /** SMTPUTF8 is asked for whatever the addresses are; the peer must offer it. */
  readonly isUtf8?: boolean;
  readonly content: Buffer | Readable;
}

/** How far the content of the transaction got: a message is only ever in doubt after the final dot. */
export type ContentProgress = 'not-started' | 'started' | 'final-dot-sent';

interface Login {
  readonly user: string;
  readonly password: string;
}

/** Hears what goes over the wire, as it goes; credentials are masked. */
export interface WireObserver {
  /** False: nobody listens, so nothing needs to be put into words. */
  readonly isListening: boolean;
  command(line: string, bytes: number): void;
  /** Lines joined by "\n". */
  reply(text: string, bytes: number): void;
  /** The whole content with its final dot was handed to the socket. */
  content(bytes: number): void;
  secured(protocol: string, cipher: string, certificate: string): void;
}

export class OutboundConnection extends Base {
  private readonly startsWithHelo: boolean;
  private readonly observer: WireObserver | undefined;
  /** While it logs in: what must not be repeated in any form. */
  private secrets: readonly string[] | undefined;
  private transaction: SmtpTransaction | undefined;
  private rcptsSent = 0;
  /** Reply to MAIL FROM of the running transaction. */
  mailReply: string | undefined;
  /** Replies to RCPT TO, in the order of the recipients; shorter when not all were answered. */
  rcptReplies: string[] = [];
  contentProgress: ContentProgress = 'not-started';

  constructor(
    options: SMTPConnectionOptions,
    { startsWithHelo, observer }: { startsWithHelo: boolean; observer?: WireObserver },
  ) {
    super(options);
    this.startsWithHelo = startsWithHelo;
    this.observer = observer;
  }

  /** True when the peer offered the extension in its EHLO reply (the one after STARTTLS, when there was one). */
  offers(extension: 'DSN' | '8BITMIME' | 'PIPELINING' | 'SIZE' | 'SMTPUTF8'): boolean {
    return this._supportedExtensions.includes(extension);
  }

  /** The largest message the peer takes; undefined when it named no limit (RFC 1870 section 4). */
  get peerMaxBytes(): number | undefined {
    return this._maxAllowedSize > 0 ? this._maxAllowedSize : undefined;
  }

  /** The best way to log in that the peer offered in its last EHLO reply; undefined: none that we have. */
  get loginMethod(): 'PLAIN' | 'LOGIN' | undefined {
    return (['PLAIN', 'LOGIN'] as const).find((method) => this._supportedAuth.includes(method));
  }

  /** Logs in by `loginMethod`. The password is forgotten at the end, and no error repeats it. */
  logIn(login: Login, done: (error: unknown) => void): void {
    this.secrets = secretForms(login);
    const credentials = { user: login.user, pass: login.password };
    this.login({ method: this.loginMethod ?? 'PLAIN', credentials }, (error) => {
      const said = (error as { response?: unknown } | null)?.response;
      if (error && typeof said === 'string')
        Object.assign(error, { response: this.redact(said), message: this.redact(error.message) });
      this.secrets = undefined;
      this._auth = undefined;
      done(error);
    });
  }

  private redact(text: string): string {
    return (this.secrets ?? []).reduce((rest, secret) => rest.replaceAll(secret, '****'), text);
  }

  /** One transaction. Replies stay readable in the fields above until the next one. */
  sendTransaction(transaction: SmtpTransaction, done: SMTPConnectionSendCallback): void {
    this.forgetTransaction();
    this.transaction = transaction;
    this.send(
      {
        from: transaction.sender,
        to: [...transaction.recipients],
        size: transaction.sizeBytes,
        use8BitMime: transaction.isEightBit,
        dsn: { ret: transaction.ret ?? null, envid: transaction.envid ?? null },
      },
      transaction.content,
      done,
    );
  }

  /** Clears the replies of the last transaction. */
  forgetTransaction(): void {
    this.transaction = undefined;
    this.rcptsSent = 0;
    this.mailReply = undefined;
    this.rcptReplies = [];
    this.contentProgress = 'not-started';
  }

  /** "Send HELO instead of EHLO": nodemailer only comes to HELO after a refused EHLO. */
  override _actionGreeting(reply: string): void {
    if (!this.startsWithHelo || !reply.startsWith('220')) {
      super._actionGreeting(reply);
      return;
    }
    this._clearPhase();
    this._responseActions.push(this._actionHELO);
    this._sendCommand(`HELO ${this.name}`);
  }

  /** nodemailer has one set of DSN parameters for all recipients. */
  override _getDsnRcptToArgs(): string {
    const dsn = this.transaction?.dsn[this.rcptsSent++];
    if (!dsn || !this.offers('DSN')) return '';
    const notify = dsn.notify === '' ? '' : ` NOTIFY=${dsn.notify}`;
    return notify + (dsn.orcpt === '' ? '' : ` ORCPT=${encodeXtext(dsn.orcpt)}`);
  }

  override _actionMAIL(reply: string, callback: unknown): void {
    this.mailReply = reply;
    super._actionMAIL(reply, callback);
  }

  /** By position, not by address: the same address may stand in a message twice. */
  override _actionRCPT(reply: string, callback: unknown): void {
    this.rcptReplies.push(reply);
    super._actionRCPT(reply, callback);
  }

  override _createSendStream(callback: unknown): Readable {
    const stream = super._createSendStream(callback);
    // The last piece and the final dot leave in one packet instead of two. Only for this turn of the event
    // loop: a socket that stays corked never asks for more.
    const socket = this._socket;
    if (socket) {
      socket.cork();
      setImmediate(() => socket.uncork());
    }
    this.contentProgress = 'started';
    // 'end' comes when the last piece was handed to the socket; before it the dot cannot have left.
    stream.once('end', () => {
      this.contentProgress = 'final-dot-sent';
      if (this.observer?.isListening)
        this.observer.content((stream as Readable & { outByteCount: number }).outByteCount);
    });
    return stream;
  }

  override _sendCommand(command: string, logLine?: string): void {
    const line = this.withUtf8(command);
    if (this.observer?.isListening && !this.destroyed) {
      const shown = this.secrets ? maskCredentials(line) : line;
      this.observer.command(shown, Buffer.byteLength(line) + 2);
    }
    super._sendCommand(line, logLine);
  }

  /** nodemailer asks for SMTPUTF8 only where an address needs it; a header may need it too (RFC 6531 section 3.6). */
  private withUtf8(command: string): string {
    const isWanted = this.transaction?.isUtf8 === true && this.offers('SMTPUTF8');
    return isWanted && command.startsWith('MAIL FROM:') && !/ SMTPUTF8(?: |$)/.test(command)
      ? `${command} SMTPUTF8`
      : command;
  }

  /** Runs once for each reply that is complete, and in between for nothing. */
  override _processResponse(): void {
    const raw = this._responseQueue[0];
    if (this.observer?.isListening && raw !== undefined && isWhole(raw)) {
      // nodemailer keeps one character for each byte until here.
      this.observer.reply(this.redact(Buffer.from(raw, 'latin1').toString('utf8')), raw.length + 2);
    }
    super._processResponse();
  }

  override _upgradeConnection(callback: (error?: unknown, isSecured?: boolean) => void): void {
    super._upgradeConnection((error, isSecured) => {
      if (isSecured && this.observer?.isListening) {
        const socket = this._socket as TLSSocket;
        const certificate = socket.authorized
          ? 'the certificate is trusted'
          : `the certificate is not trusted (${String(socket.authorizationError)})`;
        this.observer.secured(socket.getProtocol() ?? 'TLS', socket.getCipher().standardName, certificate);
      }
      callback(error, isSecured);
    });
  }
}

/** "AUTH PLAIN ****"; lines without the command are nothing but credentials. */
const maskCredentials = (line: string): string =>
  line === ''
    ? ''
    : /^AUTH [A-Z0-9-]+$/.test(line)
      ? line
      : `${/^AUTH [A-Z0-9-]+ /.exec(line)?.[0] ?? ''}****`;

/** Not empty, and its last line is no continuation ("250-..."). */
const isWhole = (raw: string): boolean =>
  raw.trim() !== '' && !/^\d+-/.test(raw.slice(raw.lastIndexOf('\n') + 1));

/** What a peer might say back to us; too short a password would blank out half of what it says. */
function secretForms({ user, password }: Login): string[] {
  const forms = [password, password, `\u0000${user}\u0000${password}`];
  return forms
    .map((form, at) => (at === 0 ? form : Buffer.from(form).toString('base64')))
    .filter((form) => form.length > 3);
}

/** RFC 3461 section 4: everything outside "!" to "~", and "+" and "=", as "+" and two hexadecimal digits. */
export function encodeXtext(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map((byte) =>
      byte < 33 || byte > 126 || byte === 0x2b || byte === 0x3d
        ? `+${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');
}
