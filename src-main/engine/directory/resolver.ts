/**
 * Decides what a directory's entries mean for the addresses of a message: rewritten, expanded, returned or left alone
 * (reference 1.5, Categorizer). Pure over the look-ups.
 *
 * Promises: ends for every directory, whatever circles and numbers are in it; nothing is left out in silence: a member
 *   that cannot be sent to becomes a recipient that is returned.
 * Fails: as the look-ups do; then nothing is decided.
 */
import { isAddressLiteral, isEnvelopeAddress, localPartOf, normaliseDomain } from '../core/address';
import type { RecipientResolution, ResolutionQuestion, ResolvedMember } from '../core/resolution';
import { createStatus, type SmtpStatus } from '../core/smtp-status';
import { type Found, follow, type LookUp, nameKey } from './look-up';
import type { FoundEntry, Reference } from './schemas';

/** Since the virtual server was started; what a person is told about (reference 6.4, "Cat:"). */
export interface ResolutionCounters {
  /** Recipients that are not in the directory. */
  unresolved: number;
  /** Addresses that stand in several entries. */
  ambiguous: number;
  /** Entries whose address is none. */
  illegal: number;
  /** Forwardings and groups that lead back to themselves. */
  loops: number;
  groupsExpanded: number;
  /** Groups with more members than allowed. */
  tooLarge: number;
}

export interface ResolverOptions {
  readonly lookUp: LookUp;
  readonly counters: ResolutionCounters;
  readonly maxGroupMembers: number;
  /** Recipients of local domains that the directory does not know are returned. */
  readonly refusesUnknown: boolean;
  readonly isLocal: (address: string) => boolean;
  /** Throws when nobody waits for the answer any more. */
  readonly checkWanted?: () => void;
}

const statuses = {
  unknown: createStatus(550, '5.1.1', 'The directory does not know this recipient'),
  illegal: createStatus(550, '5.1.3', 'The address of this recipient in the directory is not a mail address'),
  needsUtf8: createStatus(553, '5.6.7', 'The address of this recipient in the directory needs SMTPUTF8'),
  ambiguous: createStatus(550, '5.1.4', 'The address stands in more than one entry of the directory'),
  loop: createStatus(554, '5.4.6', 'Forwarding in the directory leads back to this recipient'),
  empty: createStatus(550, '5.2.4', 'The group has no members with a mail address'),
  tooLarge: createStatus(550, '5.2.4', 'The group has more members than a message may have'),
} as const;

/** Questions at the same time, for one message. */
const questionsAtOnce = 16;
/** Members that are looked at before the limit is: a group of groups must not be read as a whole first. */
const membersAtOnce = 256;
/** Entries that lead nowhere (computers, people without mail) count against this, for each member that is allowed. */
const readsPerMember = 4;
const spareReads = 1000;
/** Forwardings from one to the next. */
const longestForward = 20;

/** A literal names a computer, and a directory knows none. */
const isLookedUp = (address: string): boolean => {
  const at = address.lastIndexOf('@');
  return at > 0 && !isAddressLiteral(address.slice(at + 1));
};

/** Answers in the order of the question. */
export async function resolveAddresses(
  question: ResolutionQuestion,
  options: ResolverOptions,
): Promise<{ readonly sender: string; readonly recipients: readonly RecipientResolution[] }> {
  const sender = await resolveSender(question, options);
  const recipients = await mapAtOnce(question.recipients, (address) =>
    new Resolution(options, question.isUtf8).resolve(address),
  );
  return { sender, recipients };
}

/** The address of the sender's entry; whatever is unclear about it is no reason to hold up the mail. */
async function resolveSender(
  { sender, isUtf8 }: ResolutionQuestion,
  { lookUp }: ResolverOptions,
): Promise<string> {
  if (!isLookedUp(sender)) return sender;
  const answer = await lookUp.byAddress(sender);
  if (answer.kind !== 'entry' || answer.entry.members !== undefined) return sender;
  const { address } = answer.entry;
  if (address === undefined || isSame(address, sender)) return sender;
  const usable = usableAddress(address, isUtf8);
  return 'address' in usable ? usable.address : sender;
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

type Usable = { readonly address: string } | { readonly refusal: SmtpStatus };

/** An address of the directory as the envelope may have it, or why not. */
function usableAddress(text: string, isUtf8: boolean): Usable {
  if (isEnvelopeAddress(text, { allowsUtf8: isUtf8 })) return { address: text };
  const at = text.lastIndexOf('@');
  const ascii = at > 0 ? `${localPartOf(text)}@${normaliseDomain(text.slice(at + 1))}` : text;
  if (isEnvelopeAddress(ascii)) return { address: ascii };
  return { refusal: isEnvelopeAddress(text, { allowsUtf8: true }) ? statuses.needsUtf8 : statuses.illegal };
}

/** Where an entry's mail goes in the end. */
type Ending =
  | { readonly kind: 'address'; readonly member: ResolvedMember }
  | { readonly kind: 'group'; readonly entry: FoundEntry }
  /** It has no address. */
  | { readonly kind: 'nothing' };

/** One recipient on its way through the directory. */
class Resolution {
  readonly #options: ResolverOptions;
  readonly #isUtf8: boolean;
  readonly #members = new Map<string, ResolvedMember>();
  readonly #groups = new Set<string>();
  #hasCircle = false;

  constructor(options: ResolverOptions, isUtf8: boolean) {
    this.#options = options;
    this.#isUtf8 = isUtf8;
  }

  async resolve(address: string): Promise<RecipientResolution> {
    const { lookUp, counters, refusesUnknown, isLocal } = this.#options;
    if (!isLookedUp(address)) return { kind: 'unchanged' };
    const answer = await lookUp.byAddress(address);
    if (answer.kind === 'ambiguous') {
      counters.ambiguous++;
      return { kind: 'refused', status: statuses.ambiguous };
    }
    if (answer.kind === 'none') {
      counters.unresolved++;
      return refusesUnknown && isLocal(address)
        ? { kind: 'refused', status: statuses.unknown }
        : { kind: 'unchanged' };
    }
    const ending = await this.#endOf(answer.entry, address);
    if (ending.kind === 'group') return this.#expand(ending.entry);
    if (ending.kind === 'address') this.#add(ending.member);
    return this.#asRecipient(address);
  }

  /** What a recipient that is no group comes to. */
  #asRecipient(address: string): RecipientResolution {
    const members = [...this.#members.values()];
    const [first] = members;
    // It is known, and has no address of its own: the one it was found by is as good.
    if (!first) return { kind: 'unchanged' };
    if (members.length > 1) return { kind: 'expanded', members };
    if (first.refusal) return { kind: 'refused', status: first.refusal };
    return isSame(first.address, address)
      ? { kind: 'unchanged' }
      : { kind: 'rewritten', address: first.address };
  }

  /**
   * Follows forwardings. Copies that are kept on the way are noted as members.
   *
   * @param known address by which the entry was found; stands in for one of its own
   */
  async #endOf(start: FoundEntry, known: string): Promise<Ending> {
    const seen = new Set<string>();
    let entry = start;
    for (;;) {
      const { forward, address } = entry;
      const key = nameKey(entry.name);
      if (seen.has(key) || seen.size >= longestForward) {
        this.#options.counters.loops++;
        const shown = shownAddress(known || (address ?? entry.name));
        return { kind: 'address', member: { address: shown, refusal: statuses.loop } };
      }
      seen.add(key);
      if (!forward) break;
      const next: Found = await follow(this.#options.lookUp, forward.to);
      if (next.kind === 'none' && forward.to.kind === 'name') break;
      if (forward.keepsCopy) this.#add(this.#memberOf(address ?? known));
      if (next.kind === 'ambiguous') {
        this.#options.counters.ambiguous++;
        const text = forward.to.kind === 'address' ? forward.to.address : known;
        return { kind: 'address', member: { address: shownAddress(text), refusal: statuses.ambiguous } };
      }
      if (next.kind === 'none')
        return {
          kind: 'address',
          member: this.#memberOf(forward.to.kind === 'address' ? forward.to.address : known),
        };
      entry = next.entry;
    }
    if (entry.members) return { kind: 'group', entry };
    if (entry.address === undefined) return { kind: 'nothing' };
    return { kind: 'address', member: this.#memberOf(entry.address) };
  }

  #memberOf(text: string): ResolvedMember {
    const usable = usableAddress(text, this.#isUtf8);
    if ('address' in usable) return usable;
    this.#options.counters.illegal++;
    return { address: shownAddress(text), refusal: usable.refusal };
  }

  #add(member: ResolvedMember): void {
    const key = member.address.toLowerCase();
    if (!this.#members.has(key)) this.#members.set(key, member);
  }

  async #expand(group: FoundEntry): Promise<RecipientResolution> {
    const { counters, maxGroupMembers, checkWanted } = this.#options;
    const mostReads = maxGroupMembers * readsPerMember + spareReads;
    const isTooLarge = (): boolean => this.#members.size > maxGroupMembers;
    let reads = 0;
    const pending: FoundEntry[] = [group];
    this.#groups.add(nameKey(group.name));
    for (let next = pending.shift(); next; next = pending.shift()) {
      const references = next.members ?? [];
      for (let at = 0; at < references.length; at += membersAtOnce) {
        checkWanted?.();
        const piece = references.slice(at, at + membersAtOnce);
        reads += piece.length;
        if (reads > mostReads || isTooLarge()) return this.#tooLarge();
        pending.push(...(await this.#addMembers(piece)));
      }
    }
    if (isTooLarge()) return this.#tooLarge();
    const members = [...this.#members.values()];
    if (members.length > 0) {
      counters.groupsExpanded++;
      return { kind: 'expanded', members };
    }
    if (this.#hasCircle) counters.loops++;
    return { kind: 'refused', status: this.#hasCircle ? statuses.loop : statuses.empty };
  }

  #tooLarge(): RecipientResolution {
    this.#options.counters.tooLarge++;
    return { kind: 'refused', status: statuses.tooLarge };
  }

  /** Adds members in their order; answers the groups among them that were not met before. */
  async #addMembers(references: readonly Reference[]): Promise<FoundEntry[]> {
    const found = await mapAtOnce(references, (reference) => follow(this.#options.lookUp, reference));
    const groups: FoundEntry[] = [];
    for (const [at, answer] of found.entries()) {
      const reference = references[at] as Reference;
      const known = reference.kind === 'address' ? reference.address : '';
      const ending = await this.#endOfMember(answer, known);
      if (ending.kind === 'address') this.#add(ending.member);
      if (ending.kind !== 'group') continue;
      const key = nameKey(ending.entry.name);
      // A group in two others is expanded once; in itself, never again.
      if (this.#groups.has(key)) this.#hasCircle = true;
      else groups.push(ending.entry);
      this.#groups.add(key);
    }
    return groups;
  }

  /** A member by its address may be unknown to the directory; by its name, it was removed, or has no mail. */
  async #endOfMember(answer: Found, known: string): Promise<Ending> {
    if (answer.kind === 'entry') return this.#endOf(answer.entry, known);
    if (known === '') return { kind: 'nothing' };
    if (answer.kind === 'none') return { kind: 'address', member: this.#memberOf(known) };
    this.#options.counters.ambiguous++;
    return { kind: 'address', member: { address: shownAddress(known), refusal: statuses.ambiguous } };
  }
}

/** What is no address, as a notification may name it. */
const shownAddress = (text: string): string =>
  text.replace(/[^\u0021-\u003b\u003d\u003f-\u007e]/g, '?').slice(0, 320) || '?';

async function mapAtOnce<T, R>(values: readonly T[], run: (value: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(values.length);
  const rest = values.entries();
  const worker = async (): Promise<void> => {
    for (const [at, value] of rest) results[at] = await run(value);
  };
  await Promise.all(Array.from({ length: Math.min(questionsAtOnce, values.length) }, worker));
  return results;
}
