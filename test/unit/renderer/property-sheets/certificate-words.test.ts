import { describe, expect, it } from 'vitest';
import type { CertificateRow } from '../../../../src-main/api/contract';
import {
  certificateChoices,
  certificateName,
} from '../../../../src-renderer/property-sheets/certificate-words';

const row = (id: string, name: string, part: Partial<CertificateRow> = {}): CertificateRow =>
  ({ id, name, state: 'ready', names: [`${id}.corp.test`], ...part }) as CertificateRow;

describe('certificates to choose from', () => {
  it('are those that can be used, and the chosen one whatever it is', () => {
    const rows = [row('a', 'Relay'), row('b', 'Asked for', { state: 'requested' })];
    expect(certificateChoices(rows, '')).toEqual([{ value: 'a', label: 'Relay' }]);
    expect(certificateChoices(rows, 'b')).toHaveLength(2);
    expect(certificateChoices(rows, 'c').at(-1)).toEqual({
      value: 'c',
      label: 'Not on this computer any more',
    });
  });

  it('are told apart where they have one name', () => {
    const rows = [row('a', 'Relay'), row('b', 'Relay')];
    expect(certificateChoices(rows, '').map(({ label }) => label)).toEqual([
      'Relay (a.corp.test)',
      'Relay (b.corp.test)',
    ]);
  });

  it('are not called gone before the list is here', () => {
    expect(certificateName('a', undefined)).toBe('a');
    expect(certificateChoices(undefined, 'a')).toEqual([{ value: 'a', label: 'a' }]);
    expect(certificateName('', [])).toBe('');
  });
});
