/**
 * What the verbs of the queue act on: the selected rows, or all that the filter matches. Says why one cannot be
 * done, and afterwards what was done. Pure.
 */
import type { ChosenMail, ChosenWay, QueueFilter, QueueGroupRow } from '../../src-main/api/contract';
import { formatCount } from '../ui/format';
import type { ListAction, ListReasons } from '../ui/list-on-page';
import { parseGroupKey } from './group-words';
import { describeFilter, destinationOf, isFiltered } from './queue-filter';

export type ScopeKind = 'selected' | 'matching';

export interface Scope {
  readonly kind: ScopeKind;
  readonly selected: ReadonlySet<string>;
  /** Of the selected rows those that have been read. */
  readonly rows: readonly QueueGroupRow[];
  readonly filter: QueueFilter;
  /** Rows that the filter matches. */
  readonly total: number;
}

export const countOf = ({ kind, selected, total }: Scope): number =>
  kind === 'matching' ? total : selected.size;

export const chosenOf = ({ kind, selected, filter }: Scope): ChosenMail =>
  kind === 'matching' ? { filter } : { groups: [...selected].map(parseGroupKey) };

/** "3 messages", "all 12 messages with destination is corp.test", "all 40 waiting messages" */
export function describeScope(scope: Scope): string {
  const count = formatCount(countOf(scope), 'message');
  if (scope.kind === 'selected') return count;
  return isFiltered(scope.filter)
    ? `all ${count} with ${describeFilter(scope.filter)}`
    : `all ${formatCount(countOf(scope), 'waiting message')}`;
}

/** The same in the midst of a sentence: "the 3 selected messages" */
export function describeChosen(scope: Scope): string {
  if (scope.kind === 'matching') return describeScope(scope);
  const count = countOf(scope);
  return count === 1 ? 'the selected message' : `the ${count.toLocaleString()} selected messages`;
}

/** Destinations of the rows that are meant; of all that match the one that the filter names. */
export function destinationsOf(scope: Scope): string[] {
  const named = destinationOf(scope.filter);
  if (scope.kind === 'matching') return named === undefined ? [] : [named];
  if (scope.selected.size === 0) return named === undefined ? [] : [named];
  return [...new Set([...scope.selected].map((key) => parseGroupKey(key).destination))];
}

/** Domains whose mail must be asked for: those of the selected recipients, as ETRN names them. */
export function triggersOf({ kind, rows }: Scope): string[] {
  if (kind === 'matching') return [];
  const held = rows.filter(({ heldFor }) => heldFor !== undefined);
  const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return [...new Set(held.flatMap(({ recipients }) => recipients.map(domainOf)))];
}

const nothingSelected = 'Select messages, or let the verbs act on all that match.';

export interface ScopeFacts {
  readonly forbidden: string | undefined;
  readonly frozen: readonly string[];
  /** Hosts that can be asked for mail. */
  readonly collections: number;
}

/** Why a verb cannot be done now; what is missing here can be done. */
export function reasonsOf(scope: Scope, { forbidden, frozen, collections }: ScopeFacts): ListReasons {
  const verbs = ['retry', 'hold', 'release', 'change-route', 'change-recipient', 'delete'] as const;
  const reasons: Partial<Record<ListAction, string>> = {};
  const none = countOf(scope) === 0;
  for (const verb of verbs)
    if (none) reasons[verb] = scope.kind === 'matching' ? 'Nothing matches.' : nothingSelected;
  // Of rows that have not been read nothing is known.
  const isKnown = scope.kind === 'selected' && scope.rows.length === scope.selected.size && !none;
  if (isKnown) {
    const every = (test: (row: QueueGroupRow) => boolean): boolean => scope.rows.every(test);
    if (every(({ isActive }) => isActive)) reasons.retry = 'An attempt is under way.';
    else if (every(({ isHeld }) => isHeld)) reasons.retry = 'It is held. Release it first.';
    else if (every(({ isFrozen }) => isFrozen)) reasons.retry = 'Its destination is frozen. Thaw it first.';
    if (every(({ isHeld }) => isHeld)) reasons.hold = 'It is held already.';
    if (every(({ isHeld }) => !isHeld)) reasons.release = 'It is not held.';
  }
  const destinations = destinationsOf(scope);
  if (destinations.length === 0) {
    reasons.freeze = 'Select a message, or a destination above the list.';
    reasons.thaw = reasons.freeze;
  } else {
    if (destinations.every((each) => frozen.includes(each))) reasons.freeze = 'It is frozen already.';
    if (!destinations.some((each) => frozen.includes(each))) reasons.thaw = 'It is not frozen.';
  }
  if (triggersOf(scope).length === 0) reasons['release-trigger'] = 'Select a message that waits for ETRN.';
  if (collections === 0)
    reasons['ask-now'] = 'No host is set up to be asked for mail: Properties, Delivery, Ask for Mail.';
  if (forbidden !== undefined)
    for (const verb of [...verbs, 'freeze', 'thaw', 'release-trigger', 'ask-now'] as const)
      reasons[verb] = forbidden;
  return reasons;
}

const were = (count: number): string => (count === 1 ? 'is' : 'are');
const messages = (count: number): string => formatCount(count, 'message');

/** What was done, as a sentence. `count` is what the engine counted. */
export const done = {
  retry: (count: number): string =>
    count === 0 ? 'Nothing had to be tried.' : `${messages(count)} will be tried now.`,
  hold: (count: number): string =>
    count === 0 ? 'Nothing had to be held.' : `${messages(count)} ${were(count)} held until released.`,
  release: (count: number): string =>
    count === 0 ? 'None of them was held.' : `${messages(count)} ${were(count)} released.`,
  delete: (count: number, isReturned: boolean): string => {
    if (count === 0) return 'Nothing was deleted: the messages no longer waited.';
    return `${messages(count)} deleted; ${isReturned ? 'the senders are told' : 'nobody is told'}.`;
  },
  route: (count: number, way: ChosenWay | null): string =>
    count === 0
      ? 'No message was changed.'
      : `${messages(count)} now ${count === 1 ? 'goes' : 'go'} ${describeWay(way)}.`,
  recipient: (count: number, from: string, to: string): string =>
    count === 0
      ? `No message has the recipient ${from} any more.`
      : `${to} takes the place of ${from} in ${messages(count)}.`,
  freeze: (names: readonly string[]): string => `${listNames(names)} ${were(names.length)} frozen.`,
  thaw: (names: readonly string[]): string => `${listNames(names)} ${were(names.length)} thawed.`,
  trigger: (count: number): string =>
    count === 0
      ? 'No mail is held for it any more.'
      : `${messages(count)} held for ETRN will be tried once now.`,
};

const listNames = (names: readonly string[]): string =>
  names.length > 2 ? formatCount(names.length, 'destination') : names.join(' and ');

/** "by smart host", "to relay.test:2525": behind "goes". */
export function describeWay(way: ChosenWay | null): string {
  switch (way?.kind) {
    case undefined:
      return 'as the settings say';
    case 'smart-host':
      return 'to the smart host';
    case 'remote-domain':
      return `by the route of ${way.name}`;
    case 'mx':
      return 'by DNS';
    case 'drop':
      return 'into Drop';
    case 'host':
      return `to ${way.host}:${way.port}`;
  }
}
