import { describe, expect, it } from 'vitest';
import {
  decodeBase64,
  decodeText,
  isPlausible,
  namesToTry,
  parsePlain,
} from '../../../../src-main/engine/smtp-in/sasl';

const encode = (text: string, encoding: BufferEncoding = 'utf8') =>
  Buffer.from(text, encoding).toString('base64');

describe('base64 of a response', () => {
  it.each([
    ['', ''],
    [encode('ann'), 'ann'],
    [encode('\0a\0b'), '\0a\0b'],
    [encode('gr\u00fcn \u20ac'), 'gr\u00fcn \u20ac'],
    [encode('gr\u00fcn', 'latin1'), 'gr\u00fcn'],
    [encode('\ufeffa'), '\ufeffa'],
  ])('"%s" is read', (text, value) => {
    const bytes = decodeBase64(text);
    expect(bytes && decodeText(bytes)).toBe(value);
  });

  it.each([
    'a',
    'ab',
    'abc',
    '=',
    '====',
    'ab=c',
    'YW5u YW5u',
    'YW5u-_==',
    'YW5\u00fc',
    '*',
    'a===',
    'YW5uYQ',
  ])('"%s" is none', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});

describe('a PLAIN message', () => {
  it.each([
    ['\0ann\0secret', { user: 'ann', password: 'secret' }],
    ['ann\0ann\0secret', { user: 'ann', password: 'secret' }],
    ['\0\0', { user: '', password: '' }],
    ['bob\0ann\0secret', 'foreign'],
    ['', 'malformed'],
    ['ann\0secret', 'malformed'],
    ['\0ann\0sec\0ret', 'malformed'],
  ])('%j', (message, expected) => {
    expect(parsePlain(message)).toEqual(expected);
  });
});

describe('credentials worth a look', () => {
  it.each([
    ['ann', 'x', true],
    ['J\u00f6rg M\u00fcller', '\t', true],
    ['', 'x', false],
    ['ann', '', false],
    ['ann\r\n', 'x', false],
    ['a\0nn', 'x', false],
    ['ann', 'x\0', false],
    ['a'.repeat(513), 'x', false],
    ['ann', 'x'.repeat(1025), false],
  ])('%j %j: %s', (user, password, expected) => {
    expect(isPlausible({ user, password })).toBe(expected);
  });
});

describe('names to look for', () => {
  it.each([
    ['ann', '', ['ann']],
    ['ann', 'corp.test', ['ann', 'ann@corp.test', 'corp.test\\ann']],
    ['ann@x.test', 'corp.test', ['ann@x.test']],
    ['X\\ann', 'corp.test', ['X\\ann']],
  ])('%s with the default domain "%s"', (user, domain, names) => {
    expect(namesToTry(user, domain)).toEqual(names);
  });
});
