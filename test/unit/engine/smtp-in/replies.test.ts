import { describe, expect, it } from 'vitest';
import { formatStatus, type SmtpStatus } from '../../../../src-main/engine/core/smtp-status';
import {
  formatBanner,
  formatKeywords,
  replies,
  startMailInput,
} from '../../../../src-main/engine/smtp-in/replies';

const none = { auth: [], tls: false, turn: false, atrn: false, etrn: false };
const allOn = (): boolean => true;

describe('replies', () => {
  it('has the enhanced class of the reply code in every row', () => {
    for (const [name, reply] of Object.entries(replies)) {
      const fill = reply as (...facts: unknown[]) => SmtpStatus;
      const status: SmtpStatus = typeof reply === 'function' ? fill('x', 1) : reply;
      expect(status.enhanced, name).toMatch(new RegExp(`^${String(status.code)[0]}\\.\\d\\.\\d{1,2}$`));
      expect(status.text, name).toMatch(/^[ -~]+$/);
    }
  });

  it.each([
    [replies.senderOk('a@b.test'), '250 2.1.0 a@b.test....Sender OK'],
    [replies.recipientOk('a@b.test'), '250 2.1.5 a@b.test '],
    [replies.unableToRelay('a@b.test'), '550 5.7.1 Unable to relay for a@b.test'],
    [replies.queued('<1@x>'), '250 2.6.0 <1@x> Queued mail for delivery'],
    [replies.goodbye('h.test'), '221 2.0.0 h.test Service closing transmission channel'],
    [replies.notAvailable, '421 4.3.2 Service not available'],
    [replies.tooManyConnections, '421 4.3.2 Too many connections'],
    [replies.timedOut, '421 4.4.2 Connection timed out'],
  ])('says %o', (status, line) => {
    expect(formatStatus(status)).toBe(line);
  });

  it('greets with two spaces before the date and one behind it', () => {
    expect(formatBanner({ fqdn: 'h.test', version: '1.0', date: 'DATE', greeting: '' })).toBe(
      '220 h.test Mailroot ESMTP MAIL Service, Version: 1.0 ready at  DATE \r\n',
    );
  });

  it("greets with a text of one's own behind the name, without product, version and date", () => {
    const facts = { fqdn: 'h.test', version: '1.0', date: 'DATE', greeting: 'ESMTP' };
    expect(formatBanner(facts)).toBe('220 h.test ESMTP\r\n');
  });

  it('has no enhanced code in 354', () => {
    expect(startMailInput).toBe('354 Start mail input; end with <CRLF>.<CRLF>\r\n');
  });

  it('shows SIZE bare when there is no limit', () => {
    expect(formatKeywords(2048, none, allOn).split('\r\n')[0]).toBe('250-SIZE 2048');
    expect(formatKeywords(Number.POSITIVE_INFINITY, none, allOn).split('\r\n')[0]).toBe('250-SIZE');
  });
});
