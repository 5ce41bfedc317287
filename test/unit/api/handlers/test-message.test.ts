import { describe, expect, it } from 'vitest';
import { buildTestMessage } from '../../../../src-main/api/handlers/test-message';

const build = (change: object): string =>
  Buffer.from(
    buildTestMessage({ from: 'a@corp.test', to: ['b@corp.test'], subject: 'Hello', text: 'Text', ...change }),
  ).toString('latin1');

describe('test message', () => {
  it('is plain ASCII with short lines, whatever the text', () => {
    const message = build({ subject: 'Grüße', text: `${'ä'.repeat(3000)}\n.\n` });
    expect(message).toMatch(/^[\r\n -~]*$/);
    for (const line of message.split('\r\n')) expect(line.length).toBeLessThan(998);
    expect(Buffer.from(message.split('\r\n\r\n')[1] ?? '', 'base64').toString()).toBe(
      `${'ä'.repeat(3000)}\r\n.\r\n`,
    );
  });

  it('a line break in the subject starts no header line', () => {
    expect(build({ subject: 'x\r\nBcc: hidden@corp.test' })).not.toMatch(/^Bcc:/m);
  });

  it('names every recipient in To', () => {
    expect(build({ to: ['b@corp.test', 'c@corp.test'] })).toContain('To: <b@corp.test>,\r\n <c@corp.test>');
  });
});
