import { describe, expect, it } from 'vitest';
import { changeSubjects } from '../../../../src-main/api/change-subjects';
import { actionWord, fieldWords } from '../../../../src-renderer/changes/change-words';

const serverName = (id: number): string | undefined => (id === 1 ? 'Default SMTP Virtual Server' : undefined);

describe('a change in words', () => {
  it.each([
    ['servers.1.smartHost', 'Smart host (Default SMTP Virtual Server)'],
    ['servers.7.smartHost', 'Smart host (virtual server 7)'],
    ['servers.1.domains.example.com.port', 'TCP port (example.com, Default SMTP Virtual Server)'],
    ['servers.1.domains.*.example.com', 'Domain *.example.com (Default SMTP Virtual Server)'],
    ['servers.1.bindings', 'IP address and TCP port (Default SMTP Virtual Server)'],
    ['servers.1.constructor', 'constructor (Default SMTP Virtual Server)'],
    ['accounts.scanner.isEnabled', 'accounts.scanner.isEnabled'],
    ['servers.1', 'servers.1'],
  ])('names the field %s "%s"', (field, words) => {
    expect(fieldWords(field, serverName)).toBe(words);
  });

  it('names everything that is recorded', () => {
    const recorded = Object.keys(changeSubjects).filter((path) => changeSubjects[path] !== 'nothing');
    expect(recorded.filter((path) => actionWord(path) === path)).toEqual([]);
  });

  it('names a procedure that it does not know by its own name', () => {
    expect(actionWord('servers.stop')).toBe('Stopped');
    expect(actionWord('new.procedure')).toBe('new.procedure');
  });
});
