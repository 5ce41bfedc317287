/** The settings on a remote domain's page. */
import { outboundSecurityKeys } from '../outbound-security/keys';

export const remoteKeys = [
  'isRelayAllowed',
  'sendsHelo',
  ...outboundSecurityKeys,
  'smartHost',
  'port',
] as const;
