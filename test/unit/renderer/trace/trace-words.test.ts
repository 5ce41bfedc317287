import { describe, expect, it } from 'vitest';
import { endsOf } from '../../../../src-renderer/trace/trace-words';

describe('what became of a message', () => {
  it('names one recipient, and counts more of a kind', () => {
    expect(
      endsOf([
        { address: 'a@x.test', outcome: 'bounced' },
        { address: 'b@x.test', outcome: 'relayed' },
        { address: 'c@x.test', outcome: 'relayed' },
      ]),
    ).toEqual([
      { outcome: 'relayed', text: 'Relayed: 2 recipients' },
      { outcome: 'bounced', text: 'Returned: a@x.test' },
    ]);
    expect(endsOf([])).toEqual([]);
  });
});
