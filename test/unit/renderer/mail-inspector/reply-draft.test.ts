import { describe, expect, it } from 'vitest';
import { draftReply } from '../../../../src-renderer/mail-inspector/reply-draft';

const known = { sender: 'bounce@line.test', recipient: 'ann@corp.test', subject: 'Daily' };
const summary = {
  from: { name: 'App', address: 'app@line.test' },
  replyTo: [],
  subject: 'Daily report',
  text: 'All is well.\r\n> quoted\r\n',
  messageId: '<2@line.test>',
  references: ['<1@line.test>'],
};

describe('an answer to a message', () => {
  it('goes to the author, quotes, and continues the conversation', () => {
    expect(draftReply(summary, known)).toEqual({
      to: 'app@line.test',
      from: 'ann@corp.test',
      subject: 'Re: Daily report',
      text: '\n\napp@line.test wrote:\n> All is well.\n>> quoted\n>\n'.replace(/\n>\n$/, '\n>\n'),
      headers: 'In-Reply-To: <2@line.test>\nReferences: <1@line.test> <2@line.test>',
    });
  });
  it('goes where Reply-To says', () => {
    const replyTo = [{ name: '', address: 'desk@line.test' }];
    expect(draftReply({ ...summary, replyTo }, known).to).toBe('desk@line.test');
  });
  it('does not pile up Re:', () => {
    expect(draftReply({ ...summary, subject: 'RE: x' }, known).subject).toBe('RE: x');
  });
  it('goes to the envelope sender when the message could not be read', () => {
    expect(draftReply(undefined, known)).toMatchObject({
      to: 'bounce@line.test',
      subject: 'Re: Daily',
      text: '',
      headers: '',
    });
  });
  it('takes nothing over that is no message id', () => {
    const hostile = { ...summary, messageId: '<a>\r\nBcc: x', references: ['<b c>', 'x'] };
    expect(draftReply(hostile, known).headers).toBe('');
  });
});
