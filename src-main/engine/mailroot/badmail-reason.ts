/**
 * What stands beside a dead message: the .BDR file for people and the .BDP file for Mailroot. Pure.
 *
 * Promises: what `formatProperties` writes, `parseProperties` reads back; anything else that lies under that
 * name (the original wrote a binary dump) reads as undefined, and never fails.
 */
import type { Envelope } from '../core/envelope';
import { type BadmailCause, badmailCauses } from '../core/event';

/** Why a message is dead, and the envelope that a resend needs. */
export interface BadmailProperties {
  readonly cause: BadmailCause;
  /** One sentence. */
  readonly reason: string;
  /** Error code of IIS 6, where it had one. */
  readonly code?: number;
  /** When it was laid into Badmail, milliseconds since 1970 UTC. */
  readonly at: number;
  /** Absent when it could not be made out. '' is the null reverse-path. */
  readonly sender?: string;
  readonly recipients: readonly string[];
  /** Name of the Pickup or Queue file it was. */
  readonly file?: string;
  /** The whole envelope, recipients with their last status included. */
  readonly envelope?: Envelope;
  /** Text of a damaged envelope file, as it was found. */
  readonly damagedEnvelope?: string;
}

/** Codes of IIS 6 that administrators know from .BDR files. */
export const badmailCodes: Readonly<Partial<Record<BadmailCause, number>>> = {
  'notification-undeliverable': 0xc00402c7,
  'bad-pickup-file': 0xc00402ce,
};

/**
 * One sentence for each cause. IIS 6 knew one more, "triggered via event": an event sink asked for it. There are no
 * event sinks here, so it cannot arise.
 */
export const causeSentences: Readonly<Record<BadmailCause, string>> = {
  'bad-pickup-file': 'A file in the Pickup folder could not be sent.',
  'no-recipients': 'A message without recipients could not be sent.',
  'hop-count-exceeded': 'A message that runs in a circle could not be returned to its sender.',
  'notification-undeliverable': 'A delivery status notification could not be delivered.',
  'general-failure': 'A message could neither be delivered nor returned to its sender.',
  'damaged-queue-file': 'A damaged file was found in the Queue folder.',
};

/** The .BDR file: plain text, CRLF, bounded. */
export function formatReason(properties: BadmailProperties): string {
  const { cause, reason, code, at, sender, recipients, file } = properties;
  const shown = recipients.slice(0, 1000);
  const lines = [
    causeSentences[cause],
    '',
    `Reason: ${singleLine(reason)}`,
    ...(code === undefined ? [] : [`Error code: 0x${code.toString(16).toUpperCase().padStart(8, '0')}`]),
    `Cause: ${cause}`,
    ...(file === undefined ? [] : [`File: ${singleLine(file)}`]),
    `Sender: ${sender === undefined ? 'unknown' : `<${singleLine(sender)}>`}`,
    shown.length === 0 ? 'Recipients: none known' : 'Recipients:',
    ...shown.map((recipient) => `  <${singleLine(recipient)}>`),
    ...(recipients.length > shown.length ? [`  and ${recipients.length - shown.length} more`] : []),
    `Time: ${new Date(at).toISOString()}`,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** The .BDP file: JSON. */
export function formatProperties(properties: BadmailProperties): string {
  return `${JSON.stringify({ format: 'mailroot-badmail', version: 1, ...properties }, undefined, 1)}\n`;
}

/** undefined for everything that we did not write. */
export function parseProperties(text: string): BadmailProperties | undefined {
  if (!text.startsWith('{')) return undefined;
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const { format, version, cause, reason, code, at, sender, recipients, file, envelope } = value;
  if (format !== 'mailroot-badmail' || version !== 1) return undefined;
  const knownCause = badmailCauses.find((known) => known === cause);
  if (!knownCause || typeof reason !== 'string' || typeof at !== 'number') return undefined;
  if (!Array.isArray(recipients)) return undefined;
  return {
    cause: knownCause,
    reason,
    at,
    recipients: recipients.filter((address): address is string => typeof address === 'string'),
    ...(typeof code === 'number' ? { code } : {}),
    ...(typeof sender === 'string' ? { sender } : {}),
    ...(typeof file === 'string' ? { file } : {}),
    // Whoever resends checks it as the queue checks its own envelope files.
    ...(typeof envelope === 'object' && envelope !== null ? { envelope: envelope as Envelope } : {}),
    ...(typeof value.damagedEnvelope === 'string' ? { damagedEnvelope: value.damagedEnvelope } : {}),
  };
}

/** Cause and first sentence of a .BDR file that somebody else wrote (IIS 6, by hand). */
export function parseForeignReason(text: string): {
  readonly cause?: BadmailCause;
  readonly reason?: string;
} {
  const bounded = text.slice(0, 4000);
  const match = /0x([0-9a-f]{8})/i.exec(bounded);
  const code = match ? Number.parseInt(match[1] as string, 16) : undefined;
  const cause = badmailCauses.find((known) => code !== undefined && badmailCodes[known] === code);
  const reason = bounded
    .split(/\r?\n/)
    .map((part) => part.trim())
    .find((part) => part !== '');
  return { ...(cause === undefined ? {} : { cause }), ...(reason === undefined ? {} : { reason }) };
}

function singleLine(text: string): string {
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  return clean.length > 1000 ? `${clean.slice(0, 1000)}...` : clean;
}
