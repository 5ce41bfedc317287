import { describe, expect, it } from 'vitest';
import { createStatus } from '../../../../src-main/engine/core/smtp-status';
import { explainStatus } from '../../../../src-main/engine/dsn/plain-words';

describe('plain words', () => {
  it.each([
    [550, '5.1.1', /not known/],
    [552, '5.2.2', /mailbox is full/],
    [552, '5.3.4', /too large/],
    [451, '4.4.1', /did not answer/],
    [552, '4.4.7', /in time/],
    [554, '5.4.6', /circle/],
    [550, '5.7.1', /refuses/],
    [550, '5.7.26', /refuses the message/],
    [550, '5.9.9', /did not take/],
    [550, '5.0.0', /did not take/],
    [550, 'constructor.x.y', /did not take/],
    [550, '5.__proto__.1', /did not take/],
  ])('%i %s', (code, enhanced, expected) => {
    const { happened, advice } = explainStatus(createStatus(code, enhanced, 'x'));
    expect(happened).toMatch(expected);
    expect(advice).toMatch(/\.$/);
  });
});
