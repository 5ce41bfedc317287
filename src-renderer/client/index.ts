/** What the features see of the engine. No component calls a carrier itself. */
export { type ConsoleClient, createClient } from './client';
export { ClientProvider, createQueryClient, useClient, useHost } from './context';
export { type Fault, readFault } from './faults';
export { findHost } from './host';
export { findStaleKeys, keys } from './keys';
export { type Connection, reconnectWaitMs, useConnection, useLive } from './live';
export { type FolderRequest, useFolderRequest, usePickFolder } from './pick-folder';
export {
  maxListedSessions,
  type ServerDetails,
  type Suggestions,
  useDomains,
  useServerDetails,
  useServerSummary,
  useServers,
  useSessions,
  useStatus,
  useSuggestions,
} from './queries';
