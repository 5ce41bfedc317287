/**
 * What entries look like in each kind of directory: which attributes hold an address, members and a forwarding, and by
 * which filter an address is found. Guesses about the old schemas are listed in decision 0014. Pure.
 */
import type { DirectoryEntry, DirectoryFilter } from './directory';
import { checkAttributeName, type DirectorySettings } from './directory-settings';

/** Another entry, by its name or by an address. */
export type Reference =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'address'; readonly address: string };

/** An entry as the resolution needs it. */
export interface FoundEntry {
  readonly name: string;
  /** As it stands in the directory, checked by nobody. Absent: the entry has none. */
  readonly address?: string;
  /** Present: the entry is a group, perhaps one without members. */
  readonly members?: readonly Reference[];
  readonly forward?: { readonly to: Reference; readonly keepsCopy: boolean };
}

export interface DirectorySchema {
  readonly attributes: readonly string[];
  /** Attribute whose values a server may hand out in pieces. */
  readonly memberAttribute: string;
  filterFor(address: string): DirectoryFilter;
  read(entry: DirectoryEntry): FoundEntry;
}

export function schemaOf(settings: DirectorySettings): DirectorySchema {
  switch (settings.ldapSchema) {
    case 'active-directory':
      return activeDirectory;
    case 'site-server':
      return siteServer;
    case 'exchange':
      return exchange;
    case 'custom':
      return customSchema(settings);
  }
}

const equal = (attribute: string, value: string): DirectoryFilter => ({ kind: 'equal', attribute, value });

const valuesOf = ({ values }: DirectoryEntry, attribute: string): readonly string[] =>
  values.get(attribute.toLowerCase()) ?? [];
const firstOf = (entry: DirectoryEntry, attribute: string): string | undefined => {
  const [first] = valuesOf(entry, attribute);
  return first === undefined || first.trim() === '' ? undefined : first.trim();
};
const isOfClass = (entry: DirectoryEntry, classes: readonly string[]): boolean =>
  valuesOf(entry, 'objectClass').some((name) => classes.includes(name.toLowerCase()));
const isTrue = (text: string | undefined): boolean => text?.toUpperCase() === 'TRUE';

/** "SMTP:ann@corp.test" is an address of mail; "x400:..." is none. */
function smtpAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const typed = /^([a-z0-9]+):(.*)$/is.exec(text);
  if (!typed) return text;
  return typed[1]?.toLowerCase() === 'smtp' ? typed[2] : undefined;
}

/** "cn=Ann,dc=corp,dc=test": what begins like an entry's name and goes on after a comma is one, whatever @ is in it. */
export function referenceOf(value: string): Reference {
  const isName = /^\s*[a-z][a-z0-9.-]*\s*=/i.test(value);
  const hasAt = value.includes('@');
  if (isName && (value.includes(',') || !hasAt)) return { kind: 'name', name: value };
  return hasAt
    ? { kind: 'address', address: value.trim().replace(/^(?:smtp|mailto):/i, '') }
    : { kind: 'name', name: value };
}

const referencesOf = (entry: DirectoryEntry, attributes: readonly string[]): Reference[] =>
  attributes.flatMap((attribute) => valuesOf(entry, attribute)).map(referenceOf);

interface Parts {
  readonly address?: string | undefined;
  readonly members?: readonly Reference[] | undefined;
  readonly forward?: FoundEntry['forward'] | undefined;
}

const found = (name: string, { address, members, forward }: Parts): FoundEntry => ({
  name,
  ...(address === undefined ? {} : { address }),
  ...(members === undefined ? {} : { members }),
  ...(forward === undefined ? {} : { forward }),
});

const forwardTo = (to: string | undefined, keepsCopy: boolean): FoundEntry['forward'] =>
  to === undefined ? undefined : { to: referenceOf(to), keepsCopy };

/** With Exchange 2000 and later, which wrote proxyAddresses, and without: then `mail` alone. */
const activeDirectory: DirectorySchema = {
  attributes: [
    'objectClass',
    'mail',
    'proxyAddresses',
    'targetAddress',
    'member',
    'altRecipient',
    'deliverAndRedirect',
  ],
  memberAttribute: 'member',
  filterFor: (address) => ({
    kind: 'or',
    filters: [equal('proxyAddresses', `smtp:${address}`), equal('mail', address)],
  }),
  read(entry) {
    const isGroup = isOfClass(entry, ['group', 'groupofnames']) || valuesOf(entry, 'member').length > 0;
    // The one in capitals is the primary address.
    const primary = valuesOf(entry, 'proxyAddresses').find((value) => value.startsWith('SMTP:'));
    // A contact, or a person whose mailbox is elsewhere: there the mail goes.
    const target = smtpAddress(firstOf(entry, 'targetAddress'));
    return found(entry.name, {
      address: target ?? primary?.slice(5) ?? firstOf(entry, 'mail'),
      members: isGroup ? referencesOf(entry, ['member']) : undefined,
      forward: forwardTo(firstOf(entry, 'altRecipient'), isTrue(firstOf(entry, 'deliverAndRedirect'))),
    });
  },
};

const siteServer: DirectorySchema = {
  attributes: ['objectClass', 'mail', 'mailForwardingAddress', 'member', 'rfc822MailMember'],
  memberAttribute: 'member',
  filterFor: (address) => equal('mail', address),
  read(entry) {
    const members = referencesOf(entry, ['member', 'rfc822MailMember']);
    const isGroup = members.length > 0 || isOfClass(entry, ['groupofnames', 'mailgroup', 'distributionlist']);
    return found(entry.name, {
      address: firstOf(entry, 'mail'),
      members: isGroup ? members : undefined,
      forward: forwardTo(firstOf(entry, 'mailForwardingAddress'), false),
    });
  },
};

/** Exchange 5.5: the primary address stands in mail and rfc822Mailbox, the others as "smtp$address" in otherMailbox. */
const exchange: DirectorySchema = {
  attributes: [
    'objectClass',
    'mail',
    'rfc822Mailbox',
    'otherMailbox',
    'Target-Address',
    'member',
    'Alt-Recipient',
    'Deliver-And-Redirect',
  ],
  memberAttribute: 'member',
  filterFor: (address) => ({
    kind: 'or',
    filters: [
      equal('mail', address),
      equal('rfc822Mailbox', address),
      equal('otherMailbox', `smtp$${address}`),
    ],
  }),
  read(entry) {
    const members = referencesOf(entry, ['member']);
    const isGroup = members.length > 0 || isOfClass(entry, ['groupofnames', 'distribution-list']);
    const target = smtpAddress(firstOf(entry, 'Target-Address'));
    return found(entry.name, {
      address: target ?? firstOf(entry, 'rfc822Mailbox') ?? firstOf(entry, 'mail'),
      members: isGroup ? members : undefined,
      forward: forwardTo(firstOf(entry, 'Alt-Recipient'), isTrue(firstOf(entry, 'Deliver-And-Redirect'))),
    });
  },
};

function customSchema(settings: DirectorySettings): DirectorySchema {
  const { ldapFilter, ldapAddressAttribute, ldapMemberAttribute } = settings;
  checkAttributeName(ldapAddressAttribute, 'ldapAddressAttribute');
  if (ldapMemberAttribute !== '') checkAttributeName(ldapMemberAttribute, 'ldapMemberAttribute');
  const memberAttributes = ldapMemberAttribute === '' ? [] : [ldapMemberAttribute];
  return {
    attributes: ['objectClass', ldapAddressAttribute, ...memberAttributes],
    memberAttribute: ldapMemberAttribute,
    filterFor: (address) => ({ kind: 'text', text: ldapFilter, address }),
    read(entry) {
      const members = referencesOf(entry, memberAttributes);
      const isGroup = members.length > 0 || isOfClass(entry, ['group', 'groupofnames', 'groupofuniquenames']);
      return found(entry.name, {
        address: smtpAddress(firstOf(entry, ldapAddressAttribute)),
        members: isGroup ? members : undefined,
      });
    },
  };
}
