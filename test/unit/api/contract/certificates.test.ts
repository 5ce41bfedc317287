import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { certificates } from '../../../../src-main/api/contract';

const schema = certificates.createRequest['~orpc'].inputSchema as z.ZodType;
const isTaken = (organization: string): boolean =>
  schema.safeParse({ name: 'one', names: ['a.test'], organization }).success;

describe('the subject of a certificate request', () => {
  it('is text of any language', () => {
    expect(
      ['', 'Example Ltd.', 'M\u00fcller & S\u00f6hne', '\u4f8b\u3048', '\u{1f600}'].filter(isTaken),
    ).toHaveLength(5);
  });

  it('has no half characters, which no certificate can hold, and no control characters', () => {
    expect(['\ud800', 'a\udc00b', 'a\r\nb', '\u0000'].filter(isTaken)).toEqual([]);
  });
});
