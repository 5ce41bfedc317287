import { describe, expect, it } from 'vitest';
import { createStatus, parseReply } from '../../../../src-main/engine/core/smtp-status';
import { explainStatus } from '../../../../src-main/engine/dsn/plain-words';

describe('plain words for a code', () => {
  it.each([
    // Codes that this family of services was known for.
    [451, '4.3.1', /no room/],
    [554, '5.3.2', /removed from the queue by an administrator/],
    [451, '4.4.1', /did not answer/],
    [451, '4.4.2', /broke/],
    [554, '4.4.6', /circle/],
    [554, '4.4.7', /in time/],
    [550, '5.0.0', /did not take/],
    [550, '5.1.1', /not known/],
    [553, '5.1.3', /not written correctly/],
    [550, '5.2.1', /closed/],
    [552, '5.2.3', /too large/],
    [552, '5.3.3', /no room/],
    [550, '5.4.0', /could not be found/],
    [550, '5.4.4', /No way/],
    [554, '5.4.6', /circle/],
    [554, '5.4.8', /circle/],
    [550, '5.5.0', /log-in/],
    [550, '5.7.1', /refuses/],
    // And others.
    [552, '5.2.2', /mailbox is full/],
    [552, '5.3.4', /too large/],
    [550, '5.1.10', /takes no mail/],
    [550, '5.7.26', /SPF, DKIM or DMARC/],
    [550, '5.7.999', /refuses the message/],
    [550, '5.9.9', /did not take/],
    [550, 'constructor.x.y', /did not take/],
    [550, '5.__proto__.1', /did not take/],
  ])('%i %s', (code, enhanced, expected) => {
    const { happened, advice } = explainStatus(createStatus(code, enhanced, 'x'));
    expect(happened).toMatch(expected);
    expect(advice).toMatch(/\.$/);
  });
});

describe('plain words for what providers write', () => {
  it.each([
    [
      '530 5.7.57 Client not authenticated to send mail. Error: 535 5.7.139 Authentication unsuccessful',
      /after a log-in/,
    ],
    [
      '550 5.7.60 SMTP; Client does not have permissions to send as this sender',
      /may not send under your address/,
    ],
    [
      '550-5.7.26 This mail has been blocked because the sender is unauthenticated.\n550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM.\n550 5.7.26  For instructions see https://support.google.com/mail/answer/81126',
      /comes from your domain/,
    ],
    ['550 5.7.1 SPF check failed: 192.0.2.7 is not allowed to send mail from corp.test', /SPF record/],
    ['550 5.7.1 DKIM signature missing', /DKIM/],
    ['550 5.7.1 Email rejected per DMARC policy for corp.test', /DMARC/],
    ['550 5.7.509 Access denied, sending domain does not pass DMARC verification', /DMARC/],
    ['550 5.4.1 Recipient address rejected: Access denied. [AS(201806281)]', /not known/],
    ['550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup', /not known/],
    ['550 5.1.8 Access denied, bad outbound sender AS(42003)', /account was blocked/],
    [
      '452 4.2.2 The email account that you tried to reach is over quota. Please direct the recipient to',
      /mailbox is full/,
    ],
    ['552 Requested mail action aborted: mailbox is full', /mailbox is full/],
    ['550 Mailbox quota exceeded', /mailbox is full/],
    [
      '550 5.2.1 The email account that you tried to reach is disabled. Learn more at https://support.google.com/',
      /closed/,
    ],
    [
      '450 4.2.0 <b@far.test>: Recipient address rejected: Greylisted, see http://postgrey.test/',
      /wait for a/,
    ],
    ['451 4.7.1 Greylisting in action, please come back later', /wait for a while/],
    ['554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org', /block list/],
    ['550 SC-001 Mail rejected by Outlook.com for policy reasons; on our block list (S3140)', /block list/],
    ['550 5.7.1 Our system has detected that this message is likely unsolicited mail.', /advertising/],
    ['550 5.7.1 <b@far.test>: Relay access denied', /does not forward/],
    ['550 5.7.1 Unable to relay', /does not forward/],
    ['550 5.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.7]', /name in DNS/],
    ['550 No such user here', /not known/],
    ['550 Requested action not taken: mailbox unavailable', /not known/],
    ['530 Authentication required', /wants a log-in/],
    ['530 5.7.0 Must issue a STARTTLS command first', /encrypted/],
    [
      '552-5.7.0 This message was blocked because its content presents a potential\n552 5.7.0 security issue.',
      /files/,
    ],
    ['421 4.7.0 Too many messages, try again later', /only so much/],
    ['421 4.3.2 Service not available, closing channel', /takes no mail at the moment/],
    ['550 5.7.1 Command rejected', /refuses to take/],
  ])('%s', (reply, expected) => {
    const { happened, advice } = explainStatus(parseReply(Number(reply.slice(0, 3)), reply));
    expect(happened).toMatch(expected);
    expect(advice).toMatch(/\.$/);
  });

  it('does not read our own sentences as a provider would mean them', () => {
    const own = createStatus(451, '4.4.1', 'mx.far.test: mailbox is full');
    expect(explainStatus(own).happened).toMatch(/did not answer/);
  });

  it('is found in no time in the longest reply', () => {
    const hostile = `550 5.7.1 ${'mailbox '.repeat(20_000)}`;
    expect(explainStatus(parseReply(550, hostile)).happened).toMatch(/refuses/);
  });
});
