/**
 * nodemailer's SMTP client with the methods and fields that it keeps for itself, as far as smtp-connection.ts, which alone
 * may use them, builds on them. They are not in its types, so they are declared here.
 *
 * Trusts: that the version is the pinned one.
 */
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import SMTPConnection, { type SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';

export type ReplyAction = (this: unknown, reply: string) => void;

/** As nodemailer 10.6.0 has them. */
interface SmtpConnectionInternals {
  _supportedExtensions: string[];
  _maxAllowedSize: number;
  _remainder: string;
  /** Lines of the last EHLO reply without their code; none after HELO. */
  _ehloLines?: string[];
  _responseActions: ReplyAction[];
  _responseQueue: string[];
  _actionEHLO(reply: string): void;
  _parseEhloExtensions(reply: string): void;
  _actionHELO(reply: string): void;
  _socket: Socket | TLSSocket | false | null;
  _closing: boolean;
  _onSocketData: (chunk: Buffer) => void;
  _onSocketTimeout: () => void;
  _onSocketClose: () => void;
  _onSocketEnd: () => void;
  _onSocketError: (error: Error) => void;
  _clearPhase(): void;
  _sendCommand(line: string, logLine?: string): void;
  _processResponse(): void;
  _onError(error: Error, type: string, response: unknown, command: string): void;
  _formatError(message: unknown, type: string, response: unknown, command: string): Error;
  _upgradeConnection(callback: (error?: unknown, isSecured?: boolean) => void): void;
  _actionGreeting(reply: string): void;
  _getDsnRcptToArgs(): string;
  _actionRCPT(reply: string, callback: unknown): void;
  _actionMAIL(reply: string, callback: unknown): void;
  _actionDATA(reply: string, callback: unknown): void;
  _createSendStream(callback: unknown): Readable;
  _actionSMTPStream(reply: string, callback: unknown): void;
  _currentDataStream: unknown;
}

export const BareConnection = SMTPConnection as unknown as new (
  options: SMTPConnectionOptions,
) => SMTPConnection & SmtpConnectionInternals;
