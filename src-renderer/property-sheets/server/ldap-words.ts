/** Words of the LDAP Routing tab, and which of its controls can be used. Pure. */
import type { LdapTestAnswer } from '../../../src-main/api/contract';

export const schemaChoices = [
  { value: 'active-directory', label: 'Active Directory' },
  { value: 'site-server', label: 'Site Server Membership Directory' },
  { value: 'exchange', label: 'Exchange LDAP Service' },
  { value: 'custom', label: 'A filter of your own' },
];

export const bindingChoices = [
  { value: 'anonymous', label: 'Anonymous' },
  { value: 'plain', label: 'Plain text' },
  { value: 'sspi', label: 'Windows SSPI' },
  { value: 'service-account', label: 'Service account' },
];

export const bindingTexts: Readonly<Record<string, string>> = {
  anonymous: 'Without a name. Active Directory answers nobody so.',
  plain: 'With user name and password below.',
  sspi: 'With a Windows account. It cannot be used yet, and never where the system is not Windows: mail would wait.',
  'service-account':
    'With the account that Mailroot runs as (Kerberos). It cannot be used yet: mail would wait. Choose Plain text with an account of its own.',
};

export const encryptionChoices = [
  { value: 'none', label: 'None' },
  { value: 'starttls', label: 'StartTLS, on the usual port' },
  { value: 'ldaps', label: 'LDAPS, from the first byte' },
];

/** Why controls cannot be used; '' where the reason is plain to see. Undefined: they can. */
export interface LdapReasons {
  readonly all: string | undefined;
  readonly certificate: string | undefined;
  readonly domain: string | undefined;
  readonly logIn: string | undefined;
  readonly filter: string | undefined;
}

/** As in the original: nothing below the check box while it is off, names and passwords where the binding needs them. */
export function findReasons(facts: {
  readonly isEnabled: boolean;
  readonly schema: string;
  readonly binding: string;
  readonly server: string;
  readonly encryption: string;
}): LdapReasons {
  const all = facts.isEnabled ? undefined : '';
  const isPlain = facts.binding === 'plain';
  const isSearched = facts.schema === 'active-directory' && facts.server === '';
  return {
    all,
    certificate: all ?? (facts.encryption === 'none' ? 'Only with encryption.' : undefined),
    domain: all ?? (isPlain || isSearched ? undefined : 'Only with the binding Plain text.'),
    logIn: all ?? (isPlain ? undefined : 'Only with the binding Plain text.'),
    filter: all ?? (facts.schema === 'custom' ? undefined : ''),
  };
}

const mostShown = 10;

/** What the directory said, for people. */
export function describeAnswer(
  asked: string,
  { text, reply, result, addresses, addressCount, server, base }: LdapTestAnswer,
): { readonly text: string; readonly addresses: readonly string[]; readonly isFault: boolean } {
  const where = ` Asked: ${server}, below ${base}.`;
  const words = `${asked}: ${text}${reply === undefined ? '' : ` The sender reads "${reply}".`}${where}`;
  if (result !== 'expanded') return { text: words, addresses: [], isFault: result === 'refused' };
  const others = addressCount - Math.min(mostShown, addresses.length);
  const rest = others > 0 ? [`and ${others} more`] : [];
  return { text: words, addresses: [...addresses.slice(0, mostShown), ...rest], isFault: false };
}
