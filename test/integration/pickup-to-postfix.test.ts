/**
 * Pickup files as .NET's System.Net.Mail writes them (SpecifiedPickupDirectory, .NET Framework), through
 * Mailroot and a real Postfix as smart host to a peer that writes down what arrives.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeUnless } from '../support/packages';
import { postfixSkipReason, type RunningPostfix, startPostfix } from '../support/postfix';
import { type RunningService, startService, waitFor } from '../support/service';
import { type PeerTransaction, type SmtpPeer, startSmtpPeer } from '../support/smtp-peer';

/** A plain body: quoted-printable with its line ends encoded, so that lines end, and begin with dots, anywhere. */
const textMessage = [
  'X-Sender: "Order desk" <orders@line.test>',
  'X-Receiver: "Ann Example" <ann@elsewhere.test>',
  'X-Receiver: ben@elsewhere.test',
  'X-Receiver: audit@elsewhere.test',
  'MIME-Version: 1.0',
  'From: "Order desk" <orders@line.test>',
  'To: "Ann Example" <ann@elsewhere.test>',
  'Cc: ben@elsewhere.test',
  'Date: 23 Nov 2026 10:32:11 +0100',
  'Subject: Order 1187',
  'Content-Type: text/plain; charset=us-ascii',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Good morning,=0D=0A=0D=0Athe report of order 1187 lies in the folder =',
  '..\\reports, the one of the order before in ..\\archive=0D=0A',
  '..',
  '....=0D=0A',
  '',
].join('\r\n');

const picture = Buffer.alloc(6000, 'Mailroot').toString('base64');
const boundary = '--boundary_0_6e1d1c2a-3d43-4f2f-9d0e-6a2f0b4a7c11';

/** Text beyond ASCII and an attachment: base64, one part each. */
const attachmentMessage = [
  'X-Sender: scanner@line.test',
  'X-Receiver: =?utf-8?B?Wm/DqyBCZWlzcGllbA==?= <zoe@elsewhere.test>',
  'MIME-Version: 1.0',
  'From: scanner@line.test',
  'To: =?utf-8?B?Wm/DqyBCZWlzcGllbA==?= <zoe@elsewhere.test>',
  'Date: 23 Nov 2026 10:32:12 +0100',
  'Subject: =?utf-8?B?R3LDvMOfZSB2b20gU2Nhbm5lcg==?=',
  'Content-Type: multipart/mixed;',
  ` boundary=${boundary}`,
  '',
  '',
  `--${boundary}`,
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: base64',
  '',
  'R3LDvMOfZQ0K',
  `--${boundary}`,
  'Content-Type: application/octet-stream; name=scan.bin',
  'Content-Transfer-Encoding: base64',
  'Content-Disposition: attachment',
  '',
  ...(picture.match(/.{1,70}/g) ?? []),
  `--${boundary}--`,
  '',
].join('\r\n');

/** As other programs write it: no envelope lines, the header is the envelope. */
const headerOnlyMessage = [
  'From: Help desk <help@line.test>',
  'To: ann@elsewhere.test',
  'Bcc: hidden@elsewhere.test,',
  ' hidden-too@elsewhere.test',
  'Subject: Your ticket',
  '',
  'It is closed.',
  '',
].join('\r\n');

function headerOf(transaction: PeerTransaction): string {
  const text = transaction.data.toString('latin1');
  return text.slice(0, text.indexOf('\r\n\r\n') + 2);
}

function bodyOf(transaction: PeerTransaction): string {
  const text = transaction.data.toString('latin1');
  return text.slice(text.indexOf('\r\n\r\n') + 4);
}

const originalBody = (file: string): string => file.slice(file.indexOf('\r\n\r\n') + 4);

describeUnless(postfixSkipReason(), 'a Pickup file through a real Postfix', () => {
  let peer: SmtpPeer;
  let postfix: RunningPostfix;
  let service: RunningService;
  beforeAll(async () => {
    peer = await startSmtpPeer();
    postfix = await startPostfix({ relayHost: `[127.0.0.1]:${peer.port}` });
    service = await startService({ server: { smartHost: '[127.0.0.1]', outboundPort: postfix.port } });
  });
  afterAll(async () => {
    await service?.remove();
    await postfix?.stop();
    await peer?.close();
  });

  const newFile = (): string => join(service.home, 'Pickup', `${randomUUID()}.eml`);

  /** Waits until a message with this subject came out at the far end; fails with Postfix's own words. */
  const arrival = (subject: string): Promise<PeerTransaction> =>
    waitFor(`"${subject}" at the peer. Postfix wrote:\n${postfix.log()}`, () =>
      peer.transactions.find((transaction) => headerOf(transaction).includes(`Subject: ${subject}\r\n`)),
    );
  const pickupIsEmpty = (): Promise<boolean> =>
    waitFor('an empty Pickup', () => service.files('Pickup').length === 0);

  it('the envelope is that of X-Sender and X-Receiver, and nobody reads who else got it', async () => {
    writeFileSync(newFile(), textMessage);
    const transaction = await arrival('Order 1187');
    expect(transaction.sender).toBe('orders@line.test');
    expect([...transaction.recipients].sort()).toEqual([
      'ann@elsewhere.test',
      'audit@elsewhere.test',
      'ben@elsewhere.test',
    ]);
    const header = headerOf(transaction);
    expect(header).not.toMatch(/^x-(?:sender|receiver):/im);
    // Audit has an X-Receiver line alone: the blind copy of System.Net.Mail.
    expect(header).not.toContain('audit@');
    expect(header).toContain('\r\nTo: "Ann Example" <ann@elsewhere.test>\r\nCc: ben@elsewhere.test\r\n');
    expect(header).toContain('\r\nDate: 23 Nov 2026 10:32:11 +0100\r\n');
    const received = header.match(/^Received: .*(?:\r\n[ \t].*)*/gm) ?? [];
    expect(received).toEqual([
      expect.stringMatching(/by postfix\.test \(Postfix\)/),
      expect.stringMatching(/from mail pickup service\s+by relay\.corp\.test with Mailroot/),
    ]);
    await pickupIsEmpty();
  });

  it('dots that the writer doubled are single again, the rest of the body is as written', async () => {
    const transaction = await arrival('Order 1187');
    expect(bodyOf(transaction)).toBe(originalBody(textMessage).replace(/^\./gm, ''));
    expect(bodyOf(transaction)).toContain(
      '=\r\n.\\reports, the one of the order before in ..\\archive=0D=0A\r\n.\r\n...=0D=0A\r\n',
    );
  });

  it('written slowly in two halves, it arrives once and whole', async () => {
    const path = newFile();
    const cut = attachmentMessage.indexOf('Content-Type: multipart');
    writeFileSync(path, attachmentMessage.slice(0, cut));
    // A file laid down after the first half overtakes it: Pickup was looked at in the meantime.
    writeFileSync(newFile(), textMessage.replace('Order 1187', 'Order 1188'));
    await arrival('Order 1188');
    expect(service.files('Pickup')).toEqual([path.slice(-'00000000-0000-0000-0000-000000000000.eml'.length)]);
    appendFileSync(path, attachmentMessage.slice(cut));
    const subject = '=?utf-8?B?R3LDvMOfZSB2b20gU2Nhbm5lcg==?=';
    const transaction = await arrival(subject);
    expect(transaction).toMatchObject({ sender: 'scanner@line.test', recipients: ['zoe@elsewhere.test'] });
    expect(bodyOf(transaction)).toBe(originalBody(attachmentMessage));
    await pickupIsEmpty();
    const { total } = await waitFor('an empty queue', async () => {
      const page = await service.client.queue.list({ serverId: 1 });
      return page.total === 0 && page;
    });
    expect(total).toBe(0);
    expect(peer.attempts.filter((attempt) => headerOf(attempt).includes(subject))).toHaveLength(1);
  });

  it('without envelope lines, Bcc is a recipient and no line of the message', async () => {
    writeFileSync(newFile(), headerOnlyMessage);
    const transaction = await arrival('Your ticket');
    expect(transaction.sender).toBe('help@line.test');
    expect([...transaction.recipients].sort()).toEqual([
      'ann@elsewhere.test',
      'hidden-too@elsewhere.test',
      'hidden@elsewhere.test',
    ]);
    expect(transaction.data.toString('latin1')).not.toMatch(/bcc|hidden/i);
    await pickupIsEmpty();
    expect(service.files('Badmail')).toEqual([]);
  });
});
