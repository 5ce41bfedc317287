import { array, assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressDomainsOf,
  authorDomainOf,
  chooseSignedFields,
  type HeaderField,
  readFields,
} from '../../../../src-main/engine/delivery/dkim-header';

const fieldsOf = (header: string): HeaderField[] => {
  const fields = readFields(header);
  if (!fields) throw new Error('not readable');
  return fields;
};
const authorOf = (...lines: string[]): string | undefined =>
  authorDomainOf(fieldsOf(lines.map((line) => `${line}\r\n`).join('')));

describe('the fields of a header', () => {
  it('are in the form that RFC 6376 section 3.4.2 signs', () => {
    expect(fieldsOf('A: X\r\nB : Y\t\r\n\tZ  \r\n').map(({ relaxed }) => relaxed)).toEqual(['a:X', 'b:Y Z']);
  });

  it('keep white space that is none in mail', () => {
    expect(fieldsOf('A: \u00a0x\u00a0\r\n')[0]?.relaxed).toBe('a:\u00a0x\u00a0');
  });

  it.each([
    ['a line without a colon', 'From: a@b.test\r\nhello\r\n'],
    ['a folded line with nothing before it', ' x\r\nFrom: a@b.test\r\n'],
    ['the envelope line of a mailbox file', 'From ann Mon Nov 23 10:00:00 2026\r\nFrom: a@b.test\r\n'],
    ['a name with a space inside', 'Some thing: x\r\n'],
    ['a name with 8-bit letters', 'S\u00fcbject: x\r\n'],
    ['more fields than mail has', 'X: y\r\n'.repeat(2_001)],
  ])('cannot be read with %s', (_, header) => {
    expect(readFields(header)).toBeUndefined();
  });
});

describe('whose domain a message is from', () => {
  it.each([
    ['From: ann@corp.test', 'corp.test'],
    ['From: <ann@corp.test>', 'corp.test'],
    ['FROM : Ann <ann@CORP.test>', 'corp.test'],
    ['From: "Ann, of evil@evil.test" <ann@corp.test>', 'corp.test'],
    ['From: evil@evil.test <ann@corp.test>', 'corp.test'],
    ['From: ann@corp.test (Ann (of "sales))', 'corp.test'],
    ['From: "a@b"@corp.test', 'corp.test'],
    ['From: <@relay.test,@other.test:ann@corp.test>', 'corp.test'],
    ['From: ann@corp . test', 'corp.test'],
    ['From: ann@corp.test, ben@corp.test', 'corp.test'],
    ['From: Sales: ann@corp.test, ben@CORP.TEST;', 'corp.test'],
    ['From: ann@b\u00c3\u00bccher.test', 'xn--bcher-kva.test'],
  ])('is that of %s', (line, domain) => {
    expect(authorOf('Subject: x', line)).toBe(domain);
  });

  it.each([
    ['no From', ['Sender: ann@corp.test']],
    ['two From', ['From: ann@corp.test', 'from: ann@corp.test']],
    ['authors of two domains', ['From: ann@corp.test, ben@other.test']],
    ['an author without a domain', ['From: ann']],
    ['nobody', ['From: Undisclosed: ;']],
    ['an empty From', ['From: ']],
    ['the null address', ['From: <>']],
    ['an open quote', ['From: "Ann <ann@corp.test>']],
    ['an open bracket', ['From: Ann <ann@corp.test']],
    ['an address literal', ['From: ann@[192.0.2.1]']],
    ['two at signs', ['From: ann@evil.test@corp.test']],
    ['text behind the address', ['From: <ann@corp.test> evil@evil.test']],
    ['what is no name', ['From: ann@evil\u0000.corp.test']],
  ])('is not known with %s', (_, lines) => {
    expect(authorOf(...lines)).toBeUndefined();
  });

  it('is read from any text without trouble', () => {
    const hostile = string({ unit: constantFrom(...'<>()"\\[]:;,@.a \t'), maxLength: 80 });
    assert(
      property(hostile, (text) => {
        addressDomainsOf(text);
      }),
      { numRuns: 5_000 },
    );
    expect(addressDomainsOf('('.repeat(200_000))).toBeUndefined();
    expect(addressDomainsOf('a@b.test,'.repeat(20_000))).toHaveLength(20_000);
  });
});

describe('the fields that are signed', () => {
  it('cannot be added later where that would change who or what the message is', () => {
    const { names } = chooseSignedFields(fieldsOf('From: a@b.test\r\nDate: x\r\n')) ?? { names: [] };
    expect(names.join(':')).toBe('from:from:reply-to:subject:to:cc:date:date');
  });

  it('may come on the way where hosts add what is missing', () => {
    const { names } = chooseSignedFields(fieldsOf('From: a@b.test\r\nReceived: x\r\nX-Other: y\r\n')) ?? {
      names: [],
    };
    for (const added of ['date', 'message-id', 'sender', 'mime-version', 'received', 'x-other'])
      expect(names).not.toContain(added);
  });

  it('are the last one first where a field stands twice', () => {
    const chosen = chooseSignedFields(fieldsOf('References: one\r\nFrom: a@b.test\r\nReferences: two\r\n'));
    expect(chosen?.text).toBe('from:a@b.test\r\nreferences:two\r\nreferences:one\r\n');
  });

  it('are not more than a header can name', () => {
    expect(
      chooseSignedFields(fieldsOf(`From: a@b.test\r\n${'References: x\r\n'.repeat(300)}`)),
    ).toBeUndefined();
  });

  it('are named as often as they are there, and at most once more, whatever the header is', () => {
    const names = ['From', 'To', 'Subject', 'Date', 'References', 'Received', 'Sender', 'X-Any'];
    assert(
      property(array(constantFrom(...names), { maxLength: 12 }), (lines) => {
        const fields = fieldsOf(lines.map((name) => `${name}: a@b.test\r\n`).join(''));
        const chosen = chooseSignedFields(fields);
        const signed = chosen?.names ?? [];
        for (const name of new Set(signed)) {
          const present = fields.filter((field) => field.name === name).length;
          const named = signed.filter((each) => each === name).length;
          expect([present, present + 1]).toContain(named);
        }
        expect(signed.filter((name) => name === 'from').length).toBe(
          fields.filter(({ name }) => name === 'from').length + 1,
        );
        // Each that is there is signed once, and no other.
        const lineCount = (chosen?.text.match(/\r\n/g) ?? []).length;
        const covered = fields.filter(({ name }) => signed.includes(name)).length;
        expect(lineCount).toBe(covered);
      }),
    );
  });
});
