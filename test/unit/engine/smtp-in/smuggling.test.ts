/** A second message hidden behind something that other servers take for the end of the first. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ListenerUnderTest, type RawClient, startListener } from '../../../protocol/listener-under-test';

const hidden = 'MAIL FROM:<evil@x.test>\r\nRCPT TO:<b@local.test>\r\nDATA\r\nhidden\r\n';
const shapes = [
  '\n.\n',
  '\r.\r',
  '\n.\r\n',
  '\r\n.\n',
  '\r\n.\r',
  '\r.\r\n',
  '\r\n\0.\r\n',
  '\r\n.\0\r\n',
  '\n\n.\r\n',
];

let server: ListenerUnderTest;
let client: RawClient;
beforeEach(async () => {
  server = await startListener();
  client = await server.connect();
  await client.reply();
  for (const line of ['EHLO a.test', 'MAIL FROM:<a@x.test>', 'RCPT TO:<b@local.test>', 'DATA'])
    await client.say(line);
});
afterEach(() => server.close());

describe('end of data', () => {
  it.each(shapes)('%j is not one', async (shape) => {
    client.send(`first${shape}${hidden}\r\n.\r\n`);
    expect(await client.reply()).toMatch(/^250 2\.6\.0/);
    expect(await client.say('NOOP')).toBe('250 2.0.0 OK');
    expect(server.intake.accepted).toHaveLength(1);
    expect(server.intake.accepted[0]?.content).toContain('evil@x.test');
  });

  it.each(shapes)('%j is not one when each byte comes alone', async (shape) => {
    for (const byte of `first${shape}${hidden}\r\n.\r\n`) {
      client.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.reply()).toMatch(/^250 2\.6\.0/);
    expect(await client.say('NOOP')).toBe('250 2.0.0 OK');
    expect(server.intake.accepted).toHaveLength(1);
  });

  it.each(shapes)('%j leaves no bare CR or LF behind for the next server', async (shape) => {
    client.send(`first${shape}${hidden}\r\n.\r\n`);
    await client.reply();
    const content = server.intake.accepted[0]?.content ?? '';
    expect(content.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('is CRLF.CRLF, and what stands behind it is a command', async () => {
    client.send(`first\r\n.\r\n${hidden}.\r\n`);
    expect(await client.reply()).toMatch(/^250 2\.6\.0/);
    expect(await client.reply()).toMatch(/^250 2\.1\.0 evil/);
    expect(await client.reply()).toMatch(/^250 2\.1\.5/);
    expect(await client.reply()).toMatch(/^354/);
    expect(await client.reply()).toMatch(/^250 2\.6\.0/);
    expect(server.intake.accepted.map(({ draft }) => draft.sender)).toEqual(['a@x.test', 'evil@x.test']);
  });
});
