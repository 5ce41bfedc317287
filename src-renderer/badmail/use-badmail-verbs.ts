/** What is done with the selected messages of Badmail: nothing asks first, and everything can be taken back. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { MessageAddress, MessageRow } from '../../src-main/api/contract';
import { keys, readFault, useClient } from '../client';
import { refresherOf } from '../client/refresher';
import { formatCount } from '../ui/format';
import { keyAfterRemoval } from '../ui/list-movement';
import type { ListActions, ListReasons } from '../ui/list-on-page';
import type { PagedRows } from '../ui/paged-rows';

export interface Done {
  readonly text: string;
  /** Resolves to the sentence that says what was taken back. */
  readonly undo: () => Promise<string>;
}

/** Sends messages again as they were. Resolves to what was done, and to why not all of it was. */
export type BadmailResend = (
  messages: readonly MessageAddress[],
) => Promise<{ readonly done?: Done; readonly refusal?: string }>;

export interface BadmailVerbsOptions {
  readonly serverId: number;
  readonly pages: PagedRows<MessageRow>;
  readonly selected: ReadonlySet<string>;
  readonly forbidden: string | undefined;
  readonly onSelect: (keys: ReadonlySet<string>) => void;
  readonly onResend: BadmailResend;
  readonly onEditAndResend: ((messages: readonly MessageAddress[]) => void) | undefined;
  readonly onExport: (() => void) | undefined;
  readonly onShowTrace: ((queueId: string) => void) | undefined;
  readonly onDone: (done: Done) => void;
}

export interface BadmailVerbs {
  readonly actions: ListActions;
  readonly reasons: ListReasons;
  /** Why the last thing was refused. */
  readonly fault: string | undefined;
}

export function useBadmailVerbs(options: BadmailVerbsOptions): BadmailVerbs {
  const { serverId, pages, selected, forbidden, onSelect, onDone } = options;
  const client = useClient();
  const queryClient = useQueryClient();
  const [fault, setFault] = useState<string>();
  const ids = [...selected];

  const attempt = (what: string, act: () => Promise<void>): void => {
    setFault(undefined);
    act()
      .catch((error: unknown) => setFault(`${what}: ${readFault(error).text}`))
      .finally(() => refresherOf(queryClient).refresh(keys.messages(serverId, 'badmail')));
  };
  const remove = (): void =>
    attempt('Not everything was deleted', async () => {
      const next = keyAfterRemoval(pages, ({ id }) => id, selected);
      const { count } = await client.messages.delete({ serverId, folder: 'badmail', ids });
      onSelect(new Set(next === undefined ? [] : [next]));
      onDone({
        text: `${formatCount(count, 'message')} deleted.`,
        undo: async () => {
          const restored = await client.messages.restore({ serverId, folder: 'badmail', ids });
          return `${formatCount(restored.count, 'message')} restored.`;
        },
      });
    });
  const chosen = ids.map((id): MessageAddress => ({ serverId, folder: 'badmail', id }));
  const resend = (): void =>
    attempt('Not everything was sent again', async () => {
      const { done, refusal } = await options.onResend(chosen);
      if (refusal !== undefined) setFault(refusal);
      if (done !== undefined) onDone(done);
    });

  const none = forbidden ?? (ids.length === 0 ? 'Select a message in Badmail.' : undefined);
  const noEdit = none ?? (options.onEditAndResend === undefined ? 'This cannot be done here.' : undefined);
  const [only] = ids.length === 1 ? ids : [];
  const canTrace = only !== undefined && options.onShowTrace !== undefined;
  // The file in Badmail has a name of its own; its envelope tells the message's name in the trace.
  const showTrace = (id: string): void =>
    attempt('The trace cannot be shown', async () => {
      const { queueId } = await client.messages.envelope({ serverId, folder: 'badmail', id });
      if (queueId === undefined) setFault('The file does not tell its name in the trace.');
      else options.onShowTrace?.(queueId);
    });
  return {
    fault,
    reasons: {
      ...(none !== undefined && { resend: none, delete: none }),
      ...(noEdit !== undefined && { 'resend-edited': noEdit }),
      ...(ids.length === 0 && { save: 'Select a message in Badmail.' }),
      ...(!canTrace && { 'show-trace': 'Select one message.' }),
    },
    actions: {
      ...(none === undefined && { resend, delete: remove }),
      ...(noEdit === undefined && {
        'resend-edited': () => options.onEditAndResend?.(chosen),
      }),
      ...(ids.length > 0 && options.onExport !== undefined && { save: options.onExport }),
      ...(canTrace && { 'show-trace': () => showTrace(only) }),
    },
  };
}
