import { describe, expect, it } from 'vitest';
import {
  type DomainDraft,
  findNameFault,
  findSmartHostFault,
} from '../../../../../src-renderer/wizards/new-domain/draft';

const draft = (part: Partial<DomainDraft>): DomainDraft => ({
  type: 'remote',
  name: '',
  isRelayAllowed: false,
  smartHost: '',
  hasSmartHost: false,
  ...part,
});

describe('the name of a new domain', () => {
  it.each([
    ['remote', 'example.com', true],
    ['remote', '*.example.com', true],
    ['remote', 'ex*mple.com', false],
    ['remote', '*', false],
    ['remote', '', false],
    ['alias', 'example.com', true],
    ['alias', '*.example.com', false],
    ['alias', ' example.com ', true],
    ['alias', 'Taken.Test', false],
    ['remote', 'taken.test', false],
  ] as const)('%s %j is right: %s', (type, name, isRight) => {
    expect(findNameFault(draft({ type, name }), ['taken.test']) === undefined).toBe(isRight);
  });
});

describe('the smart host of a new domain', () => {
  it('matters only when it is chosen', () => {
    expect(findSmartHostFault(draft({ smartHost: 'not a host' }))).toBeUndefined();
    expect(findSmartHostFault(draft({ type: 'alias', hasSmartHost: true }))).toBeUndefined();
  });

  it.each([
    ['', false],
    ['relay.test', true],
    ['[10.0.0.1]', true],
    ['10.0.0.1', false],
  ])('%j is right: %s', (smartHost, isRight) => {
    expect(findSmartHostFault(draft({ hasSmartHost: true, smartHost })) === undefined).toBe(isRight);
  });
});
