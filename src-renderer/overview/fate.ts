/** Where a message is, in words. Pure. */
import type { QueueRow } from '../../src-main/api/contract';

export type Fate =
  | { readonly kind: 'waiting'; readonly row: QueueRow }
  | { readonly kind: 'dropped'; readonly recipients: readonly string[] }
  | { readonly kind: 'gone' };

export interface FateWords {
  readonly headline: string;
  readonly lines: readonly string[];
}

export function describeFate(fate: Fate): FateWords {
  switch (fate.kind) {
    case 'dropped':
      return { headline: 'It lies in Drop.', lines: [`For ${fate.recipients.join(', ')}.`] };
    case 'gone':
      return {
        headline: 'It has left this server.',
        lines: ['It was handed to its next hop, or was refused there and returned to its sender.'],
      };
    case 'waiting':
      return {
        headline: fate.row.isActive ? 'It is being delivered.' : 'It waits in Queue.',
        lines: fate.row.recipients.map(describeRecipient),
      };
  }
}

function describeRecipient({ address, outcome, route, last }: QueueRow['recipients'][number]): string {
  if (outcome !== undefined) return `${address}: ${outcome}.`;
  const reply = last === undefined ? '' : ` Last answer: ${last.status.code} ${last.status.text}`;
  return `${address}: ${route}.${reply}`;
}
