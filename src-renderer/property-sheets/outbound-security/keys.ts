/** The settings of the dialog Outbound Security, of a virtual server and of a remote domain alike. */
export const outboundSecurityKeys = [
  'outboundAuthentication',
  'outboundUserName',
  'outboundPassword',
  'outboundTls',
] as const;
