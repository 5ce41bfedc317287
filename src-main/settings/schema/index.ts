/** The declared settings, for everybody who may know them. */

export * from './access-list';
export {
  describeBinding,
  findFaults,
  findMissingPasswords,
  findRemoteDomainFaults,
  formatBinding,
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
export {
  describeLogFileName,
  type LogField,
  type LogFormat,
  type LogSchedule,
  logFields,
  logFilePrefixes,
} from './logging';
export {
  type LineEndingPolicy,
  type SwitchableVerb,
  switchableVerbs,
} from './protocol';
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
