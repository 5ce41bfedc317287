import { describe, expect, it } from 'vitest';
import { switchableVerbs } from '../../../../../src-main/api/contract';
import { formatBanner } from '../../../../../src-main/engine/smtp-in/replies';
import { formatRfc822Date } from '../../../../../src-main/engine/smtp-in/rfc822-date';
import { greetingLine } from '../../../../../src-renderer/property-sheets/server/protocol/greeting-line';
import {
  isOffered,
  whyNotOffered,
  withSwitched,
} from '../../../../../src-renderer/property-sheets/server/protocol/verb-words';

describe('the greeting in the sheet', () => {
  const now = new Date(Date.UTC(2026, 2, 5, 7, 8, 9));
  it.each(['', 'ESMTP', 'at your service'])('"%s" is what the service says', (greeting) => {
    const facts = { fqdn: 'mx.corp.test', version: '1.2.3', greeting };
    const said = formatBanner({ ...facts, date: formatRfc822Date(now.getTime()) });
    expect(greetingLine({ ...facts, now })).toBe(said.trimEnd());
  });
});

describe('extensions', () => {
  it('are listed when they are off, in the order of the reply', () => {
    expect(withSwitched([], 'HELP')).toEqual(['HELP']);
    expect(withSwitched(['HELP'], 'DSN')).toEqual(['DSN', 'HELP']);
    expect(withSwitched(['DSN', 'HELP'], 'HELP')).toEqual(['DSN']);
    const all = switchableVerbs.toReversed().reduce(withSwitched, [] as ReturnType<typeof withSwitched>);
    expect(all).toEqual([...switchableVerbs]);
  });

  it('have no BINARYMIME without CHUNKING', () => {
    expect(isOffered('BINARYMIME', [])).toBe(true);
    expect(isOffered('BINARYMIME', ['CHUNKING'])).toBe(false);
    expect(whyNotOffered('BINARYMIME', ['CHUNKING'])).toBe('Needs CHUNKING.');
    expect(isOffered('CHUNKING', ['BINARYMIME'])).toBe(true);
    expect(whyNotOffered('HELP', ['HELP'])).toBeUndefined();
  });
});
