/**
 * What only the window knows: the place selected, which nodes are open, the theme, the dialog that is up and
 * the notices. Nothing of the engine's state is kept here. Remembered between starts; anything unreadable in
 * storage counts as not remembered.
 */
import { create } from 'zustand';
import type { DomainRow, MessageAddress, SessionRow } from '../../src-main/api/contract';
import { computerPlace, type Place, parsePlaceId, placeId, searchPlace } from '../console-tree/places';
import type { ExplainQuestion, MessageDraft } from '../diagnostics';
import { type ListQuery, wholeList } from '../mail-lists';
import { recall, remember } from '../ui/remembered';
import type { VerbId, VerbTarget } from './verbs';

export const themeChoices = ['system', 'light', 'dark', 'high-contrast'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

interface Returning {
  /** The dialog that is shown again when this one is closed. */
  readonly returnTo?: OpenDialog;
}

export type OpenDialog =
  | { readonly kind: 'new-server' | 'about' | 'shortcuts' | 'export-list' | 'sign-ins' }
  | ({ readonly kind: 'smart-host'; readonly serverId: number } & Returning)
  | { readonly kind: 'help'; readonly target: VerbTarget }
  | ({ readonly kind: 'new-domain'; readonly serverId: number } & Returning)
  | ({ readonly kind: 'send-test'; readonly serverId: number; readonly draft?: MessageDraft } & Returning)
  | ({
      readonly kind: 'server-sheet';
      readonly serverId: number;
      readonly tab?: string;
      /** The setting that gets the focus. */
      readonly setting?: string;
    } & Returning)
  | ({
      readonly kind: 'domain-sheet';
      readonly serverId: number;
      readonly name: string;
      readonly setting?: string;
    } & Returning)
  | {
      readonly kind: 'explain';
      readonly serverId: number;
      /** What the form begins with, over what was asked last. */
      readonly question?: ExplainQuestion;
      /** It is asked without a click: whoever came here wants the answer. */
      readonly asksAtOnce?: boolean;
    }
  | {
      readonly kind: 'resend';
      readonly messages: readonly MessageAddress[];
    }
  | { readonly kind: 'next-steps'; readonly serverId: number }
  | { readonly kind: 'confirm-verb'; readonly verb: VerbId; readonly target: VerbTarget };

export interface Notice {
  readonly id: number;
  readonly intent: 'error' | 'warning' | 'info';
  readonly title: string;
  readonly text: string;
  /** Of a virtual server that could not be started or changed its state: not true any more once it runs. */
  readonly untilRunning?: number;
  /** What can be done about it; doing it dismisses the notice. */
  readonly action?: { readonly label: string; readonly run: () => void };
  /** It goes by itself after this time. */
  readonly lastsMs?: number;
}

export interface ConsoleState {
  readonly place: Place;
  readonly expanded: ReadonlySet<string>;
  /** Keys of the rows selected in the list of the place. */
  readonly selectedKeys: ReadonlySet<string>;
  /** The rows themselves, as far as their list has read them; of the lists whose rows have verbs of their own. */
  readonly selectedRows: SelectedRows | undefined;
  readonly theme: ThemeChoice;
  readonly dialog: OpenDialog | undefined;
  readonly notices: readonly Notice[];
  readonly renaming: Renaming | undefined;
  /** Current Sessions was opened for the addresses that are locked out. */
  readonly isLockedOutMeant: boolean;
  /** The message that a list begins with, when somebody was led to it. */
  readonly meantMessage: MessageAddress | undefined;
  /** The message that the trace begins with, when somebody was led to it. */
  readonly meantTrace: { readonly serverId: number; readonly queueId: string } | undefined;
  /** What is searched on the page Search. */
  readonly search: ListQuery;
}

export type SelectedRows =
  | { readonly kind: 'domains'; readonly rows: readonly DomainRow[] }
  | { readonly kind: 'sessions'; readonly rows: readonly SessionRow[] };

/** What is being renamed in place: a server in the tree, or one of its domains in the list. */
export interface Renaming {
  readonly serverId: number;
  readonly domainName?: string;
}

const isIdList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length < 10_000 && value.every((each) => typeof each === 'string');
const isText = (value: unknown): value is string => typeof value === 'string';
const isTheme = (value: unknown): value is ThemeChoice => themeChoices.some((choice) => choice === value);

const noKeys: ReadonlySet<string> = new Set();

function recallState(): ConsoleState {
  const expanded = recall('tree.expanded', isIdList) ?? [placeId(computerPlace), 'server-1'];
  return {
    place: parsePlaceId(recall('tree.selected', isText) ?? '') ?? { kind: 'server', serverId: 1 },
    expanded: new Set(expanded),
    selectedKeys: noKeys,
    selectedRows: undefined,
    theme: recall('theme', isTheme) ?? 'system',
    dialog: undefined,
    notices: [],
    renaming: undefined,
    isLockedOutMeant: false,
    meantMessage: undefined,
    meantTrace: undefined,
    search: wholeList,
  };
}

export const useConsole = create<ConsoleState>(recallState);

const set = useConsole.setState;

/** Selects a place and opens the nodes above it. */
export function selectPlace(place: Place): void {
  const { expanded } = useConsole.getState();
  const wanted = new Set(expanded);
  if (place.kind !== 'computer') wanted.add(placeId(computerPlace));
  if (place.kind === 'folder') wanted.add(placeId({ kind: 'server', serverId: place.serverId }));
  set({
    place,
    selectedKeys: noKeys,
    selectedRows: undefined,
    renaming: undefined,
    isLockedOutMeant: false,
    meantMessage: undefined,
    meantTrace: undefined,
    expanded: wanted,
  });
  remember('tree.selected', placeId(place));
  remember('tree.expanded', [...wanted]);
}

/** Current Sessions, with the addresses that are kept out. */
export function showLockedOut(serverId: number): void {
  selectPlace({ kind: 'folder', serverId, folder: 'sessions' });
  set({ isLockedOutMeant: true });
}

/** The folder in which a message lies, with that message chosen. */
export function showMessage(address: MessageAddress): void {
  const { serverId, folder } = address;
  selectPlace({ kind: 'folder', serverId, folder });
  set({ meantMessage: address });
}

/** The trace of a virtual server, with this message chosen. */
export function showTrace(serverId: number, queueId: string): void {
  selectPlace({ kind: 'folder', serverId, folder: 'trace' });
  set({ meantTrace: { serverId, queueId } });
}

export const searchMail = (search: ListQuery): void => set({ search });

/** The page Search, with these words. */
export function showSearch(text: string): void {
  searchMail({ ...wholeList, text });
  selectPlace(searchPlace);
}

export function setExpanded(id: string, isExpanded: boolean): void {
  const expanded = new Set(useConsole.getState().expanded);
  if (isExpanded) expanded.add(id);
  else expanded.delete(id);
  set({ expanded });
  remember('tree.expanded', [...expanded]);
}

export const selectRows = (selectedKeys: ReadonlySet<string>): void => set({ selectedKeys });
export const keepSelectedRows = (selectedRows: SelectedRows | undefined): void => set({ selectedRows });
export const openDialog = (dialog: OpenDialog | undefined): void => set({ dialog });
export const closeDialog = (): void => set({ dialog: undefined });
export const renameInPlace = (renaming: Renaming | undefined): void => set({ renaming });

export function chooseTheme(theme: ThemeChoice): void {
  set({ theme });
  remember('theme', theme);
}

let lastNoticeId = 0;
const maxNotices = 3;

export function addNotice(notice: Omit<Notice, 'id'>): void {
  lastNoticeId += 1;
  const others = useConsole
    .getState()
    .notices.filter((each) => each.title !== notice.title || each.text !== notice.text);
  set({ notices: [...others, { ...notice, id: lastNoticeId }].slice(-maxNotices) });
  const id = lastNoticeId;
  if (notice.lastsMs !== undefined) setTimeout(() => dismissNotice(id), notice.lastsMs);
}

export const dismissNotice = (id: number): void =>
  set({ notices: useConsole.getState().notices.filter((notice) => notice.id !== id) });

/** What was said of these virtual servers while they did not run. */
export const dismissNoticesUntilRunning = (serverIds: ReadonlySet<number>): void =>
  set({
    notices: useConsole
      .getState()
      .notices.filter(({ untilRunning }) => untilRunning === undefined || !serverIds.has(untilRunning)),
  });

export const dismissNoticesNamed = (title: string): void =>
  set({ notices: useConsole.getState().notices.filter((notice) => notice.title !== title) });
