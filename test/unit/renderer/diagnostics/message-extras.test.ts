import { describe, expect, it } from 'vitest';
import { parseHeaders } from '../../../../src-renderer/diagnostics/message-extras';

describe('header fields as typed', () => {
  it('are one in a line; empty lines are none', () => {
    expect(parseHeaders('X-Priority: 1\n\n  List-Id:  <a.b> \nX-Empty:')).toEqual({
      headers: [
        { name: 'X-Priority', value: '1' },
        { name: 'List-Id', value: '<a.b>' },
        { name: 'X-Empty', value: '' },
      ],
    });
  });
  it.each(['no field', 'X Y: 1', ': value'])('"%s" is told to be none', (line) => {
    expect(parseHeaders(line)).toMatchObject({ fault: expect.stringContaining('is no header field') });
  });
});
