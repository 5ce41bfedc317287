/** The settings of LDAP routing as one value, and what can be said of them without asking anybody. Pure. */
import { createHash } from 'node:crypto';
import type { ServerSettings } from '../../settings/schema';
import { Problem } from '../core/problem';

export type DirectorySettings = Pick<
  ServerSettings,
  | 'usesLdapRouting'
  | 'ldapServer'
  | 'ldapPort'
  | 'ldapEncryption'
  | 'ldapVerifiesCertificate'
  | 'ldapSchema'
  | 'ldapFilter'
  | 'ldapAddressAttribute'
  | 'ldapMemberAttribute'
  | 'ldapBinding'
  | 'ldapDomain'
  | 'ldapUserName'
  | 'ldapPassword'
  | 'ldapBase'
  | 'ldapRefusesUnknown'
  | 'ldapCacheMinutes'
  | 'ldapMaxGroupMembers'
>;

/** Different for settings that may get different answers. The password is in it as it is stored: sealed. */
export function fingerprintOf(settings: DirectorySettings): string {
  const parts = [
    settings.ldapServer,
    settings.ldapPort,
    settings.ldapEncryption,
    settings.ldapVerifiesCertificate,
    settings.ldapSchema,
    settings.ldapFilter,
    settings.ldapAddressAttribute,
    settings.ldapMemberAttribute,
    settings.ldapBinding,
    settings.ldapDomain,
    settings.ldapUserName,
    settings.ldapPassword,
    settings.ldapBase,
    settings.ldapRefusesUnknown,
    settings.ldapCacheMinutes,
    settings.ldapMaxGroupMembers,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

export const portOf = ({ ldapPort, ldapEncryption }: DirectorySettings): number =>
  ldapPort ?? (ldapEncryption === 'ldaps' ? 636 : 389);

/** Name under which a plain bind logs in. Active Directory takes names of the domain; other servers take entries' names. */
export function bindNameOf({ ldapSchema, ldapDomain, ldapUserName }: DirectorySettings): string {
  if (ldapSchema !== 'active-directory' || ldapDomain === '' || /[\\@=]/.test(ldapUserName))
    return ldapUserName;
  return ldapDomain.includes('.') ? `${ldapUserName}@${ldapDomain}` : `${ldapDomain}\\${ldapUserName}`;
}

/**
 * Throws Problem 'refused' for a binding that cannot be made: both hand over the identity of a Windows or Kerberos
 * account (SASL GSS-SPNEGO and GSSAPI), which the LDAP library does not speak (decision 0014).
 *
 * @param platform as Node names it
 */
export function refuseImpossibleBinding(
  { ldapBinding }: Pick<DirectorySettings, 'ldapBinding'>,
  platform: NodeJS.Platform,
): void {
  if (ldapBinding === 'anonymous' || ldapBinding === 'plain') return;
  const instead = 'Choose Plain text with an account of its own, and LDAPS or StartTLS as encryption.';
  const isSspi = ldapBinding === 'sspi';
  const why =
    isSspi && platform !== 'win32'
      ? 'Windows SSPI is a part of Windows, and this computer runs something else.'
      : `${isSspi ? 'Windows SSPI' : 'The service account'} cannot be used for the log-in at a directory server yet.`;
  throw new Problem('refused', `${why} ${instead}`, 'ldapBinding');
}

/** Throws Problem 'invalid' for what cannot be the name of an attribute. */
export function checkAttributeName(name: string, field: string): void {
  if (/^[A-Za-z][A-Za-z0-9-]*$/.test(name) || /^\d+(?:\.\d+)+$/.test(name)) return;
  throw new Problem('invalid', `"${name}" is not the name of an attribute.`, field);
}
