/** Every command in every state of a session, against the table in command-matrix.txt. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RawClient, startListener } from './listener-under-test';
import { testCertificate } from './memory-keyring';

/** How a session comes into each state, after the greeting. */
const states: Readonly<Record<string, readonly string[]>> = {
  connected: [],
  greeted: ['EHLO a.test'],
  'in-message': ['EHLO a.test', 'MAIL FROM:<a@x.test>'],
  recipients: ['EHLO a.test', 'MAIL FROM:<a@x.test>', 'RCPT TO:<b@local.test>'],
  chunks: ['EHLO a.test', 'MAIL FROM:<a@x.test>', 'RCPT TO:<b@local.test>', 'BDAT 0'],
  'logged-in': ['EHLO a.test', 'AUTH PLAIN AGFubgBzZWNyZXQ='],
  encrypted: ['STARTTLS'],
};

interface Row {
  readonly command: string;
  /** Reply codes in the order of `states`; "x" behind one: the connection ends. */
  readonly codes: readonly string[];
}

const [head = [], ...rows] = readFileSync(join(import.meta.dirname, 'command-matrix.txt'), 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const table: readonly Row[] = rows.map(([command = '', ...codes]) => ({ command, codes }));

/** What stands in the table for a command and its content: line breaks, and lines that are too long to read. */
const bytesOf = (command: string): string =>
  `${command.replaceAll('\\r\\n', '\r\n').replace('{long}', 'x'.repeat(5000))}${/^BDAT/.test(command) ? '' : '\r\n'}`;

async function enter(client: RawClient, state: string): Promise<void> {
  await client.reply();
  for (const line of states[state] ?? []) expect(await client.say(line)).toMatch(/^2/);
  if (state === 'encrypted') await client.startTls();
}

/** What follows a 334 or 354, so that the next line is a command again. */
const wayOut: Readonly<Record<string, string>> = { '334': '*', '354': '.' };

describe('a command in a state', () => {
  it('has a column for each state', () => expect(head.slice(1)).toEqual(Object.keys(states)));

  it.each(table)('$command', async ({ command, codes }) => {
    const server = await startListener({ certificate: testCertificate, allowsBasic: true });
    try {
      const got: string[] = [];
      for (const state of Object.keys(states)) {
        const client = await server.connect();
        await enter(client, state);
        client.send(bytesOf(command));
        const code = (await client.reply())?.slice(0, 3) ?? 'nothing';
        if (code === '220') {
          // The handshake is due, and no command.
          got.push(code);
          continue;
        }
        const next = wayOut[code];
        if (next !== undefined) await client.say(next);
        client.send('NOOP\r\n');
        const after = await client.reply();
        if (after !== undefined) expect(after).toBe('250 2.0.0 OK');
        got.push(after === undefined ? `${code}x` : code);
      }
      expect(got).toEqual(codes);
    } finally {
      await server.close();
    }
    // Also of sessions that ended between their chunks.
    expect(server.intake.openCount()).toBe(0);
  });
});
