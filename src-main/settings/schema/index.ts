/** The declared settings, for everybody who may know them. */

export * from './access-list';
export { type Collection, collection, type WeekDay, weekDays } from './collection';
export { type DkimAlgorithm, type DkimKey, dkimAlgorithms, dkimKey } from './dkim';
export {
  describeBinding,
  findFaults,
  formatBinding,
  readSettingsDocument,
  type Settings,
  type SettingsInput,
  settingsDocument,
} from './document';
export {
  type DomainSettings,
  domainSettings,
  localDomain,
  type RemoteDomainSettings,
  remoteDomain,
} from './domain';
export { ldapBindings, ldapEncryptions, ldapSchemas } from './ldap';
export {
  describeLogFileName,
  type LogField,
  type LogFormat,
  type LogSchedule,
  logFields,
  logFilePrefixes,
} from './logging';
export {
  findMissingPasswords,
  findRemoteDomainFaults,
  findSignInUses,
  type SignInUse,
} from './outbound-faults';
export {
  type FurtherSmartHost,
  furtherSmartHost,
  type OutboundTlsMode,
} from './outbound-security';
export {
  type LineEndingPolicy,
  type SwitchableVerb,
  switchableVerbs,
} from './protocol';
export { type SenderRoute, senderRoute } from './sender-route';
export {
  type Binding,
  binding,
  type Endpoint,
  type ServerSettings,
  type ServerSettingsInput,
  serverName,
  serverSettings,
} from './server';
export {
  accessListEntry,
  folderPath,
  keptSecret,
  sealedPrefix,
  smartHost,
  type TlsVersion,
  tlsVersions,
} from './values';
