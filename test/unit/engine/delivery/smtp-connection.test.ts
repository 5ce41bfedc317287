/**
 * The contract with nodemailer: each override and each internal name that OutboundConnection uses. A new
 * version of nodemailer that works differently fails here first.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { OutboundConnection } from '../../../../src-main/engine/delivery/smtp-connection';
import type { SmtpTransaction } from '../../../../src-main/engine/delivery/smtp-transaction';
import { encodeXtext } from '../../../../src-main/engine/delivery/xtext';
import { type SmtpPeer, type SmtpPeerOptions, startSmtpPeer } from '../../../support/smtp-peer';

let peer: SmtpPeer | undefined;
let connection: OutboundConnection | undefined;
afterEach(async () => {
  connection?.close();
  await peer?.close();
});

async function openWith(options: SmtpPeerOptions, startsWithHelo = false): Promise<OutboundConnection> {
  peer = await startSmtpPeer(options);
  const socket = connect(peer.port, '127.0.0.1');
  await once(socket, 'connect');
  const opened = new OutboundConnection({ connection: socket, name: 'me.test' }, { startsWithHelo });
  connection = opened;
  await new Promise<void>((resolve, reject) => {
    opened.on('error', reject);
    opened.connect((error) => (error ? reject(error) : resolve()));
  });
  return opened;
}

const send = (opened: OutboundConnection, changes: Partial<SmtpTransaction> = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const transaction: SmtpTransaction = {
      sender: 'a@me.test',
      recipients: ['x@far.test', 'y@far.test'],
      dsn: [
        { notify: 'NEVER', orcpt: 'rfc822;x' },
        { notify: 'SUCCESS', orcpt: 'rfc822;y' },
      ],
      sizeBytes: 5,
      isEightBit: true,
      content: Buffer.from('hello'),
      ...changes,
    };
    opened.sendTransaction(transaction, (error, info) =>
      error ? reject(error) : resolve(info?.response ?? ''),
    );
  });

describe('OutboundConnection', () => {
  it('_actionGreeting: HELO first', async () => {
    const opened = await openWith({}, true);
    expect(peer?.commands.map(({ line }) => line)).toEqual(['HELO me.test']);
    expect(opened.offers('DSN')).toBe(false);
  });

  it('_actionGreeting: a bad greeting ends it, HELO first or not', async () => {
    await expect(openWith({ greeting: '554 no' }, true)).rejects.toMatchObject({ responseCode: 554 });
    expect(peer?.commands).toEqual([]);
  });

  it.each([true, false])(
    '_getDsnRcptToArgs: own parameters for each recipient (pipelining %s)',
    async (isPipelined) => {
      const opened = await openWith({ extensions: isPipelined ? ['DSN', 'PIPELINING'] : ['DSN'] });
      expect(opened.offers('PIPELINING')).toBe(isPipelined);
      await send(opened);
      expect(peer?.transactions[0]?.recipientParams).toEqual([
        'NOTIFY=NEVER ORCPT=rfc822;x',
        'NOTIFY=SUCCESS ORCPT=rfc822;y',
      ]);
      await send(opened, { dsn: [{ notify: '', orcpt: '' }] });
      expect(peer?.transactions[1]?.recipientParams).toEqual(['', '']);
    },
  );

  it.each([true, false])(
    '_actionMAIL, _actionRCPT: replies by position (pipelining %s)',
    async (isPipelined) => {
      const opened = await openWith({
        extensions: isPipelined ? ['PIPELINING'] : [],
        onRcpt: (_address, _params) =>
          opened.rcptReplies.length === 0 && !isRefused() ? '550 5.1.1 no' : undefined,
      });
      let count = 0;
      const isRefused = (): boolean => count++ > 0;
      await send(opened, { recipients: ['same@far.test', 'same@far.test'] });
      expect(opened.mailReply).toBe('250 2.1.0 ok');
      expect(opened.rcptReplies).toEqual(['550 5.1.1 no', '250 2.1.5 ok']);
    },
  );

  it('_createSendStream: the final dot is known to be sent', async () => {
    const opened = await openWith({ onMessage: () => null });
    await expect(send(opened)).rejects.toThrow();
    expect(opened.contentProgress).toBe('final-dot-sent');
  });

  it('_createSendStream: not before DATA was answered', async () => {
    const opened = await openWith({ onData: () => '451 4.3.0 no' });
    await expect(send(opened)).rejects.toMatchObject({ responseCode: 451, response: '451 4.3.0 no' });
    expect(opened.contentProgress).toBe('not-started');
  });

  it('_supportedExtensions, _maxAllowedSize: what the peer offered', async () => {
    const opened = await openWith({ extensions: ['SIZE 1000', '8BITMIME'] });
    expect(opened.offers('8BITMIME')).toBe(true);
    expect(opened.offers('DSN')).toBe(false);
    expect(opened.peerMaxBytes).toBe(1000);
  });

  it('a SIZE without a number is no limit', async () => {
    expect((await openWith({ extensions: ['SIZE'] })).peerMaxBytes).toBeUndefined();
  });

  it('an error of a transaction carries the reply', async () => {
    const opened = await openWith({ onMail: () => '421-4.3.2 bye\n421 4.3.2 for now' });
    await expect(send(opened)).rejects.toMatchObject({
      responseCode: 421,
      response: '421-4.3.2 bye\n421 4.3.2 for now',
    });
  });
});

it.each([
  ['rfc822;a@b.test', 'rfc822;a@b.test'],
  ['a+b=c d', 'a+2Bb+3Dc+20d'],
  ['gr\u00fc\r\n', 'gr+C3+BC+0D+0A'],
])('encodeXtext(%j)', (text, expected) => {
  expect(encodeXtext(text)).toBe(expected);
});
