/** What a session is doing and what it was, in words. Pure. */
import type { EndedSessionRow, SessionRow } from '../../src-main/api/contract';
import { formatCount, formatSize } from '../ui/format';
import { formatElapsed } from './elapsed';

const words: Record<SessionRow['state'], string> = {
  connected: 'Connected',
  greeted: 'Between messages',
  'in-message': 'Naming recipients',
  receiving: 'Receiving a message',
  accepting: 'Storing a message',
  turned: 'Fetching its mail',
};

export const sessionStateWord = (state: SessionRow['state']): string => words[state];

/** "red.test at 192.0.2.7, port 25 · logged in as ann · TLSv1.3 (TLS_AES_…) · 2 messages, 4 KB · ended after 0:00:02". */
export function describeSession(session: SessionRow | EndedSessionRow): string {
  const { hello, from, localPort, user, tls, cipher, messageCount, receivedBytes } = session;
  const who = hello === '' ? from : `${hello} at ${from}`;
  const isLoggedIn = user !== '' && user !== hello;
  return [
    `${who}, to port ${localPort}`,
    ...(isLoggedIn ? [`logged in as ${user}`] : []),
    tls === '' ? 'not encrypted' : `${tls} (${cipher})`,
    `${formatCount(messageCount, 'message')}, ${formatSize(receivedBytes)}`,
    'endedAt' in session
      ? `ended after ${formatElapsed(session.endedAt - session.connectedAt)}`
      : sessionStateWord(session.state),
  ].join(' · ');
}
