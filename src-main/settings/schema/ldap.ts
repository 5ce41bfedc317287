/** LDAP Routing (reference 3.8): recipients and senders are looked up in a directory. */
import { z } from 'zod';
import { entry } from './entry';
import { minutes, port, secret } from './values';

export const ldapSchemas = ['active-directory', 'site-server', 'exchange', 'custom'] as const;
export const ldapBindings = ['anonymous', 'plain', 'sspi', 'service-account'] as const;
export const ldapEncryptions = ['none', 'starttls', 'ldaps'] as const;

const shortText = (most: number) =>
  z
    .string()
    .max(most, `At most ${most} characters.`)
    .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), 'Control characters are not possible.');

export const ldapSettings = {
  usesLdapRouting: entry(z.boolean().default(false), {
    title: 'Enable LDAP routing',
    text: 'Recipients and senders are looked up in a directory: addresses are rewritten and groups expanded.',
    iis: 'SmtpDsUseCat',
    applies: 'live',
  }),
  ldapServer: entry(shortText(255).default('localhost'), {
    title: 'Server',
    text: 'Name or address of the directory server. Empty with Active Directory: found in DNS, for the domain below.',
    iis: 'SmtpDsHost',
    applies: 'live',
  }),
  ldapPort: entry(port.nullable().default(null), {
    title: 'Port',
    text: 'Empty: 389, or 636 with LDAPS.',
    iis: 'SmtpDsPort',
    applies: 'live',
  }),
  ldapEncryption: entry(z.enum(ldapEncryptions).default('none'), {
    title: 'Encryption',
    text: 'none: in clear; starttls: encrypted on the usual port; ldaps: encrypted from the first byte.',
    applies: 'live',
  }),
  ldapVerifiesCertificate: entry(z.boolean().default(true), {
    title: 'Check the certificate of the directory server',
    text: 'Off: any certificate is taken, and nobody knows who answers.',
    applies: 'live',
  }),
  ldapSchema: entry(z.enum(ldapSchemas).default('active-directory'), {
    title: 'Schema',
    text: 'What entries look like: Active Directory, Site Server Membership Directory, Exchange LDAP Service, or a filter of your own.',
    iis: 'SmtpDsSchemaType',
    applies: 'live',
  }),
  ldapFilter: entry(shortText(2000).default(''), {
    title: 'Filter',
    text: 'With a filter of your own: an LDAP filter with {address}, {local} and {domain}, such as (mail={address}).',
    applies: 'live',
  }),
  ldapAddressAttribute: entry(shortText(100).default('mail'), {
    title: 'Attribute with the address',
    text: 'With a filter of your own: where the address that mail goes to stands.',
    applies: 'live',
  }),
  ldapMemberAttribute: entry(shortText(100).default('member'), {
    title: 'Attribute with the members',
    text: 'With a filter of your own: where the members of a group stand, as names of entries or as addresses.',
    applies: 'live',
  }),
  ldapBinding: entry(z.enum(ldapBindings).default('anonymous'), {
    title: 'Binding',
    text: 'anonymous; plain: user name and password below; sspi (Windows only) and service-account: the account that Mailroot runs as, which cannot be used for the log-in yet, so that mail waits.',
    iis: 'SmtpDsBindType',
    applies: 'live',
  }),
  ldapDomain: entry(shortText(255).default(''), {
    title: 'Domain',
    text: 'Domain of the user name, or the Active Directory domain whose server is looked for.',
    iis: 'SmtpDsDomain',
    applies: 'live',
  }),
  ldapUserName: entry(shortText(1000).default(''), {
    title: 'User name',
    text: 'Distinguished name, or a name of the domain.',
    iis: 'SmtpDsAccount',
    applies: 'live',
  }),
  ldapPassword: entry(secret.default(''), {
    title: 'Password',
    text: 'Kept encrypted, never shown and never exported.',
    iis: 'SmtpDsPassword',
    applies: 'live',
  }),
  ldapBase: entry(shortText(1000).default(''), {
    title: 'Base',
    text: 'Naming context in which entries are looked for, such as dc=example,dc=com. Empty: what the server names as its default.',
    iis: 'SmtpDsNamingContext',
    applies: 'live',
  }),
  ldapRefusesUnknown: entry(z.boolean().default(false), {
    title: 'Return mail to unknown recipients of local domains',
    text: 'A recipient of the default domain or an alias that the directory does not know is returned with 5.1.1. Off: it is dropped as without a directory.',
    applies: 'live',
  }),
  ldapCacheMinutes: entry(minutes.default(5), {
    title: 'Remember answers for',
    text: 'Answers of the directory are used again for this time.',
    unit: 'minutes',
    applies: 'live',
  }),
  ldapMaxGroupMembers: entry(
    z.number().int('Enter a whole number.').min(1, 'At least 1.').max(50_000, 'At most 50000.').default(5000),
    {
      title: 'Limit number of members of a group to',
      text: 'A message to a group that comes to more recipients than this, groups within it included, is returned.',
      applies: 'live',
    },
  ),
} as const;
