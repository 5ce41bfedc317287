import { describe, expect, it } from 'vitest';
import { cleanFileName } from '../../../src-main/desktop/file-name';

describe('names of saved files', () => {
  const rows: [given: string, made: string][] = [
    ['Report.pdf', 'Report.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\autoexec.bat', 'autoexec.bat'],
    ['C:\\Windows\\win.ini', 'win.ini'],
    ['a<b>|c?.txt', 'a_b_c_.txt'],
    ['bad\u0000\r\nname.txt', 'bad_name.txt'],
    ['\u202egpj.exe', '_gpj.exe'],
    ['nul', '_nul'],
    ['COM1.txt', '_COM1.txt'],
    ['...', '_'],
    ['', '_'],
  ];
  it.each(rows)('%j becomes %j', (given, made) => {
    expect(cleanFileName(given)).toBe(made);
  });

  it('are never longer than file systems take', () => {
    expect(cleanFileName('x'.repeat(5000)).length).toBeLessThanOrEqual(150);
  });
});
