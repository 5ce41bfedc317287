/** "Send Test Message" on the real service: both dialogues, and where the message ended up. */
import { afterEach, describe, expect, it } from 'vitest';
import type { TestEvent } from '../../src-main/api/contract';
import { findFreePort, type RunningService, startService } from '../support/service';
import { type SmtpPeer, startSmtpPeer } from '../support/smtp-peer';

let service: RunningService | undefined;
let peer: SmtpPeer | undefined;

afterEach(async () => {
  await service?.remove();
  await peer?.close();
  service = undefined;
  peer = undefined;
});

async function run(
  to: string[],
  change: { via?: 'smtp' | 'direct'; user?: string } = {},
): Promise<TestEvent[]> {
  const events: TestEvent[] = [];
  const input = { serverId: 1, from: 'app@line.test', to, ...change };
  for await (const event of (await service?.client.test.run(input)) ?? []) events.push(event);
  return events;
}

const dialogue = (events: TestEvent[], leg: 'submission' | 'delivery'): string =>
  events
    .flatMap((event) => (event.kind === 'line' && event.leg === leg ? [event.line] : []))
    .map(({ side, text }) => `${{ client: '>', server: '<', note: '-' }[side]} ${text}`)
    .join('\n');

describe('Send Test Message', () => {
  it('shows the dialogue with the listener and that the message lies in Drop', async () => {
    service = await startService();
    const events = await run(['ann@corp.test']);
    const said = dialogue(events, 'submission');
    expect(said).toMatch(/^- Connecting to/);
    expect(said).toMatch(/< 220 relay\.corp\.test/);
    expect(said).toMatch(/> MAIL FROM:<app@line\.test>/);
    expect(said).toMatch(/> RCPT TO:<ann@corp\.test>/);
    expect(said).toMatch(/< 250 2\.6\.0 .* Queued mail for delivery/);
    expect(events.filter(({ kind }) => kind !== 'line')).toMatchObject([
      { kind: 'accepted' },
      { kind: 'recipient', recipient: 'ann@corp.test', outcome: 'dropped' },
      { kind: 'end', text: '1 in the Drop folder.' },
    ]);
    expect(service.dropped()).toHaveLength(1);
  });

  it('says what a program is told that may not relay, and takes the same message from the console', async () => {
    peer = await startSmtpPeer();
    service = await startService({ server: { smartHost: '[127.0.0.1]', outboundPort: peer.port } });
    const refused = await run(['bob@far.test']);
    expect(refused.filter(({ kind }) => kind !== 'line')).toMatchObject([
      { kind: 'refused', text: expect.stringMatching(/^bob@far\.test: 550 5\.7\.1 Unable to relay/) },
      { kind: 'end', text: 'The message was not accepted.' },
    ]);
    const taken = await run(['bob@far.test'], { via: 'direct' });
    expect(dialogue(taken, 'submission')).toBe('');
    expect(dialogue(taken, 'delivery')).toMatch(/> RCPT TO:<bob@far\.test>/);
    expect(taken.at(-1)).toMatchObject({ kind: 'end', text: '1 handed to the next hop.' });
    expect(peer.transactions).toHaveLength(1);
  });

  it('shows why a message waits when the next hop is down', async () => {
    const down = await findFreePort();
    service = await startService({
      server: { smartHost: '[127.0.0.1]', outboundPort: down, relayList: ['127.0.0.1'] },
    });
    const events = await run(['ann@corp.test', 'bob@far.test']);
    expect(dialogue(events, 'delivery')).toMatch(/Not usable: .*refused/);
    const recipients = events.filter((event) => event.kind === 'recipient');
    expect(recipients).toHaveLength(2);
    expect(recipients).toContainEqual(
      expect.objectContaining({
        recipient: 'bob@far.test',
        outcome: 'deferred',
        nextAttemptAt: expect.any(Number),
      }),
    );
    expect(events.at(-1)?.kind).toBe('end');
  });

  it('refuses an address that is none, with its field', async () => {
    service = await startService();
    await expect(run(['nobody'])).rejects.toMatchObject({ code: 'invalid', data: { field: 'to.0' } });
  });
});
