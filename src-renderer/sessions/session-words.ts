/** What a session is doing, in words. Pure. */
import type { SessionRow } from '../../src-main/api/contract';

const words: Record<SessionRow['state'], string> = {
  connected: 'Connected',
  greeted: 'Between messages',
  'in-message': 'Naming recipients',
  receiving: 'Receiving a message',
  accepting: 'Storing a message',
};

export const sessionStateWord = (state: SessionRow['state']): string => words[state];
