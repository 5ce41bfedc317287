/**
 * Who may hand over mail, before any recipient is looked at: log-in and encryption. Pure.
 * Promise: what is required and not there refuses; nothing is taken in clear where a secure channel is required.
 */
import type { ServerSettings } from '../../settings/schema';
import type { SmtpStatus } from '../core/smtp-status';
import { type Offers, replies } from './replies';
import { type MechanismName, methodOf } from './sasl-mechanism';
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

/** The settings that say how clients may log in. */
export type LogOnSettings = Pick<
  ServerSettings,
  'allowsBasic' | 'basicRequiresTls' | 'allowsIntegrated' | 'allowsChallengeResponse'
>;

const mechanismNames = Object.keys(methodOf) as MechanismName[];

/** Mechanisms that are switched on, in the order of the EHLO reply. `hasKerberos`: GSSAPI could be completed. */
export function enabledMechanisms(settings: LogOnSettings, hasKerberos: boolean): readonly MechanismName[] {
  const isOn: Readonly<Record<MechanismName, boolean>> = {
    GSSAPI: settings.allowsIntegrated && hasKerberos,
    NTLM: settings.allowsIntegrated,
    LOGIN: settings.allowsBasic,
    PLAIN: settings.allowsBasic,
    'SCRAM-SHA-256': settings.allowsChallengeResponse,
    'CRAM-MD5': settings.allowsChallengeResponse,
  };
  return mechanismNames.filter((name) => isOn[name]);
}

/** Is there any way to log in? Not, whether it is offered at the moment. */
export const mayLogOn = (settings: LogOnSettings): boolean =>
  settings.allowsBasic || settings.allowsIntegrated || settings.allowsChallengeResponse;

/** A password crosses the network where it can be read. */
const isPasswordInClear = (
  name: MechanismName,
  settings: LogOnSettings,
  tls: TlsFacts | undefined,
): boolean => methodOf[name] === 'basic' && settings.basicRequiresTls && tls === undefined;

/** May this client log in that way? A password that came in clear with a refused AUTH is not even looked at. */
export function refuseLogOn(request: {
  readonly mechanism: MechanismName;
  readonly settings: LogOnSettings;
  readonly hasKerberos: boolean;
  readonly tls: TlsFacts | undefined;
}): SmtpStatus | undefined {
  const { mechanism, settings, hasKerberos, tls } = request;
  if (!enabledMechanisms(settings, hasKerberos).includes(mechanism)) return replies.unknownMechanism;
  return isPasswordInClear(mechanism, settings, tls) ? replies.encryptionRequired : undefined;
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
  readonly settings: LogOnSettings & Pick<ServerSettings, 'requiresTls'>;
  readonly hasKerberos: boolean;
  readonly tls: TlsFacts | undefined;
  readonly hasCertificate: boolean;
}): Offers {
  const { settings, hasKerberos, tls, hasCertificate } = request;
  const waitsForTls = settings.requiresTls && tls === undefined;
  return {
    auth: waitsForTls
      ? []
      : enabledMechanisms(settings, hasKerberos).filter((name) => !isPasswordInClear(name, settings, tls)),
    tls: hasCertificate && tls === undefined,
    turn: false,
    atrn: false,
    etrn: false,
  };
}
