/** Which setting of a virtual server stands on which tab, and in which dialog behind a button of the tab. */

import { outboundSecurityKeys } from '../outbound-security/keys';
import { accessKeys } from './access/access-keys';

/** Settings in dialogs of General and Delivery, by dialog page. */
export const dialogKeys = {
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
