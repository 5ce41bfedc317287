import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQuery, type Term } from '../../../src-main/mail-index/query';
import { compileQuery } from '../../../src-main/mail-index/query-sql';

const nowMs = new Date(2026, 10, 24, 15, 30).getTime();
const context = {
  nowMs,
  servers: [
    { id: 1, name: 'Default SMTP Virtual Server' },
    { id: 2, name: 'Lab' },
  ],
};
const read = (query: string) => readQuery(query, context);
const day = (year: number, month: number, date: number) => new Date(year, month - 1, date).getTime();
const text = (value: string, isPrefix = true, field = 'any') => ({
  kind: 'text',
  field,
  text: value,
  isPrefix,
});

describe('a query', () => {
  it.each<[string, object[]]>([
    ['', []],
    ['  invoice  ', [text('invoice')]],
    ['inv*', [text('inv')]],
    ['daily report', [text('daily'), text('report')]],
    ['"daily report"', [text('daily report', false)]],
    ['ann@corp.test', [text('ann@corp.test')]],
    ['Re:', [text('Re:')]],
    ['http://x.test/a', [text('http://x.test/a')]],
    ['FROM:ann', [text('ann', true, 'from')]],
    ['from:"Ann Smith"', [text('Ann Smith', true, 'from')]],
    ['to:bob@x.test', [text('bob@x.test', true, 'to')]],
    ['subject:größe', [text('größe', true, 'subject')]],
    ['has:attachment', [{ kind: 'attachment' }]],
    ['has:attachments', [{ kind: 'attachment' }]],
    ['before:2026-11-24', [{ kind: 'before', at: day(2026, 11, 24) }]],
    ['after:2026/2', [{ kind: 'after', at: day(2026, 2, 1) }]],
    ['after:2026', [{ kind: 'after', at: day(2026, 1, 1) }]],
    ['after:7d', [{ kind: 'after', at: nowMs - 7 * 86_400_000 }]],
    ['after:12h', [{ kind: 'after', at: nowMs - 12 * 3_600_000 }]],
    ['after:today', [{ kind: 'after', at: day(2026, 11, 24) }]],
    ['before:yesterday', [{ kind: 'before', at: day(2026, 11, 23) }]],
    ['larger:2MB', [{ kind: 'larger', bytes: 2 * 1024 * 1024 }]],
    ['smaller:1.5k', [{ kind: 'smaller', bytes: 1536 }]],
    ['larger:100', [{ kind: 'larger', bytes: 100 }]],
    ['server:lab', [{ kind: 'server', id: 2 }]],
    ['server:1', [{ kind: 'server', id: 1 }]],
    ['server:"default smtp"', [{ kind: 'server', id: 1 }]],
    ['in:Drop', [{ kind: 'in', folder: 'drop' }]],
    ['is:unread', [{ kind: 'is', state: 'unread' }]],
    ['is:starred', [{ kind: 'is', state: 'starred' }]],
    ['tag:todo', [{ kind: 'tag', name: 'todo' }]],
    ['conversation:19af3c', [{ kind: 'conversation', of: '19af3c' }]],
    ['CONVERSATION:"a file.eml"', [{ kind: 'conversation', of: 'a file.eml' }]],
    ['header:X-Mailer', [{ kind: 'header', name: 'x-mailer' }]],
    ['header:X-Mailer=Outlook', [{ kind: 'header', name: 'x-mailer', text: 'Outlook' }]],
    ['header:X-Mailer="Out look"', [{ kind: 'header', name: 'x-mailer', text: 'Out look' }]],
  ])('%s is understood', (query, terms) => {
    expect(read(query)).toEqual({ terms: terms.map((term) => ({ ...term, isExcluded: false })), faults: [] });
  });

  it('leaves out what follows a minus, and a minus alone is no word', () => {
    expect(read('-spam -in:queue').terms.map(({ kind, isExcluded }) => [kind, isExcluded])).toEqual([
      ['text', true],
      ['in', true],
    ]);
    expect(read('a - b').faults).toHaveLength(1);
    expect(read('well-known').terms).toEqual([{ ...text('well-known'), isExcluded: false }]);
  });

  it.each<[string, number, RegExp]>([
    ['!!!', 0, /letters or digits/],
    ['report from:', 7, /after from:/],
    ['has:cat', 4, /attachment/],
    ['before:soon', 7, /2026-11-24/],
    ['after:2026-02-30', 6, /no time/],
    ['larger:big', 7, /500KB/],
    ['server:none', 7, /no virtual server/],
    ['in:trash', 3, /drop, queue, badmail, pickup/],
    ['is:odd', 3, /unread, read, starred/],
    ['header:a"b c"', 7, /header:Name=value/],
    ['"open', 0, /not closed/],
  ])('%s is told about', (query, at, words) => {
    const { faults } = read(query);
    expect(faults).toEqual([{ at, text: expect.stringMatching(words) }]);
  });

  it('has fifty terms at most', () => {
    const { terms, faults } = read('a '.repeat(60));
    expect(terms).toHaveLength(50);
    expect(faults).toHaveLength(1);
  });
});

describe('what goes to the database', () => {
  it('has every word of a person in quotes or as a bound value', () => {
    const of = (query: string) => compileQuery(read(query).terms);
    expect(of('a" OR b').match).toBe(
      '{from_text to_text subject body files ids} : ("a OR b" *)'.replace('" *)', '")'),
    );
    expect(of('NEAR( x').match).toContain('("NEAR(" *)');
    expect(of("tag:');DROP").where.join(' ')).not.toContain('DROP');
  });

  it('takes places of one kind as any of them', () => {
    expect(compileQuery(read('in:drop in:badmail server:1').terms).match).toBe(
      '(place : "s1") AND (place : "fdrop" OR place : "fbadmail")',
    );
  });

  it('never holds a mark that is not doubled, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60, unit: 'binary' }), (value) => {
        const terms: Term[] = [
          { kind: 'text', field: 'any', text: value, isPrefix: true, isExcluded: false },
        ];
        const match = compileQuery(terms).match ?? '';
        const inside = match.slice(match.indexOf('("') + 2, match.lastIndexOf('" *'));
        expect(inside.replaceAll('""', '')).not.toContain('"');
        expect(inside).not.toContain('\u0000');
      }),
    );
  });
});
