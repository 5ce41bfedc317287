import { describe, expect, it } from 'vitest';
import { decideIdentity } from '../../../../src-main/engine/queue/default-sender';
import { scanHeader } from '../../../../src-main/engine/queue/header-scan';
import { bytes } from './fixture';

const defaultSender = 'app@corp.test';

/** "sender | address of the From field to add" */
function decide(sender: string, header: string, change: { own?: boolean; none?: boolean } = {}): string {
  const identity = decideIdentity(
    { sender, defaultSender: change.none ? '' : defaultSender, isOwnNotification: change.own === true },
    scanHeader(bytes(`${header}\r\n`)),
  );
  return `${identity.sender} | ${identity.from ?? ''}`.trim();
}

describe('the default sender', () => {
  it.each([
    ['stands for an empty reverse-path', '', 'From: a@x.test\r\n', 'app@corp.test |'],
    ['stands for a missing From too', '', 'Subject: x\r\n', 'app@corp.test | app@corp.test'],
    ['stands for a missing From alone', 'a@x.test', 'Subject: x\r\n', 'a@x.test | app@corp.test'],
    ['stands for an empty From', 'a@x.test', 'From: \r\n', 'a@x.test | app@corp.test'],
    ['does not stand for who is named', 'a@x.test', 'From: b@x.test\r\n', 'a@x.test |'],
    [
      'is not needed where one of two From fields names somebody',
      'a@x.test',
      'From:\r\nFrom: b@x.test\r\n',
      'a@x.test |',
    ],
    [
      'stands for programs that send of themselves',
      'a@x.test',
      'Auto-Submitted: auto-generated\r\n',
      'a@x.test | app@corp.test',
    ],
    [
      'stands where a program says that a person sent it',
      '',
      'Auto-Submitted: no; x=y\r\nFrom: a@x.test\r\n',
      'app@corp.test |',
    ],
    [
      'stands for other multiparts',
      '',
      'From: a@x.test\r\nContent-Type: multipart/reporting; boundary=x\r\n',
      'app@corp.test |',
    ],
    ['is not misled by a name', '', 'From: Postmasters <p@x.test>\r\n', 'app@corp.test |'],
  ])('%s', (_claim, sender, header, expected) => {
    expect(decide(sender, header)).toBe(expected);
  });

  it.each([
    ['a report', 'Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n'],
    ['a read receipt', 'content-type:\r\n Multipart/Report;\r\n boundary=x\r\n'],
    ['an answer of a program', 'Auto-Submitted: auto-replied\r\n'],
    ['... with a comment', 'Auto-Submitted: auto-replied (vacation)\r\n'],
    ['mail that a program made', 'Auto-Submitted: auto-generated\r\n'],
    ['mail for many', 'Precedence: bulk\r\n'],
    ['an answer of an old program', 'Precedence: auto_reply\r\n'],
    ['a report of Exim', 'X-Failed-Recipients: a@x.test\r\nAuto-Submitted: auto-replied\r\n'],
    ['a report of qmail', 'From: MAILER-DAEMON@x.test\r\nSubject: failure notice\r\n'],
    ['a report of sendmail', 'From: Mail Delivery Subsystem <mailer-daemon@x.test>\r\n'],
    ['a report of a post office', 'From: "Post Office" <Postmaster@x.test>\r\n'],
    ['a report of a bare name', 'From: MAILER-DAEMON (Mail Delivery System)\r\n'],
  ])('never stands for the sender of %s', (_what, header) => {
    expect(decide('', header)).toBe('|');
  });

  it('never touches our own notifications', () => {
    expect(decide('', 'Subject: x\r\n', { own: true })).toBe('|');
  });

  it('is nobody unless it is set', () => {
    expect(decide('', 'Subject: x\r\n', { none: true })).toBe('|');
  });
});
