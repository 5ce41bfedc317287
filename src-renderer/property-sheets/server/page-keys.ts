/** Which setting of a virtual server stands on which tab, and in which dialog behind a button of the tab. */

import { outboundSecurityKeys } from '../outbound-security/keys';
import { accessKeys } from './access/access-keys';

/** Settings in dialogs of General and Delivery, by dialog page. */
export const dialogKeys = {
  limits: ['maxSessionMinutes', 'minBytesPerSecond', 'maxErrors', 'maxCommands'],
  protocol: ['greeting', 'verbsOff'],
  lineEnds: ['bareLineEndings', 'bareLineEndingsList', 'bareLineEndingsOfListed'],
  logging: ['logSchedule', 'logFileSizeMb', 'usesLocalTimeForLog', 'logDirectory'],
  loggingFields: ['logFields'],
  outboundSecurity: outboundSecurityKeys,
  outboundConnections: [
    'maxOutboundConnections',
    'outboundTimeoutMinutes',
    'maxOutboundConnectionsPerDomain',
    'outboundPort',
    'maxMessagesPerMinute',
  ],
  smartHost: ['smartHost', 'triesDirectDelivery', 'furtherSmartHosts'],
  names: ['fullyQualifiedDomainName', 'masqueradeDomain', 'defaultSender'],
  limitsAndDns: ['maxHops', 'performsReverseDnsLookup', 'honoursMtaSts', 'dnsServers'],
  senderRoutes: ['senderRoutes'],
  collections: ['collections'],
  notifications: ['postmasterAddress', 'returnedContent', 'maxReturnedKb'],
} as const;

export const pageKeys = {
  general: [
    'name',
    'bindings',
    'maxConnections',
    'connectionTimeoutMinutes',
    ...dialogKeys.limits,
    ...dialogKeys.protocol,
    ...dialogKeys.lineEnds,
    'isLogging',
    'logFormat',
    'startsAutomatically',
    'homeDirectory',
    ...dialogKeys.logging,
    ...dialogKeys.loggingFields,
  ],
  access: Object.values(accessKeys).flat(),
  messages: [
    'maxMessageKb',
    'maxSessionKb',
    'maxMessagesPerConnection',
    'maxRecipients',
    'sendNdrTo',
    ...dialogKeys.notifications,
    'badmailDirectory',
    'isPickupDotStuffed',
    'keepsPickupBcc',
  ],
  delivery: [
    'quickRetries',
    'quickRetryMinutes',
    'firstRetryMinutes',
    'secondRetryMinutes',
    'thirdRetryMinutes',
    'subsequentRetryMinutes',
    'outboundDelayMinutes',
    'outboundExpirationMinutes',
    'localDelayMinutes',
    'localExpirationMinutes',
    ...dialogKeys.outboundSecurity,
    ...dialogKeys.outboundConnections,
    ...dialogKeys.smartHost,
    ...dialogKeys.names,
    ...dialogKeys.limitsAndDns,
    ...dialogKeys.senderRoutes,
    ...dialogKeys.collections,
  ],
} as const;
