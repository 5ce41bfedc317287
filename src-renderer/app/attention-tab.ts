/** Where in the properties of a virtual server that is mended which needs attention. Pure. */

export type SheetTab = 'access' | 'delivery' | 'ldap';

const tabs: Readonly<Record<string, SheetTab>> = {
  'open-relay': 'access',
  'nobody-may-connect': 'access',
  'kerberos-unavailable': 'access',
  'accounts-unavailable': 'access',
  'tls-handshake-failed': 'access',
  'old-tls-unavailable': 'access',
  'login-refused': 'delivery',
  'security-missing': 'delivery',
  'smart-host-unreachable': 'delivery',
  'password-in-clear': 'delivery',
  'password-missing': 'delivery',
  'dkim-key-unusable': 'delivery',
  'directory-unavailable': 'ldap',
};

/** undefined: the first one. */
export const tabOfAttention = (code: string): SheetTab | undefined => tabs[code];
