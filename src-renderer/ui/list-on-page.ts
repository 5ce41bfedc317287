/**
 * The list that the page shows, for the verbs of the window: how many rows are selected, what can be done with
 * them, and how to read them all. A list registers while it is mounted; there is one at most, because dialogs'
 * lists do not register.
 */
import { useEffect, useRef } from 'react';
import { create } from 'zustand';
import type { ExportSource } from './list-export';

/** What a list may do with its rows besides what the window's own verbs do. */
export const listActions = [
  'delete',
  'save',
  'retry',
  'retry-all',
  'hold',
  'release',
  'change-route',
  'change-recipient',
  'freeze',
  'thaw',
  'release-trigger',
  'ask-now',
  'resend-edited',
  'resend',
  'show-trace',
  'select-all',
] as const;
export type ListAction = (typeof listActions)[number];
export type ListActions = Readonly<Partial<Record<ListAction, () => void>>>;
export type ListReasons = Readonly<Partial<Record<ListAction, string>>>;

export interface ListOnPage {
  readonly listId: string;
  readonly label: string;
  readonly total: number;
  readonly selectedCount: number;
  readonly can: ReadonlySet<ListAction>;
  /** Why an action cannot be done now, where the list knows it better than the verb. */
  readonly reasons: ListReasons;
  readonly act: (action: ListAction) => void;
  /** The list as it is at this moment. */
  readonly exportSource: () => ExportSource;
}

export const useListOnPage = create<{ readonly list: ListOnPage | undefined }>(() => ({ list: undefined }));

export interface RegisteredList {
  readonly listId: string;
  readonly label: string;
  readonly total: number;
  readonly selectedCount: number;
  readonly actions: ListActions;
  readonly reasons?: ListReasons;
  readonly exportSource: () => ExportSource;
}

/** undefined registers nothing: a list in a dialog. */
export function useRegisterList(list: RegisteredList | undefined): void {
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  const names = listActions.filter((action) => list?.actions[action] !== undefined).join();
  const reasons = JSON.stringify(list?.reasons ?? {});
  const { listId, label, total, selectedCount } = list ?? {};
  useEffect(() => {
    if (listId === undefined || label === undefined) return;
    const own: ListOnPage = {
      listId,
      label,
      total: total ?? 0,
      selectedCount: selectedCount ?? 0,
      can: new Set(listActions.filter((action) => names.split(',').includes(action))),
      reasons: JSON.parse(reasons) as ListReasons,
      act: (action) => latest.current?.actions[action]?.(),
      exportSource: () => {
        if (latest.current === undefined) throw new Error('The list has been closed.');
        return latest.current.exportSource();
      },
    };
    useListOnPage.setState({ list: own });
    return () => {
      // The next list may have come before this one went.
      if (useListOnPage.getState().list === own) useListOnPage.setState({ list: undefined });
    };
  }, [listId, label, total, selectedCount, names, reasons]);
}
