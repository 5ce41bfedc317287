import { describe, expect, it } from 'vitest';
import {
  joinPath,
  parseLines,
  parseNumber,
  splitPath,
  unitOf,
} from '../../../../src-renderer/property-sheets/field-text';

describe('text in a field', () => {
  it.each([
    ['12', 12],
    [' 12 ', 12],
    ['1.5', 1.5],
    ['1,5', 1.5],
    ['1.', 1],
    ['', ''],
    ['ten', 'ten'],
    ['-1', -1],
    ['-', '-'],
    ['1e9', '1e9'],
    ['0x10', '0x10'],
  ])('%j is %j', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it('is a list of its lines that are not empty', () => {
    expect(parseLines(' 10.0.0.1 \n\n10.0.0.0/8\n')).toEqual(['10.0.0.1', '10.0.0.0/8']);
  });

  it.each([
    [720, 'Hours'],
    [2880, 'Days'],
    [90, 'Minutes'],
    [0.05, 'Minutes'],
    [0, 'Minutes'],
    ['x', 'Minutes'],
  ])('shows %j in %s', (minutes, name) => {
    expect(unitOf(minutes).name).toBe(name);
  });
});

describe('the path of a file', () => {
  it.each([
    ['/etc/krb5.keytab', '/etc', 'krb5.keytab'],
    ['/krb5.keytab', '/', 'krb5.keytab'],
    ['C:\\Keys\\smtp.keytab', 'C:\\Keys', 'smtp.keytab'],
    ['C:\\smtp.keytab', 'C:\\', 'smtp.keytab'],
    ['/etc/', '/etc', ''],
    ['', '', ''],
  ])('%s is a folder and a file', (path, folder, file) => {
    expect(splitPath(path)).toEqual({ folder, file });
    if (file !== '') expect(joinPath(folder, file)).toBe(path);
  });
});
