/**
 * Who may hand over mail, before any recipient is looked at: log-in and encryption. Pure.
 * Promise: what is required and not there refuses; nothing is taken in clear where a secure channel is required.
 */
import type { ServerSettings } from '../../settings/schema';
import type { SmtpStatus } from '../core/smtp-status';
import { type Offers, replies } from './replies';
import type { TlsFacts } from './tls-facts';

/** What may be said in clear where a secure channel is required (RFC 3207 section 4), and what does no harm. */
const verbsInClear: ReadonlySet<string> = new Set([
  'EHLO',
  'HELO',
  'STARTTLS',
  'NOOP',
  'RSET',
  'QUIT',
  'HELP',
]);

/** "Require 128-bit encryption". */
const strongKeyBits = 128;

/** The refusal of a verb that has to wait for encryption. */
export function refuseInClear(
  verb: string,
  settings: Pick<ServerSettings, 'requiresTls'>,
  tls: TlsFacts | undefined,
): SmtpStatus | undefined {
  return tls === undefined && settings.requiresTls && !verbsInClear.has(verb)
    ? replies.startTlsFirst
    : undefined;
}

/** May this client log in at all? A password that came in clear with a refused AUTH is not even looked at. */
export function refuseLogOn(
  settings: Pick<ServerSettings, 'allowsBasic' | 'basicRequiresTls'>,
  tls: TlsFacts | undefined,
): SmtpStatus | undefined {
  if (!settings.allowsBasic) return replies.unknownMechanism;
  return settings.basicRequiresTls && tls === undefined ? replies.encryptionRequired : undefined;
}

/** May this client hand over mail at all? The refusal, or undefined. */
export function refuseSubmission(request: {
  readonly settings: Pick<ServerSettings, 'allowsAnonymous' | 'requiresTls' | 'requires128Bit'>;
  readonly tls: TlsFacts | undefined;
  readonly account: string | undefined;
}): SmtpStatus | undefined {
  const { settings, tls, account } = request;
  if (settings.requiresTls && tls === undefined) return replies.startTlsFirst;
  if (settings.requires128Bit && tls !== undefined && tls.keyBits < strongKeyBits)
    return replies.cipherTooWeak(tls.cipher, tls.keyBits);
  if (!settings.allowsAnonymous && account === undefined) return replies.notAuthenticated;
  return undefined;
}

/** What to offer: nothing that would be refused, and no log-in in clear where encryption comes first. */
export function decideOffers(request: {
  readonly settings: Pick<ServerSettings, 'allowsBasic' | 'basicRequiresTls' | 'requiresTls'>;
  readonly isEncrypted: boolean;
  readonly hasCertificate: boolean;
}): Offers {
  const { settings, isEncrypted, hasCertificate } = request;
  return {
    auth: settings.allowsBasic && (isEncrypted || !(settings.basicRequiresTls || settings.requiresTls)),
    tls: hasCertificate && !isEncrypted,
    turn: false,
    atrn: false,
    etrn: false,
  };
}
