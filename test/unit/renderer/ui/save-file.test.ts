import { describe, expect, it } from 'vitest';
import { cleanFileName } from '../../../../src-renderer/ui/save-file';

describe('file names from strangers', () => {
  it.each([
    ['report.csv', 'report.csv'],
    ['../../etc/passwd', 'etc passwd'],
    ['C:\\Windows\\win.ini', 'C Windows win.ini'],
    ['invoice\u202Efdp.exe', 'invoice fdp.exe'],
    ['a\u0000b\r\n.txt', 'a b .txt'],
    ['trailing. . ', 'trailing'],
    ['.hidden', 'hidden'],
    ['NUL', '_NUL'],
    ['com1.txt', '_com1.txt'],
    ['', 'fallback.bin'],
    ['///', 'fallback.bin'],
    ['Übersicht 2026.pdf', 'Übersicht 2026.pdf'],
  ])('%j becomes %j', (name, cleaned) => {
    expect(cleanFileName(name, 'fallback.bin')).toBe(cleaned);
  });
  it('a long name keeps its extension', () => {
    const cleaned = cleanFileName(`${'x'.repeat(500)}.pdf`, 'f');
    expect(cleaned.length).toBe(120);
    expect(cleaned.endsWith('.pdf')).toBe(true);
  });
});
