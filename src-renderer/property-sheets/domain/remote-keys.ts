/** The settings on each page of a remote domain's sheet. */
import { outboundSecurityKeys } from '../outbound-security/keys';

export const remoteKeys = {
  general: ['isRelayAllowed', 'sendsHelo', ...outboundSecurityKeys, 'smartHost', 'port'],
  more: ['furtherSmartHosts', 'maxConnections', 'maxMessagesPerMinute'],
  advanced: ['holdsForTrigger', 'turnAccounts'],
} as const;
