/** What the features see of the engine. No component calls a carrier itself. */
export { type ConsoleClient, createClient } from './client';
export { ClientProvider, useClient, useHost } from './context';
export { type Fault, readFault } from './faults';
export { findHost } from './host';
export { keys } from './keys';
export { useConnection, useIsReachable, useLive } from './live';
export { type FolderRequest, useFolderRequest, usePickFolder } from './pick-folder';
export {
  type ServerDetails,
  type Suggestions,
  useCertificates,
  useDomain,
  useMe,
  useServerDetails,
  useServerSummary,
  useServers,
  useStatus,
  useSuggestions,
} from './queries';
export { useRefreshEvery } from './refresher';
export { signInAddress, signOut, useSignedOut } from './signed-out';
export { type Action, useAction } from './use-action';
