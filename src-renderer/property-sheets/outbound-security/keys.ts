/** The settings of the dialog Outbound Security, of every place that has one, by page. */
export const logInKeys = [
  'outboundAuthentication',
  'outboundUserName',
  'outboundPassword',
  'outboundSignIn',
] as const;
export const encryptionKeys = ['outboundTls', 'outboundTlsFromStart', 'outboundMinimumTls'] as const;

export const senderKeys = ['outboundSender'] as const;

export const outboundSecurityKeys = [...logInKeys, ...encryptionKeys, ...senderKeys];
