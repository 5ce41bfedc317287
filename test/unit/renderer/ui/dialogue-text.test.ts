import { describe, expect, it } from 'vitest';
import { dialogueTexts, visibleText } from '../../../../src-renderer/ui/dialogue-text';

describe('what a peer said', () => {
  it.each([
    ['MAIL FROM:<ann@example.com>', 'MAIL FROM:<ann@example.com>'],
    ['RCPT TO:<jürgen@例え.test>\t', 'RCPT TO:<jürgen@例え.test>\t'],
    ['HELO \u202emoc.elpmaxe', 'HELO \\u202emoc.elpmaxe'],
    ['NOOP \u001b[31m\u0007\u009b', 'NOOP \\u001b[31m\\u0007\\u009b'],
    ['QUIT\n250 OK\u2028\u200b', 'QUIT\\u000a250 OK\\u2028\\u200b'],
  ])('%j is shown as %j', (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it('is copied as it is shown', () => {
    expect(dialogueTexts([{ at: 0, side: 'client', text: 'NOOP \u202e' }])).toEqual([
      '00:00:00.000 → NOOP \\u202e',
    ]);
  });
});
