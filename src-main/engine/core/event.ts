/** The one stream of typed events that parts emit; the console, logs and counters listen. */
import type { MessageSource, RemoteHost } from './envelope';
import type { QueueId } from './ids';
import type { OutcomeKind } from './outcome';
import type { SmtpStatus } from './smtp-status';
import type { TlsFacts } from './tls-facts';

export const serverStates = [
  'stopped',
  'starting',
  'started',
  'pausing',
  'paused',
  'stopping',
  'failed',
] as const;
export type ServerState = (typeof serverStates)[number];

export const folderNames = ['pickup', 'drop', 'queue', 'badmail'] as const;
export type FolderName = (typeof folderNames)[number];

/** Causes of Badmail (reference 1.11) and ours for a damaged queue file. */
export const badmailCauses = [
  'bad-pickup-file',
  'no-recipients',
  'hop-count-exceeded',
  'notification-undeliverable',
  'general-failure',
  'damaged-queue-file',
] as const;
export type BadmailCause = (typeof badmailCauses)[number];

export type EngineEvent =
  | { readonly type: 'server-state'; readonly serverId: number; readonly state: ServerState }
  | {
      readonly type: 'session-opened' | 'session-changed' | 'session-closed';
      readonly serverId: number;
      readonly sessionId: string;
    }
  | {
      readonly type: 'message-accepted';
      readonly serverId: number;
      readonly queueId: QueueId;
      readonly source: MessageSource;
    }
  | {
      readonly type: 'recipient-outcome';
      readonly serverId: number;
      readonly queueId: QueueId;
      readonly recipient: string;
      readonly outcome: OutcomeKind;
      readonly status: SmtpStatus;
      readonly remote?: RemoteHost;
      readonly tls?: TlsFacts;
    }
  | {
      readonly type: 'recipient-deferred';
      readonly serverId: number;
      readonly queueId: QueueId;
      readonly recipient: string;
      readonly status: SmtpStatus;
      readonly nextAttemptAt: number;
      readonly tls?: TlsFacts;
    }
  /** The directory put others in a recipient's place. */
  | {
      readonly type: 'recipient-resolved';
      readonly serverId: number;
      readonly queueId: QueueId;
      readonly recipient: string;
      readonly addresses: readonly string[];
    }
  /** The folder's list is not what it was. Sent often; listeners coalesce. */
  | { readonly type: 'folder-changed'; readonly serverId: number; readonly folder: FolderName }
  /** Retention removed messages for good; once a round. */
  | {
      readonly type: 'mail-removed';
      readonly serverId: number;
      readonly folder: 'drop' | 'badmail';
      readonly count: number;
      readonly sizeBytes: number;
    }
  /** A host was asked for our mail, or is being asked. */
  | { readonly type: 'collection-changed'; readonly serverId: number }
  /** Something a person should know that ends in no message's outcome. */
  | { readonly type: 'warning'; readonly serverId: number; readonly code: string; readonly text: string };

export type Emit = (event: EngineEvent) => void;
