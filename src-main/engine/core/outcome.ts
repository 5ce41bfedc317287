/** How a recipient's way ends: exactly one of these, each to be found again (promise 2). */
export const outcomeKinds = [
  'dropped',
  'relayed',
  /** Other recipients of the message stand for this one: members of a group, or a mailbox that is named already. */
  'expanded',
  'bounced',
  'expired',
  'badmail',
  'deleted',
] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];
