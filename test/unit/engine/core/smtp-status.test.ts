import { describe, expect, it } from 'vitest';
import {
  createStatus,
  formatStatus,
  isPermanent,
  isSuccess,
  isTemporary,
  parseReply,
} from '../../../../src-main/engine/core/smtp-status';

describe('what a status means', () => {
  it.each([
    [250, 'success'],
    [299, 'success'],
    [354, 'temporary'],
    [421, 'temporary'],
    [451, 'temporary'],
    [550, 'permanent'],
    [599, 'permanent'],
    [600, 'temporary'],
    [0, 'temporary'],
  ])('%d is %s', (code, meaning) => {
    const status = createStatus(code, '4.0.0', 'text');
    expect([isSuccess(status), isTemporary(status), isPermanent(status)]).toEqual(
      ['success', 'temporary', 'permanent'].map((name) => name === meaning),
    );
  });
});

describe('a remote reply', () => {
  it.each([
    [550, '550 5.1.1 No such user', '550 5.1.1 No such user'],
    [550, '5.1.1 No such user', '550 5.1.1 No such user'],
    [550, 'No such user', '550 5.0.0 No such user'],
    [250, '250-2.0.0 one\n250 2.0.0 two', '250 2.0.0 one 2.0.0 two'],
    [451, '5.1.1 lies about its class', '451 4.0.0 5.1.1 lies about its class'],
    [undefined, 'connection reset', '451 4.0.0 connection reset'],
    [999, 'nonsense', '451 4.0.0 nonsense'],
    [199, 'nonsense', '451 4.0.0 nonsense'],
    [550, '550 5.1.1', '550 5.1.1 5.1.1'],
    [354, 'go ahead', '354 4.0.0 go ahead'],
  ])('%s "%s" is %s', (code, text, formatted) => {
    expect(formatStatus(parseReply(code, text))).toBe(formatted);
  });

  it('keeps the cause out of what others read', () => {
    const status = createStatus(451, '4.3.0', 'public', 'EIO on /secret');
    expect(formatStatus(status)).toBe('451 4.3.0 public');
    expect(status.cause).toBe('EIO on /secret');
    expect('cause' in createStatus(250, '2.0.0', 'ok')).toBe(false);
  });
});
