/** Settings of the Access tab by the dialog that they stand in, and by its page where it has several. */
export const accessKeys = {
  authentication: [
    'allowsAnonymous',
    'allowsBasic',
    'basicRequiresTls',
    'defaultLogonDomain',
    'allowsIntegrated',
    'kerberosKeytab',
    'allowsChallengeResponse',
  ],
  certificate: ['certificate'],
  communication: ['requiresTls', 'requires128Bit', 'minimumTls', 'oldTlsList'],
  furtherCertificates: ['furtherCertificates'],
  connection: ['connectionMode', 'connectionList'],
  relay: ['relayMode', 'relayList', 'relaysForAuthenticated'],
  protection: [
    'maxConnectionsPerAddress',
    'maxFailedLogOns',
    'lockOutMinutes',
    'tarPitSeconds',
    'greetingDelaySeconds',
  ],
  proxies: ['proxyList'],
} as const;
