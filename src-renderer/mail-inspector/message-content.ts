/** The content of one message: read and parsed once, dropped from memory soon after nobody looks at it. */
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import type { MessageContent } from '../../src-main/api/contract';
import { type ConsoleClient, useClient } from '../client';
import { type ReadMail, readMail } from './mail-parser';

export interface MessageAddress {
  readonly serverId: number;
  readonly folder: 'drop' | 'badmail' | 'queue';
  readonly id: string;
}

export interface LoadedMessage extends ReadMail {
  readonly row: MessageContent['row'];
  /** The engine sent only the beginning. */
  readonly isCut: boolean;
}

/** A message can be 32 MB: a minute is enough to go back to the one before. */
const keptMs = 60_000;

function contentQuery(client: ConsoleClient, { serverId, folder, id }: MessageAddress) {
  return {
    // Not below the list's key: a message never changes, only the list does.
    queryKey: ['message-content', serverId, folder, id] as const,
    gcTime: keptMs,
    structuralSharing: false as const,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<LoadedMessage> => {
      const content =
        folder === 'queue'
          ? await client.queue.content({ serverId, queueId: id }, { signal })
          : await client.messages.content({ serverId, folder, id }, { signal });
      const read = await readMail(content.contentBase64);
      return { ...read, row: content.row, isCut: content.isCut };
    },
  };
}

export function useMessageContent(address: MessageAddress): UseQueryResult<LoadedMessage> {
  return useQuery(contentQuery(useClient(), address));
}

/** For saving: what is in view already is not read twice. */
export function useReadMessage(): (address: MessageAddress) => Promise<LoadedMessage> {
  const client = useClient();
  const queryClient = useQueryClient();
  return (address) => queryClient.ensureQueryData(contentQuery(client, address));
}
