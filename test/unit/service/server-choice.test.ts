import { describe, expect, it } from 'vitest';
import { chooseServer } from '../../../src-main/service/server-choice';

const servers = [
  { id: 1, name: 'Default SMTP Virtual Server' },
  { id: 2, name: 'Scanner' },
  { id: 3, name: '1' },
];

describe('which virtual server is meant', () => {
  it.each([
    ['Scanner', 2],
    ['SCANNER', 2],
    [' scanner ', 2],
    ['2', 2],
    ['1', 3],
  ])('%j', (given, id) => {
    expect(chooseServer(servers, given).id).toBe(id);
  });

  it('is the only one when none is named', () => {
    expect(chooseServer(servers.slice(0, 1), undefined).id).toBe(1);
  });

  it('must be said when there are several', () => {
    expect(() => chooseServer(servers, undefined)).toThrow('"Default SMTP Virtual Server", "Scanner", "1"');
  });

  it('is refused when there is no such one', () => {
    expect(() => chooseServer(servers, 'scan')).toThrow('There is no virtual server "scan".');
    expect(() => chooseServer([], undefined)).toThrow('mailroot server create');
  });
});
