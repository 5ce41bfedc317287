/** Settings of a virtual server (reference 3.4 to 3.7), with the installed defaults of reference 4. */
import { z } from 'zod';
import { accessSettings } from './access';
import { collections } from './collection';
import { dkimKeys } from './dkim';
import { domainSettings, dropFolder, hasDropQuota } from './domain';
import { entry } from './entry';
import { housekeepingSettings } from './housekeeping';
import { ldapSettings } from './ldap';
import { limitSettings } from './limits';
import { loggingSettings } from './logging';
import { notificationSettings } from './notifications';
import { furtherSmartHosts, outboundSecurity } from './outbound-security';
import { protocolSettings } from './protocol';
import { senderRoutes } from './sender-route';
import {
  certificateNumber,
  countLimit,
  dnsServer,
  domainName,
  folderPath,
  ipAddress,
  minutes,
  optionalMailbox,
  port,
  smartHost,
  tlsVersions,
} from './values';

export const binding = z.strictObject({
  address: entry(z.union([z.literal(''), ipAddress]).default(''), {
    title: 'IP address',
    text: 'Address to listen on. Empty: all unassigned addresses of this computer.',
    iis: 'ServerBindings',
    applies: 'live',
  }),
  port: entry(port.default(25), {
    title: 'TCP port',
    text: 'Port to listen on.',
    iis: 'ServerBindings',
    applies: 'live',
  }),
  encryption: entry(z.enum(['starttls', 'implicit', 'none']).default('starttls'), {
    title: 'Encryption',
    text: 'starttls: offered when there is a certificate; implicit: the connection is encrypted from its first byte, as on port 465; none: never offered.',
    applies: 'live',
  }),
  certificate: entry(certificateNumber.default(''), {
    title: 'Certificate of this identity',
    text: 'Certificate shown on this address and port. Empty: that of the virtual server.',
    applies: 'live',
  }),
  minimumTls: entry(z.union([z.literal(''), z.enum(tlsVersions)]).default(''), {
    title: 'Lowest TLS version of this identity',
    text: 'Empty: as for the virtual server.',
    applies: 'live',
  }),
});
export type Binding = z.infer<typeof binding>;
/** Where a listening socket is opened. */
export type Endpoint = Pick<Binding, 'address' | 'port'>;

const retry = (title: string, text: string, defaultMinutes: number) =>
  entry(minutes.default(defaultMinutes), {
    title,
    text,
    unit: 'minutes',
    iis: 'SmtpRemoteProgressiveRetry',
    applies: 'live',
  });

const expiry = (title: string, text: string, defaultMinutes: number, iis: string) =>
  entry(
    z
      .number()
      .min(0.05, 'At least 0.05 minutes (3 seconds).')
      .max(9999 * 1440, 'At most 9999 days.')
      .default(defaultMinutes),
    {
      title,
      text,
      unit: 'minutes',
      iis,
      applies: 'live',
    },
  );

export const serverName = z
  .string()
  .trim()
  .min(1, 'Enter a name.')
  .max(100, 'A name has at most 100 characters.')
  .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), 'A name cannot contain control characters.');

export const serverSettings = z.strictObject({
  id: z
    .number()
    .int()
    .min(1)
    .max(9999)
    .meta({ title: 'Number', description: 'Number of the virtual server; never changes.' }),
  name: entry(serverName, {
    title: 'Name',
    text: 'Shown in the tree and in logs.',
    iis: 'ServerComment',
    applies: 'live',
  }),
  startsAutomatically: entry(z.boolean().default(true), {
    title: 'Start automatically',
    text: 'The virtual server starts together with Mailroot. Starting or stopping it by hand changes this, so that it comes back as it was.',
    iis: 'ServerAutoStart',
    applies: 'live',
  }),
  bindings: entry(z.array(binding).min(1, 'At least one identity must remain.').max(64), {
    title: 'IP address and TCP port',
    text: 'Identities of the virtual server. No two virtual servers may have the same pair.',
    iis: 'ServerBindings',
    applies: 'live',
  }),
  homeDirectory: entry(folderPath, {
    title: 'Home directory',
    text: 'Folder that holds Pickup, Queue, Drop and Badmail of this virtual server.',
    applies: 'restart',
  }),
  dropDirectory: dropFolder,
  hasDropQuota,
  badmailDirectory: entry(z.union([z.literal(''), folderPath]).default(''), {
    title: 'Badmail directory',
    text: 'Folder for mail that can neither be delivered nor returned. Empty: the folder Badmail below the home directory.',
    iis: 'BadMailDirectory',
    applies: 'restart',
  }),
  fullyQualifiedDomainName: entry(z.union([z.literal(''), domainName]).default(''), {
    title: 'Fully-qualified domain name',
    text: 'Name used in the greeting, in EHLO and in Received lines. Empty: the name of this computer.',
    iis: 'FullyQualifiedDomainName',
    applies: 'live',
  }),
  maxConnections: entry(countLimit.default(null), {
    title: 'Limit number of connections to',
    text: 'Incoming connections at the same time; the excess is refused with 421. Empty: no limit.',
    iis: 'MaxConnections',
    applies: 'live',
  }),
  connectionTimeoutMinutes: entry(minutes.default(10), {
    title: 'Connection time-out',
    text: 'An incoming connection is closed when no whole command, and no content of a message, came in this time.',
    unit: 'minutes',
    iis: 'ConnectionTimeout',
    applies: 'live',
  }),
  ...accessSettings,
  ...limitSettings,
  ...protocolSettings,
  maxMessageKb: entry(countLimit.default(2048), {
    title: 'Limit message size to',
    text: 'Larger messages are refused; advertised in SIZE. Empty: no limit.',
    unit: 'KB',
    iis: 'MaxMessageSize',
    applies: 'live',
  }),
  maxSessionKb: entry(countLimit.default(10_240), {
    title: 'Limit session size to',
    text: 'Sum of the messages of one incoming connection; beyond it the connection is closed. Empty: no limit.',
    unit: 'KB',
    iis: 'MaxSessionSize',
    applies: 'live',
  }),
  maxMessagesPerConnection: entry(countLimit.default(20), {
    title: 'Limit number of messages per connection to',
    text: 'After so many messages an outgoing connection is replaced by a new one. Empty: no limit.',
    iis: 'MaxBatchedMessages',
    applies: 'live',
  }),
  maxRecipients: entry(countLimit.default(100), {
    title: 'Limit number of recipients per message to',
    text: 'Further recipients of an incoming message are refused with 452; outgoing mail to more recipients is sent in several transactions. Empty: no limit but that of 50,000 for an incoming message.',
    iis: 'MaxRecipients',
    applies: 'live',
  }),
  ...notificationSettings,
  isPickupDotStuffed: entry(z.boolean().default(true), {
    title: 'Pickup files are dot-stuffed',
    text: 'One leading dot of each line of a Pickup file is removed, as the original did. Off: lines are taken as they are.',
    iis: 'SmtpDotStuffPickupDirFiles',
    applies: 'live',
  }),
  keepsPickupBcc: entry(z.boolean().default(false), {
    title: 'Keep Bcc lines of Pickup files',
    text: 'The original left Bcc in the message, where every recipient could read it. Off: Bcc is removed.',
    applies: 'live',
  }),
  defaultSender: entry(optionalMailbox.default(''), {
    title: 'Default sender',
    text: 'Sender of messages that name none: for a From line that is missing, and for an empty reverse-path unless the message is a notification. Empty: they stay as they are.',
    applies: 'live',
  }),
  quickRetries: entry(
    z.number().int('Enter a whole number.').min(0, 'At least 0.').max(20, 'At most 20.').default(3),
    {
      title: 'Quick retries',
      text: 'Attempts that follow the first failed one after a short wait, before the first retry interval.',
      iis: 'SmtpRemoteRetryThreshold',
      applies: 'live',
    },
  ),
  quickRetryMinutes: entry(minutes.default(1), {
    title: 'Quick retry interval',
    text: 'Wait before each quick retry.',
    unit: 'minutes',
    applies: 'live',
  }),
  firstRetryMinutes: retry(
    'First retry interval',
    'Wait after the first failed attempt to reach a destination; when there are quick retries, after the last of them.',
    15,
  ),
  secondRetryMinutes: retry('Second retry interval', 'Wait after the second failed attempt.', 30),
  thirdRetryMinutes: retry('Third retry interval', 'Wait after the third failed attempt.', 60),
  subsequentRetryMinutes: retry('Subsequent retry interval', 'Wait after each further failed attempt.', 240),
  outboundDelayMinutes: expiry(
    'Outbound delay notification',
    'The sender is told once when outgoing mail has waited this long.',
    720,
    'SmtpRemoteDelayExpireMinutes',
  ),
  outboundExpirationMinutes: expiry(
    'Outbound expiration time-out',
    'Outgoing mail that has waited this long is returned.',
    2880,
    'SmtpRemoteNDRExpireMinutes',
  ),
  localDelayMinutes: expiry(
    'Local delay notification',
    'The sender is told once when mail for the Drop folder has waited this long.',
    720,
    'SmtpLocalDelayExpireMinutes',
  ),
  localExpirationMinutes: expiry(
    'Local expiration time-out',
    'Mail for the Drop folder that has waited this long is returned.',
    2880,
    'SmtpLocalNDRExpireMinutes',
  ),
  maxOutboundConnections: entry(countLimit.default(1000), {
    title: 'Limit number of outgoing connections to',
    text: 'Outgoing connections at the same time. Empty: no limit.',
    iis: 'MaxOutConnections',
    applies: 'live',
  }),
  maxOutboundConnectionsPerDomain: entry(countLimit.default(100), {
    title: 'Limit number of connections per domain to',
    text: 'Outgoing connections to one destination at the same time. Empty: no limit.',
    iis: 'MaxOutConnectionsPerDomain',
    applies: 'live',
  }),
  maxMessagesPerMinute: entry(countLimit.default(null), {
    title: 'Limit number of messages per minute to',
    text: 'Messages to one destination in a minute; further ones wait for the next. Empty: no limit.',
    applies: 'live',
  }),
  outboundTimeoutMinutes: entry(minutes.default(10), {
    title: 'Outbound time-out',
    text: 'An outgoing connection on which the remote server says nothing for this time is given up.',
    unit: 'minutes',
    iis: 'RemoteTimeout',
    applies: 'live',
  }),
  outboundPort: entry(port.default(25), {
    title: 'Outbound TCP port',
    text: 'Port of the remote servers, the smart host included; a remote domain may have its own.',
    iis: 'RemoteSmtpPort',
    applies: 'live',
  }),
  maxHops: entry(z.number().int().min(10, 'At least 10.').max(256, 'At most 256.').default(15), {
    title: 'Maximum hop count',
    text: 'A message with more Received lines than this is returned: it runs in a circle.',
    iis: 'HopCount',
    applies: 'live',
  }),
  smartHost: entry(smartHost.default(''), {
    title: 'Smart host',
    text: 'Host that takes all mail without a remote domain of its own: a name, or an address in square brackets. Empty: mail goes directly, by MX.',
    iis: 'SmartHost',
    applies: 'live',
  }),
  triesDirectDelivery: entry(z.boolean().default(false), {
    title: 'Attempt direct delivery before sending to smart host',
    text: 'Mail goes by MX first, and to the smart host when that fails.',
    iis: 'SmartHostType',
    applies: 'live',
  }),
  furtherSmartHosts,
  senderRoutes,
  collections,
  masqueradeDomain: entry(z.union([z.literal(''), domainName]).default(''), {
    title: 'Masquerade domain',
    text: 'Replaces the domain of the sender and of From lines of outgoing mail when it is one of the local domains or missing; notifications go there. Empty: nothing is replaced.',
    iis: 'MasqueradeDomain',
    applies: 'live',
  }),
  ...outboundSecurity({
    whose: 'at the smart host',
    where: 'at every host without a remote domain of its own, the smart host included',
    iis: 'RouteAction',
  }),
  honoursMtaSts: entry(z.boolean().default(true), {
    title: 'Honour MTA-STS policies',
    text: 'Mail that goes by MX is sent as the policy of its domain asks (RFC 8461): only to hosts that it names, and only with a valid certificate. The policy is fetched from the domain over HTTPS.',
    applies: 'live',
  }),
  dkimKeys,
  ...ldapSettings,
  dnsServers: entry(z.array(dnsServer).max(8).default([]), {
    title: 'External DNS servers',
    text: 'DNS servers asked for MX and addresses, as address or address:port. Empty: those of this computer.',
    applies: 'live',
  }),
  ...loggingSettings,
  ...housekeepingSettings,
  domains: z.array(domainSettings).min(1).max(10_000),
});
export type ServerSettings = z.infer<typeof serverSettings>;
/** What a caller may leave out is filled with the default. */
export type ServerSettingsInput = z.input<typeof serverSettings>;
