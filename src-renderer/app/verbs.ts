/**
 * What a verb is, and the questions that toolbar, context menus, menu bar and keyboard ask the one table of
 * them (`verb-table`). Pure; `run-verb` does them.
 */
import {
  type DomainRow,
  type Role,
  roles,
  roleWithArticle,
  type ServerSummary,
  type SessionRow,
} from '../../src-main/api/contract';
import type { Place } from '../console-tree/places';
import type { ListAction, ListReasons } from '../ui/list-on-page';
import { verbs } from './verb-table';

export { verbs } from './verb-table';

export type SelectedItem =
  | { readonly kind: 'domain'; readonly domain: DomainRow }
  | { readonly kind: 'sessions'; readonly sessions: readonly SessionRow[] }
  | { readonly kind: 'messages'; readonly count: number };

/** The list that the page shows. */
export interface TargetList {
  readonly total: number;
  readonly selectedCount: number;
  readonly can: ReadonlySet<ListAction>;
  /** Why it cannot do others. */
  readonly reasons?: ListReasons;
}

/** What a verb would act on: the place in the tree, and the rows selected in its list. */
export interface VerbTarget {
  readonly place: Place;
  readonly server: ServerSummary | undefined;
  readonly item: SelectedItem | undefined;
  readonly list?: TargetList | undefined;
  /** The desktop can open folders; the browser console cannot. */
  readonly hasHost: boolean;
  /** There is no other virtual server. */
  readonly isOnlyServer?: boolean;
  /** Of the person at this console; undefined until the engine told it. */
  readonly role: Role | undefined;
  readonly isReachable: boolean;
}

export const verbIds = [
  'start',
  'pause',
  'resume',
  'stop',
  'new-server',
  'new-domain',
  'send-test',
  'explain',
  'smart-host',
  'sign-ins',
  'open-message',
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
  'save',
  'terminate',
  'terminate-all',
  'set-default',
  'open-folder',
  'rename',
  'select-all',
  'delete',
  'refresh',
  'export-list',
  'properties',
  'help',
] as const;
export type VerbId = (typeof verbIds)[number];

export interface Confirmation {
  readonly title: string;
  readonly text: string;
  /** Name of the button that does it. */
  readonly action: string;
}

export interface Verb {
  readonly id: VerbId;
  readonly title: string;
  /** As `matchShortcut` reads it. */
  readonly shortcut?: string;
  /** What it does and what it leaves alone, in one or two sentences. */
  readonly text: string;
  /** Verbs of one group stand together in menus. */
  readonly group: 'state' | 'new' | 'act' | 'queue' | 'destination' | 'edit' | 'view' | 'properties' | 'help';
  /** The least role that may do it; as the contract has it for the call behind it. */
  readonly role: Role | ((target: VerbTarget) => Role);
  /** True: it needs no engine. */
  readonly isLocal?: boolean;
  /** True: the verb belongs into this target's context menu. */
  readonly isOffered: (target: VerbTarget) => boolean;
  /** Why it cannot be done now, whoever asks; undefined: it can. */
  readonly reasonAgainst: (target: VerbTarget) => string | undefined;
  readonly confirmation?: (target: VerbTarget) => Confirmation | undefined;
}

/** Why this person cannot do it now; undefined: it can be done. What stays true the longest is said first. */
export function whyNot(verb: Verb, target: VerbTarget): string | undefined {
  if (verb.isLocal === true) return verb.reasonAgainst(target);
  const needed = typeof verb.role === 'function' ? verb.role(target) : verb.role;
  return whyForbidden(needed, target) ?? verb.reasonAgainst(target);
}

/** Why this person can do nothing now that needs a role, whatever is selected; undefined: it can be done. */
export function whyForbidden(
  needed: Role,
  { role, isReachable }: Pick<VerbTarget, 'role' | 'isReachable'>,
): string | undefined {
  if (needed !== 'viewer') {
    if (role === undefined) return 'What you may do here is not known yet.';
    if (roles.indexOf(role) < roles.indexOf(needed))
      return `This needs the role ${needed}; you are ${roleWithArticle(role)}.`;
  }
  return isReachable ? undefined : 'The engine is out of reach.';
}

export function verbOf(id: VerbId): Verb {
  const verb = verbs.find((each) => each.id === id);
  if (verb === undefined) throw new Error(`No verb is named ${id}.`);
  return verb;
}

/** Those of a context menu, in table order. */
export const offeredVerbs = (target: VerbTarget): Verb[] => verbs.filter((verb) => verb.isOffered(target));

export interface KeyPress {
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

/** The verb that a key stands for. Backspace deletes on keyboards that have no Delete. */
export function matchShortcut(press: KeyPress, platform?: 'win32' | 'darwin' | 'linux'): VerbId | undefined {
  if (press.ctrlKey) return undefined;
  // Only function keys are verbs with Shift: a letter is the same letter, and an arrow selects.
  if (press.shiftKey)
    return press.altKey || press.metaKey || !/^F\d+$/.test(press.key)
      ? undefined
      : verbs.find((verb) => verb.shortcut === `Shift+${press.key}`)?.id;
  if (press.metaKey) return platform === 'darwin' && press.key === 'Backspace' ? 'delete' : undefined;
  const name = press.altKey ? `Alt+${press.key}` : press.key;
  return verbs.find((verb) => verb.shortcut === name)?.id;
}
