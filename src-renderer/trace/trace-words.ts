/** What the trace says in words, and what is asked of it. Pure. */
import type { TraceQuery, TraceRow, TraceStep } from '../../src-main/api/contract';

export type TraceOutcome = TraceRow['outcomes'][number];

export const outcomeTitles: Readonly<Record<TraceOutcome, string>> = {
  dropped: 'In Drop',
  relayed: 'Relayed',
  expanded: 'Expanded',
  bounced: 'Returned',
  expired: 'Expired',
  badmail: 'In Badmail',
  deleted: 'Deleted',
  waiting: 'Waiting',
  refused: 'Refused',
};
export const outcomeNames = Object.keys(outcomeTitles) as TraceOutcome[];

/** How good it is: for the icon. */
export type Mood = 'good' | 'waiting' | 'bad' | 'plain';

export function moodOf(outcome: TraceOutcome): Mood {
  if (outcome === 'waiting') return 'waiting';
  if (outcome === 'dropped' || outcome === 'relayed') return 'good';
  return outcome === 'expanded' || outcome === 'deleted' ? 'plain' : 'bad';
}

export function moodOfStep(step: Pick<TraceStep, 'kind' | 'outcome'>): Mood {
  if (step.kind === 'outcome' && step.outcome !== undefined) return moodOf(step.outcome);
  if (step.kind === 'deferred') return 'waiting';
  return step.kind === 'refused' ? 'bad' : 'plain';
}

export const stepTitles: Readonly<Record<TraceStep['kind'], string>> = {
  accepted: 'Accepted',
  refused: 'Refused',
  resolved: 'Directory',
  readdressed: 'Readdressed',
  attempt: 'Attempt',
  deferred: 'Deferred',
  outcome: 'Outcome',
  operator: 'Operator',
  notification: 'Notification',
};

const hourMs = 60 * 60_000;
export const spans = {
  any: { title: 'Any time', ms: undefined },
  hour: { title: 'Last hour', ms: hourMs },
  day: { title: 'Last 24 hours', ms: 24 * hourMs },
  week: { title: 'Last 7 days', ms: 7 * 24 * hourMs },
  month: { title: 'Last 30 days', ms: 30 * 24 * hourMs },
} as const;
export type Span = keyof typeof spans;

/** What stands in the fields. */
export interface Asked {
  readonly person: string;
  readonly subject: string;
  readonly messageId: string;
  readonly span: Span;
  readonly outcome: TraceOutcome | '';
}
export const nothingAsked: Asked = { person: '', subject: '', messageId: '', span: 'any', outcome: '' };

export const isAsked = (asked: Asked): boolean =>
  asked.person.trim() !== '' ||
  asked.subject.trim() !== '' ||
  asked.messageId.trim() !== '' ||
  asked.span !== 'any' ||
  asked.outcome !== '';

export function queryOf(asked: Asked, serverId: number | undefined, now: number): TraceQuery {
  const { ms } = spans[asked.span];
  const text = (name: 'person' | 'subject' | 'messageId') =>
    asked[name].trim() === '' ? {} : { [name]: asked[name].trim() };
  return {
    ...(serverId === undefined ? {} : { serverId }),
    ...text('person'),
    ...text('subject'),
    ...text('messageId'),
    ...(ms === undefined ? {} : { from: now - ms }),
    ...(asked.outcome === '' ? {} : { outcome: asked.outcome }),
  };
}

export function describeTls({ version, cipher, isVerified, fault }: NonNullable<TraceStep['tls']>): string {
  const certificate = isVerified
    ? 'certificate verified'
    : `certificate not verified${fault === undefined ? '' : `: ${fault}`}`;
  return `${version}, ${cipher}, ${certificate}`;
}

/** What became of the recipients: one by name, more of a kind by number. */
export function endsOf(
  recipients: readonly { readonly address: string; readonly outcome: TraceOutcome }[],
): { outcome: TraceOutcome; text: string }[] {
  return outcomeNames.flatMap((outcome) => {
    const those = recipients.filter((each) => each.outcome === outcome);
    const [first] = those;
    if (first === undefined) return [];
    const who = those.length === 1 ? first.address : `${those.length.toLocaleString()} recipients`;
    return { outcome, text: `${outcomeTitles[outcome]}: ${who}` };
  });
}

/** A recipient's own way is what names it, or nobody. */
export const stepsOf = (steps: readonly TraceStep[], recipient: string): readonly TraceStep[] =>
  recipient === ''
    ? steps
    : steps.filter(({ recipients }) => recipients.length === 0 || recipients.includes(recipient));
