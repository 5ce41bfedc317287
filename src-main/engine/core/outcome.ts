/** How a recipient's way ends: exactly one of these, each to be found again (promise 2). */
export const outcomeKinds = ['dropped', 'relayed', 'bounced', 'expired', 'badmail', 'deleted'] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];
