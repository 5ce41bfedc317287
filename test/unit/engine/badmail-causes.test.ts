/** Each cause of Badmail, arisen in a real virtual server: its files, its words and its count. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BadmailCause, badmailCauses } from '../../../src-main/engine/core/event';
import { countBadmail } from '../../../src-main/engine/server-summary';
import { until } from '../../support/fake-clock';
import { domainAt, type MailBench, openMailBench, peerWith } from './mail-bench';

const corp = { type: 'default', name: 'corp.test' } as const;
const refusing = { onRcpt: () => '550 5.1.1 No such user' };

interface Arisen {
  readonly bench: MailBench;
  /** In the .BDR file. */
  readonly says: readonly (string | RegExp)[];
  readonly properties: Record<string, unknown>;
}

const arise: Readonly<Record<BadmailCause, () => Promise<Arisen>>> = {
  async 'bad-pickup-file'() {
    const bench = await openMailBench();
    await bench.pickUp('X-Sender: app@corp.test\r\nthis is no header line\r\n\r\ntext\r\n');
    return {
      bench,
      says: ['Error code: 0xC00402CE', /Reason: Line 2 is not a header line/, /^File: .*\.eml\r$/m],
      properties: { code: 0xc00402ce },
    };
  },
  async 'no-recipients'() {
    const bench = await openMailBench();
    await bench.pickUp('From: app@corp.test\r\nSubject: to nobody\r\n\r\ntext\r\n');
    return {
      bench,
      says: ['Sender: <app@corp.test>', 'Recipients: none known', /Reason: The file names no recipient/],
      properties: { sender: 'app@corp.test', recipients: [] },
    };
  },
  async 'hop-count-exceeded'() {
    const bench = await openMailBench({ maxHops: 10 });
    const data = `${'Received: from a by b; Thu, 26 Mar 2026 19:18:06 +0000\r\n'.repeat(12)}Subject: x\r\n\r\ny`;
    await bench.submit({ from: '', to: ['ann@corp.test'], data });
    await bench.drained();
    return {
      bench,
      says: ['Sender: <>', '  <ann@corp.test>', /554 5\.4\.6 Hop count exceeded/],
      properties: { sender: '', envelope: expect.objectContaining({ sender: '' }) },
    };
  },
  async 'notification-undeliverable'() {
    const peer = await peerWith(refusing);
    const bench = await openMailBench({ domains: [corp, domainAt('far.test', peer)] });
    await bench.submit({ from: 'gone@far.test', to: ['x@far.test'] });
    await bench.drained();
    return {
      bench,
      says: ['Error code: 0xC00402C7', 'Sender: <>', '  <gone@far.test>', /550 5\.1\.1 No such user/],
      properties: { code: 0xc00402c7, envelope: expect.objectContaining({ sender: '' }) },
    };
  },
  async 'general-failure'() {
    const peer = await peerWith(refusing);
    const bench = await openMailBench({ domains: [corp, domainAt('far.test', peer)] });
    // A program that answers each notification with the next message.
    const client = await bench.connect();
    const message = { from: 'robot@corp.test', to: ['dead@far.test'], data: 'Subject: Re: x\r\n\r\ny' };
    for (let round = 0; round <= 100; round++) expect(await client.send(message)).toMatch(/^250/);
    await bench.drained();
    expect(bench.reports()).toHaveLength(100);
    expect(bench.warnings).toContain('notifications-stopped');
    return {
      bench,
      says: [
        'Sender: <robot@corp.test>',
        '  <dead@far.test>',
        /Reason: 100 notifications about dead@far\.test went to robot@corp\.test within an hour/,
      ],
      properties: { envelope: expect.objectContaining({ sender: 'robot@corp.test' }) },
    };
  },
  async 'damaged-queue-file'() {
    const id = '0195d3f0a1b2000012345678';
    const bench = await openMailBench({}, (home) => {
      mkdirSync(join(home, 'Queue'), { recursive: true });
      writeFileSync(join(home, 'Queue', `${id}.eml`), 'Subject: x\r\n\r\ny\r\n');
      writeFileSync(join(home, 'Queue', `${id}.json`), '{ half an envel');
    });
    await until(() => bench.warnings.includes('damaged-queue-file'), 'the file is found');
    return {
      bench,
      says: ['Sender: unknown', /Reason: The envelope file is not JSON/, `File: ${id}.eml`],
      properties: { damagedEnvelope: '{ half an envel' },
    };
  },
};

describe('Badmail', () => {
  it.each(badmailCauses)('%s has its reason, its envelope and its count', async (cause) => {
    const { bench, says, properties } = await arise[cause]();
    const names = bench.files('Badmail');
    expect(names.map((name) => name.slice(-4))).toEqual(['.BAD', '.BDP', '.BDR']);
    expect(new Set(names.map((name) => name.slice(0, 24))).size).toBe(1);
    const [message, envelope, reason] = names.map((name) => bench.read('Badmail', name));
    expect(message).not.toBe('');
    for (const words of [`Cause: ${cause}\r\n`, ...says]) expect(reason).toMatch(words);
    expect(JSON.parse(envelope as string)).toMatchObject({ cause, ...properties });
    const counts = countBadmail(bench.server);
    expect(counts.filter(({ count }) => count > 0)).toEqual([
      { cause, count: 1, text: (reason as string).split('\r\n')[0] },
    ]);
    expect(counts.map((each) => each.cause)).toEqual([...badmailCauses]);
  });

  it('is counted also across a stop of its virtual server', async () => {
    const { bench } = await arise['no-recipients']();
    await bench.server.stop(0);
    await bench.server.start();
    expect(countBadmail(bench.server).find(({ cause }) => cause === 'no-recipients')?.count).toBe(1);
  });
});
