/**
 * The verbs of the queue's page: asks the engine, says afterwards what was done, and opens the question that one
 * has. What cannot be done now has a reason.
 */

import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { ChosenMail, ChosenWay } from '../../src-main/api/contract';
import { keys, readFault, useClient } from '../client';
import { refresherOf } from '../client/refresher';
import { announce } from '../ui/announcer';
import type { ListActions, ListReasons } from '../ui/list-on-page';
import { AskDialog, useCollections } from './ask-dialog';
import { DeleteDialog } from './delete-dialog';
import {
  chosenOf,
  describeChosen,
  describeScope,
  destinationsOf,
  done,
  reasonsOf,
  type Scope,
  triggersOf,
} from './queue-scope';
import { RecipientDialog } from './recipient-dialog';
import { RouteDialog } from './route-dialog';

type Question = 'delete' | 'route' | 'recipient' | 'ask';

export interface QueueVerbs {
  readonly actions: ListActions;
  readonly reasons: ListReasons;
  readonly freeze: (destinations: readonly string[]) => void;
  readonly thaw: (destinations: readonly string[]) => void;
  readonly retry: (chosen: ChosenMail | undefined) => void;
  readonly askDelete: () => void;
  /** What was done last, as a sentence. */
  readonly said: string | undefined;
  /** Why the last thing was refused. */
  readonly fault: string | undefined;
  readonly dialog: ReactElement | null;
}

export interface QueueVerbsOptions {
  readonly serverId: number;
  readonly scope: Scope;
  readonly frozen: readonly string[];
  readonly forbidden: string | undefined;
  /** Something waits at all. */
  readonly waits: boolean;
  /** Called before the engine deletes, to find what is selected next. */
  readonly onDeleted: () => void;
  readonly onShowTrace: ((queueId: string) => void) | undefined;
}

export function useQueueVerbs(options: QueueVerbsOptions): QueueVerbs {
  const { serverId, scope, frozen, forbidden, waits, onDeleted, onShowTrace } = options;
  const client = useClient();
  const queryClient = useQueryClient();
  const collections = useCollections(serverId);
  const [question, setQuestion] = useState<Question>();
  const [said, setSaid] = useState<string>();
  const [fault, setFault] = useState<string>();
  const chosen = chosenOf(scope);

  /** Rejects where the engine refuses; says what was done where it does not. */
  const perform = async (act: () => Promise<string>): Promise<void> => {
    setFault(undefined);
    setSaid(undefined);
    try {
      const words = await act();
      setSaid(words);
      announce(words);
    } finally {
      refresherOf(queryClient).refresh(keys.queue(serverId));
    }
  };
  const attempt = (what: string, act: () => Promise<string>): void => {
    perform(act).catch((error: unknown) => setFault(`${what}: ${readFault(error).text}`));
  };

  const retry = (which: ChosenMail | undefined): void =>
    attempt('Not everything will be tried', async () => {
      const { count } = await client.queue.retry({ serverId, ...(which !== undefined && { chosen: which }) });
      return done.retry(count);
    });
  const forEach = async (names: readonly string[], act: (destination: string) => Promise<unknown>) => {
    for (const name of names) await act(name);
  };
  const freeze = (names: readonly string[]): void =>
    attempt('Not every destination is frozen', async () => {
      await forEach(names, (destination) => client.queue.freeze({ serverId, destination }));
      return done.freeze(names);
    });
  const thaw = (names: readonly string[]): void =>
    attempt('Not every destination is thawed', async () => {
      await forEach(names, (destination) => client.queue.thaw({ serverId, destination }));
      return done.thaw(names);
    });
  const remove = (isReturned: boolean): void => {
    setQuestion(undefined);
    attempt('Not everything was deleted', async () => {
      const { count } = await client.queue.delete({ serverId, chosen, isReturned });
      onDeleted();
      return done.delete(count, isReturned);
    });
  };
  const releaseForTrigger = (): void =>
    attempt('Not everything will be tried', async () => {
      let total = 0;
      for (const domain of triggersOf(scope))
        total += (await client.queue.releaseForTrigger({ serverId, domain })).count;
      return done.trigger(total);
    });

  const reasons = reasonsOf(scope, { forbidden, frozen, collections: collections.length });
  const destinations = destinationsOf(scope);
  const [only] = scope.selected.size === 1 ? scope.selected : [];
  const all: ListActions = {
    retry: () => retry(chosen),
    hold: () =>
      attempt('Not everything is held', async () =>
        done.hold((await client.queue.hold({ serverId, chosen })).count),
      ),
    release: () =>
      attempt('Not everything is released', async () =>
        done.release((await client.queue.release({ serverId, chosen })).count),
      ),
    delete: () => setQuestion('delete'),
    'change-route': () => setQuestion('route'),
    'change-recipient': () => setQuestion('recipient'),
    freeze: () => freeze(destinations.filter((each) => !frozen.includes(each))),
    thaw: () => thaw(destinations.filter((each) => frozen.includes(each))),
    'release-trigger': releaseForTrigger,
    'ask-now': () => setQuestion('ask'),
  };
  const actions: ListActions = {
    ...Object.fromEntries(
      Object.entries(all).filter(([name]) => reasons[name as keyof ListReasons] === undefined),
    ),
    ...(waits && { 'retry-all': () => retry(undefined) }),
    ...(only !== undefined &&
      onShowTrace !== undefined && { 'show-trace': () => onShowTrace(only.slice(0, only.indexOf(' '))) }),
  };
  return {
    actions,
    reasons,
    freeze,
    thaw,
    retry,
    askDelete: () => reasons.delete === undefined && setQuestion('delete'),
    said,
    fault,
    dialog: (
      <Questions
        question={question}
        serverId={serverId}
        scope={scope}
        onClose={() => setQuestion(undefined)}
        onDelete={remove}
        onRoute={(way) =>
          perform(async () => done.route((await client.queue.setWay({ serverId, chosen, way })).count, way))
        }
        onRecipient={({ from, to, isEverywhere }) =>
          perform(async () => {
            const which = isEverywhere ? { filter: { recipient: from } } : chosen;
            return done.recipient(
              (await client.queue.setRecipient({ serverId, chosen: which, from, to })).count,
              from,
              to,
            );
          })
        }
      />
    ),
  };
}

interface QuestionsProps {
  readonly question: Question | undefined;
  readonly serverId: number;
  readonly scope: Scope;
  readonly onClose: () => void;
  readonly onDelete: (isReturned: boolean) => void;
  readonly onRoute: (way: ChosenWay | null) => Promise<void>;
  readonly onRecipient: (change: {
    readonly from: string;
    readonly to: string;
    readonly isEverywhere: boolean;
  }) => Promise<void>;
}

function Questions(props: QuestionsProps): ReactElement | null {
  const { question, serverId, scope, onClose, onDelete, onRoute, onRecipient } = props;
  const what = describeScope(scope);
  switch (question) {
    case undefined:
      return null;
    case 'delete':
      return <DeleteDialog what={what} onDelete={onDelete} onCancel={onClose} />;
    case 'route':
      return <RouteDialog serverId={serverId} what={what} onRoute={onRoute} onClose={onClose} />;
    case 'recipient':
      return (
        <RecipientDialog
          serverId={serverId}
          what={describeChosen(scope)}
          addresses={[...new Set(scope.rows.flatMap(({ recipients }) => recipients))].slice(0, 50)}
          onChange={onRecipient}
          onClose={onClose}
        />
      );
    case 'ask':
      return <AskDialog serverId={serverId} onClose={onClose} />;
  }
}
