import { describe, expect, it } from 'vitest';
import { describeRisk } from '../../../../src-renderer/mail-inspector/attachment-risk';

describe('what an attachment could do', () => {
  it.each([
    ['setup.exe', 'application/octet-stream', /program/i],
    ['SETUP.EXE', 'image/png', /program/i],
    ['setup.exe. ', 'text/plain', /program/i],
    ['invoice.pdf.js', 'text/plain', /script.*imitates/i],
    ['viewer.pdf.exe', 'application/octet-stream', /program.*imitates/i],
    ['link.lnk', 'application/octet-stream', /shortcut/i],
    ['table.xlsm', 'application/octet-stream', /macros/i],
    ['page.html', 'text/html', /scripts/i],
    ['disk.iso', 'application/octet-stream', /not looked at/i],
    ['noname', 'application/x-msdownload', /declared type/i],
  ])('%s (%s)', (name, type, words) => {
    expect(describeRisk(name, type)).toMatch(words);
  });
  it.each([
    ['report.csv', 'text/csv'],
    ['scan.pdf', 'application/pdf'],
    ['photo.jpg', 'image/jpeg'],
    ['exe', 'text/plain'],
    ['', 'text/plain'],
  ])('%s needs no warning', (name, type) => {
    expect(describeRisk(name, type)).toBeUndefined();
  });
});
