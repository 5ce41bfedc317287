/** The settings on a remote domain's page. */
export const remoteKeys = ['isRelayAllowed', 'sendsHelo', 'smartHost', 'port'] as const;
