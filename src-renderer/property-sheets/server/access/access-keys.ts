/** Settings of the Access tab by the dialog that they stand in. */
export const accessKeys = {
  authentication: ['allowsAnonymous', 'allowsBasic', 'basicRequiresTls', 'defaultLogonDomain'],
  certificate: ['certificate'],
  communication: ['requiresTls', 'requires128Bit'],
  connection: ['connectionMode', 'connectionList'],
  relay: ['relayMode', 'relayList', 'relaysForAuthenticated'],
} as const;
