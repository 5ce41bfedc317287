import { describe, expect, it } from 'vitest';
import { binding } from '../../../../../src-main/api/contract';
import {
  bindingOf,
  draftFieldOf,
  findDraftFaults,
  type ServerDraft,
} from '../../../../../src-renderer/wizards/new-server/draft';

const draft: ServerDraft = {
  name: 'Scanners',
  address: '',
  port: '25',
  homeDirectory: '/srv/scanners',
  defaultDomain: 'scan.test',
};

describe('a new virtual server', () => {
  it('is right with a name, an address, a folder and a domain', () => {
    expect(findDraftFaults(draft)).toEqual({});
    expect(bindingOf(draft)).toEqual(binding.parse({ address: '', port: 25 }));
  });

  it.each([
    [{ name: '  ' }, 'name'],
    [{ address: '10.0.0.300' }, 'address'],
    [{ address: 'localhost' }, 'address'],
    [{ port: '' }, 'port'],
    [{ port: '25a' }, 'port'],
    [{ port: '65536' }, 'port'],
    [{ port: '0' }, 'port'],
    [{ homeDirectory: '' }, 'homeDirectory'],
    [{ homeDirectory: 'relative/path' }, 'homeDirectory'],
    [{ defaultDomain: '' }, 'defaultDomain'],
    [{ defaultDomain: 'a b' }, 'defaultDomain'],
    [{ defaultDomain: 'user@corp.test' }, 'defaultDomain'],
    [{ defaultDomain: '*.corp.test' }, 'defaultDomain'],
    [{ defaultDomain: '.corp.test' }, 'defaultDomain'],
  ])('with %j is wrong at %s alone', (part, field) => {
    expect(Object.keys(findDraftFaults({ ...draft, ...part }))).toEqual([field]);
  });

  it.each([
    ['bindings.0', 'address'],
    ['bindings.0.port', 'port'],
    ['bindings.0.address', 'address'],
    ['name', 'name'],
    ['homeDirectory', 'homeDirectory'],
    ['defaultDomain', 'defaultDomain'],
    ['domains.0.name', 'defaultDomain'],
    ['maxHops', undefined],
  ])('shows a refusal of %s at %s', (path, field) => {
    expect(draftFieldOf(path)).toBe(field);
  });
});
