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
  ],
  advancedDelivery: [
    'maxHops',
    'masqueradeDomain',
    'fullyQualifiedDomainName',
    'smartHost',
    'triesDirectDelivery',
    'performsReverseDnsLookup',
    'dnsServers',
  ],
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
    'badmailDirectory',
    'isPickupDotStuffed',
    'keepsPickupBcc',
  ],
  delivery: [
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
    ...dialogKeys.advancedDelivery,
  ],
} as const;
