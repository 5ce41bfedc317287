import { describe, expect, it } from 'vitest';
import { MessageGate } from '../../../../src-main/engine/directory/message-gate';
import { answerEnd, answerEntry, element, message } from './ldap-bytes';

const pass = (...chunks: readonly Buffer[]): string[] => {
  const gate = new MessageGate();
  return chunks.flatMap((chunk) => gate.push(chunk).map((each) => each.toString('hex')));
};
const hex = (bytes: Buffer): string => bytes.toString('hex');

describe('message gate', () => {
  const entry = answerEntry(2, 'cn=Ann', { mail: ['ann@corp.test'], cn: ['Ann', 'A'] });
  const end = answerEnd(2);

  it('lets entries and results through, however they are cut', () => {
    const all = Buffer.concat([entry, end]);
    const whole = [hex(entry), hex(end)];
    expect(pass(all)).toEqual(whole);
    expect(pass(...[...all].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });

  it('leaves out controls, references and notices', () => {
    const controls = element(0xa0, element(0x30, element(0x04, Buffer.from('1.2.3'))));
    expect(pass(message(2, element(0x65, ...resultParts()), controls))).toEqual([hex(end)]);
    expect(pass(message(2, element(0x73, element(0x04, Buffer.from('ldap://elsewhere')))))).toEqual([]);
    expect(pass(message(0, element(0x78, ...resultParts())))).toEqual([]);
  });

  it('leaves out a referral behind a result', () => {
    const referral = element(0xa3, element(0x04, Buffer.from('ldap://elsewhere')));
    expect(pass(message(2, element(0x65, ...resultParts(), referral)))).toEqual([hex(end)]);
  });

  it.each<[string, Buffer]>([
    ['a value that is longer than its message', broken((bytes) => bytes.writeUInt8(0x70, bytes.length - 4))],
    ['a name that is longer than its entry', message(2, Buffer.from('640404ff6161', 'hex'))],
    ['text that is no LDAP', Buffer.from('HTTP/1.1 400 Bad Request\r\n')],
    ['a message of a gigabyte', Buffer.from('308440000000', 'hex')],
    ['a length without an end', Buffer.from('3080', 'hex')],
    ['a length of eight bytes', Buffer.from('30880000000000000005', 'hex')],
    ['a request', message(2, element(0x63, Buffer.alloc(0)))],
    ['a message without a number', element(0x30, element(0x65, ...resultParts()))],
    ['an attribute with the name of a prototype', answerEntry(2, 'cn=Ann', { __proto__x: ['a'] })],
    ['an attribute that hides the name', answerEntry(2, 'cn=Ann', { dn: ['cn=Other'] })],
    [
      'values that are no strings',
      message(
        2,
        element(
          0x64,
          element(4),
          element(
            0x30,
            element(0x30, element(4, Buffer.from('cn')), element(0x31, element(2, Buffer.from([1])))),
          ),
        ),
      ),
    ],
  ])('refuses %s', (_claim, bytes) => {
    expect(() => pass(bytes)).toThrow(/is not LDAP as it should be/);
  });

  it('refuses more entries than anybody asked for', () => {
    const gate = new MessageGate();
    for (let count = 0; count < 20; count++) gate.push(entry);
    expect(() => gate.push(entry)).toThrow('more entries than were asked for');
  });

  it('counts the entries of each search by itself', () => {
    const gate = new MessageGate();
    for (let search = 1; search < 100; search++) {
      for (let count = 0; count < 20; count++) gate.push(answerEntry(search, 'cn=Ann', {}));
      expect(gate.push(answerEnd(search))).toHaveLength(1);
    }
  });

  it('refuses entries that together are too large', () => {
    const gate = new MessageGate();
    const large = (id: number): Buffer =>
      answerEntry(id, 'cn=All', { member: [`cn=${'x'.repeat(12_000_000)}`] });
    gate.push(large(1));
    gate.push(large(2));
    expect(() => gate.push(large(3))).toThrow('its entries are too large');
  });
});

function resultParts(): Buffer[] {
  return [element(0x0a, Buffer.from([0])), element(0x04), element(0x04)];
}

/** An entry with one byte changed. */
function broken(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(answerEntry(2, 'cn=Ann', { cn: ['Ann'] }));
  change(bytes);
  return bytes;
}
